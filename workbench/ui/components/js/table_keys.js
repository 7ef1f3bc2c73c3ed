// ↑ ↓ Home End PgUp PgDn Enter on physical keys; a click chooses, a double click or the number opens.
import {markRow} from "./table_rows.js";

const LEAP = 10;
const GUARD_MS = 600;

export function listenToTable(state) {
  const {root} = state;
  let openedAt = -Infinity;
  const open = (id) => {
    const row = state.data.rows.find((one) => one.id === id);
    if (!row || row.closed || performance.now() - openedAt < GUARD_MS) return;
    openedAt = performance.now();
    state.send("open", {id});
  };
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // Streamlit listens for single letters
    onTableKey(state, event, open);
  });
  root.addEventListener("click", (event) => onTableClick(state, event, open));
  root.addEventListener("dblclick", (event) => {
    const row = event.target.closest("tbody tr");
    if (row) open(row.dataset.id);
  });
}

function onTableClick(state, event, open) {
  const sort = event.target.closest(".sort");
  if (sort) {
    state.send("sort", {column: sort.dataset.column});
    return;
  }
  const row = event.target.closest("tbody tr");
  if (!row) return;
  choose(state, row.dataset.id);
  if (event.target.closest(".open")) open(row.dataset.id);
}

function onTableKey(state, event, open) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
  if (event.target.closest?.(".sort") && event.code !== "ArrowDown") return;
  const handler = tableHandler(state, event.code, open);
  if (!handler) return;
  event.preventDefault();
  if (!event.repeat || event.code.startsWith("Arrow")) handler();
}

function tableHandler(state, code, open) {
  const last = state.data.rows.length - 1;
  const at = state.data.rows.findIndex((row) => row.id === state.at);
  const to = (index) => () => go(state, Math.max(0, Math.min(last, index)));
  const page = (name, index) => (state.data.pages ? () => state.send("page", {to: name}) : to(index));
  if (last < 0 && !state.data.pages) return null;
  return {
    ArrowDown: to(at + 1),
    ArrowUp: to(at < 0 ? 0 : at - 1),
    Home: to(0),
    End: to(last),
    PageDown: page("next", at + LEAP),
    PageUp: page("previous", at - LEAP),
    Enter: () => at >= 0 && open(state.at),
    NumpadEnter: () => at >= 0 && open(state.at),
  }[code];
}

function go(state, index) {
  if (!state.data.rows[index]) return;
  choose(state, state.data.rows[index].id);
  state.root.querySelectorAll("tbody tr")[index].scrollIntoView({block: "nearest"});
}

function choose(state, id) {
  state.at = id;
  markRow(state);
}
