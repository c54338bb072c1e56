// The board in the browser: ties the live stream, the clock, the sound and the keys together.
import { startClock, setClock } from "./clock.js";
import { startKeys } from "./keys.js";
import { listen } from "./live.js";
import { placeRow, refreshList } from "./rows.js";
import { startSound, linkSound, checkSound } from "./sound.js";

const byId = (id) => document.getElementById(id);

function say(words, urgent) {
  byId(urgent ? "say-now" : "say-soon").textContent = words;
}

function said(words) {
  const box = byId("said");
  box.textContent = words;
  box.hidden = !words;
  clearTimeout(said.timer);
  said.timer = setTimeout(() => { box.hidden = true; }, 8000);
}

let pausedShown = null;
function showPaused(html) {
  if (html === pausedShown) return;
  pausedShown = html;
  byId("paused").innerHTML = html;
  byId("paused").hidden = !html;
  window.htmx.process(byId("paused"));
}

function showDevice(id) {
  window.htmx.ajax("GET", `/devices/${id}`, "#panel");
}

listen(Number(document.body.dataset.since), {
  row(data) {
    placeRow(data);
    if (data.say) say(data.say, data.p === 1); // only P1 interrupts what is being read
    if (document.querySelector(`[data-panel="${data.id}"]`)) {
      window.htmx.ajax("GET", `/alarms/${data.id}`, "#panel");
    }
    checkSound();
  },
  beat(data) {
    setClock(data.now_s);
    byId("path-lost").hidden = data.path_up;
    showPaused(data.paused);
  },
  heard(data) {
    const open = document.querySelector("#panel [data-device]")?.dataset.device;
    if (data.devices.includes(open)) showDevice(open);
  },
  lost(isLost) {
    byId("link-lost").hidden = !isLost;
    byId("live").hidden = isLost;
    document.title = document.title.replace(/^⚠ /, "");
    if (isLost) document.title = `⚠ ${document.title}`;
    linkSound(isLost);
  },
  over() { window.location.assign("/login"); },
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const asks = event.detail.target.id === "dialog" && event.detail.xhr.responseText; // done: an empty answer
  if (asks && !byId("dialog").open) byId("dialog").showModal();
  if (event.detail.target.id === "panel" && event.detail.requestConfig.elt.dataset.do === "open") byId("panel-title")?.focus();
  refreshList();
  checkSound();
});
byId("dialog").addEventListener("close", () => byId("dialog").replaceChildren()); // a PIN stays nowhere
document.body.addEventListener("said", (event) => said(event.detail.value));
document.body.addEventListener("done", () => byId("dialog").close());
document.body.addEventListener("ordered", (event) => {
  byId("dialog").close();
  said(event.detail.said);
  if (document.querySelector(`#panel [data-device="${event.detail.device}"]`)) showDevice(event.detail.device);
});
document.body.addEventListener("htmx:sendError", () => said(byId("link-lost").textContent));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) byId("dialog").close();
  const dismissed = event.target.closest("[data-dismiss-panel]");
  if (dismissed) {
    const id = dismissed.closest("[data-panel]")?.dataset.panel;
    byId("panel").replaceChildren();
    document.querySelector(id ? `#alarm-${id} [data-do="open"]` : 'header [data-do="open"]')?.focus();
  }
});

startClock(document.body.dataset);
startSound();
startKeys();
refreshList();
