// The bell.  Browsers allow sound only after a press, so a shift is started with one.  It rings every 10 s while a
// P1 or P2 alarm belongs to nobody.  Bursts follow IEC 60601-1-8: high 10 pulses, medium 3 (standards.md section 3).
const EVERY_MS = 10000;
const QUIET_MS = 2 * 60 * 1000;
const HIGH = [0, 0.25, 0.5, 0.75, 1, 1.65, 1.9, 2.15, 2.4, 2.65].map((at) => [at, 0.15, 523]);
const MEDIUM = [0, 0.4, 0.8].map((at) => [at, 0.2, 440]);
const LINK = [[0, 0.4, 330], [0.5, 0.4, 262]];
const TEST = [[0, 0.15, 440]];

const start = document.getElementById("start-shift");
const mute = document.getElementById("mute");
const warning = document.getElementById("sound-off");
let audio = null;
let quietUntil = 0;
let linkLost = false;
let lastRing = 0;

export function startSound() {
  start.addEventListener("click", async () => {
    audio ??= new AudioContext();
    await audio.resume();
    audio.addEventListener("statechange", showState);
    play(TEST);
    showState();
    checkSound();
  });
  mute.addEventListener("click", muteSound);
  setInterval(checkSound, 500);
}

export function muteSound() {
  quietUntil = Date.now() + QUIET_MS;
  const until = new Date(quietUntil).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  mute.textContent = mute.dataset.muted.replace("{time}", until);
}

export function linkSound(lost) {
  linkLost = lost;
  lastRing = 0;
}

export function checkSound() {
  if (quietUntil && Date.now() > quietUntil) { quietUntil = 0; mute.textContent = mute.dataset.quiet; }
  const pattern = wanted();
  if (!pattern) { lastRing = 0; return; }
  if (audio?.state !== "running" || Date.now() - lastRing < EVERY_MS) return;
  if (quietUntil && pattern !== LINK) return; // a lost link is louder than any alarm, and than quiet
  lastRing = Date.now();
  play(pattern);
}

function wanted() {
  if (linkLost) return LINK;
  if (document.querySelector('tr[data-rings="1"]')) return HIGH;
  return document.querySelector("tr[data-rings]") ? MEDIUM : null;
}

function showState() {
  const on = audio?.state === "running";
  start.hidden = on;
  mute.hidden = !on;
  warning.hidden = on;
}

function play(pulses) {
  for (const [at, length, hz] of pulses) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.type = "triangle"; // several harmonics, as the standard asks for
    tone.frequency.value = hz;
    const begin = audio.currentTime + 0.02 + at;
    level.gain.setValueAtTime(0, begin);
    level.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    level.gain.setValueAtTime(0.25, begin + length - 0.03);
    level.gain.linearRampToValueAtTime(0, begin + length);
    tone.connect(level).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + length);
  }
}
