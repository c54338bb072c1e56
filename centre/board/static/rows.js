// The rows of the list.  A row never moves under the hand: the list is put in order only while nobody is in it.
const body = document.getElementById("rows");

export function placeRow(data) {
  const frame = document.createElement("template");
  frame.innerHTML = data.html.trim();
  const fresh = frame.content.firstElementChild;
  const old = document.getElementById(`alarm-${data.id}`);
  if (old) replace(old, fresh);
  else {
    fresh.classList.add("fresh");
    insert(fresh);
  }
  window.htmx.process(fresh);
  refreshList();
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.do : null;
  if (old.classList.contains("picked")) fresh.classList.add("picked");
  old.replaceWith(fresh);
  if (focused) (fresh.querySelector(`[data-do="${focused}"]`) ?? fresh.querySelector("[data-do]")).focus();
}

function insert(fresh) {
  const after = [...body.rows].find((row) => row.dataset.sort > fresh.dataset.sort);
  body.insertBefore(fresh, after ?? null);
}

export function refreshList() {
  const rows = [...body.rows];
  const busy = body.contains(document.activeElement) || body.matches(":hover") || document.querySelector("dialog[open]");
  const sorted = [...rows].sort((a, b) => (a.dataset.sort < b.dataset.sort ? -1 : 1));
  if (!busy && sorted.some((row, at) => row !== rows[at])) body.append(...sorted);
  const open = rows.filter((row) => row.dataset.handling !== "closed").length;
  document.getElementById("count").textContent = document.body.dataset.open.replace("{count}", open);
  document.getElementById("calm").hidden = rows.length > 0;
  document.getElementById("list").hidden = rows.length === 0;
}
