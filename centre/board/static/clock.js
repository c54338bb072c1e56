// Time since and time left, each second, on the devices' clock (which a demonstration runs faster).
let words;
let shownAt; // {now_s, at_ms}

export function setClock(now_s) {
  shownAt = { now_s, at_ms: performance.now() };
}

export function startClock(data) {
  words = data;
  setClock(Number(data.now));
  setInterval(refresh, 1000);
}

function now() {
  return shownAt.now_s + ((performance.now() - shownAt.at_ms) / 1000) * Number(words.rate);
}

function span(seconds) {
  const s = Math.floor(Math.abs(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} ${words.h} ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} ${words.d}`;
}

function refresh() {
  const at = now();
  for (const time of document.querySelectorAll("time[data-from]")) time.textContent = span(at - Number(time.dataset.from));
  for (const time of document.querySelectorAll("time[data-until]")) {
    const left = Number(time.dataset.until) - at;
    const whole = Number(time.dataset.until) - Number(time.dataset.begun);
    time.textContent = (left >= 0 ? words.left : words.over).replace("{span}", span(left));
    time.classList.toggle("late", left < 0);
    time.classList.toggle("soon", left >= 0 && left < whole * 0.3);
  }
}
