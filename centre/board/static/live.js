// The live stream.  A beat comes every 5 s; 15 s without anything and the link counts as lost.
const LOST_MS = 15000;

export function listen(since, on) {
  let last = performance.now();
  let lost = false;
  const stream = new EventSource(`/stream?since=${since}`); // the browser itself comes back with Last-Event-ID
  const heard = () => {
    last = performance.now();
    if (lost) { lost = false; on.lost(false); }
  };
  stream.addEventListener("row", (event) => { heard(); on.row(JSON.parse(event.data)); });
  stream.addEventListener("beat", (event) => { heard(); on.beat(JSON.parse(event.data)); });
  stream.addEventListener("heard", (event) => { heard(); on.heard(JSON.parse(event.data)); });
  stream.addEventListener("over", () => { stream.close(); on.over(); });
  setInterval(() => {
    if (!lost && performance.now() - last > LOST_MS) { lost = true; on.lost(true); }
  }, 1000);
}
