// Keys for those who want them.  Single keys can be switched off, and start switched off (WCAG 2.1.4).
import { muteSound } from "./sound.js";

const box = document.getElementById("keys");
const STORED = "dosevakt-keys";

export function startKeys() {
  box.checked = localStorage.getItem(STORED) === "on";
  box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (!box.checked || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " && event.target.closest("button, a")) return; // it presses what has the focus
    const act = KEYS[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
}

const rows = () => [...document.querySelectorAll("#rows tr")];
const picked = () => document.querySelector("tr.picked") ?? document.activeElement.closest?.("#rows tr");

function pick(row) {
  document.querySelector("tr.picked")?.classList.remove("picked");
  row?.classList.add("picked");
  row?.querySelector('[data-do="open"]').focus();
}

function move(by) {
  const all = rows();
  const at = all.indexOf(picked());
  pick(all[Math.max(0, Math.min(all.length - 1, at + by))]);
}

function press(what) {
  picked()?.querySelector(`[data-do="${what}"]`)?.click();
}

const KEYS = {
  " ": () => { pick(rows().find((row) => row.dataset.handling === "new")); press("claim"); },
  j: () => move(1),
  k: () => move(-1),
  c: () => press("claim"),
  r: () => press("release"),
  x: () => press("close"),
  m: muteSound,
};
