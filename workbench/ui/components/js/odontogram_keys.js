// Arrows walk over the teeth as they stand on the screen, Enter or Space opens, Esc closes.
import {place} from "./odontogram_geometry.js";

export function listenToTeeth(state) {
  const {svg} = state.parts;
  svg.addEventListener("click", (event) => {
    const fdi = toothOf(event.target);
    if (fdi === null) return;
    state.goTo(fdi);
    state.select(state.selected === fdi ? null : fdi);
  });
  svg.addEventListener("focusin", (event) => {
    const fdi = toothOf(event.target);
    if (fdi !== null) state.goTo(fdi, false);
  });
  svg.addEventListener("keydown", (event) => onToothKey(state, event));
}

function toothOf(node) {
  const found = node.closest("[data-tooth]");
  return found ? Number(found.dataset.tooth) : null;
}

function onToothKey(state, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  event.stopPropagation(); // Streamlit listens for single letters
  const handler = toothHandler(state, event.code);
  if (!handler) return;
  event.preventDefault();
  if (!event.repeat || event.code.startsWith("Arrow")) handler();
}

function toothHandler(state, code) {
  const row = state.rows.findIndex((teeth) => teeth.includes(state.at));
  const teeth = state.rows[row];
  const at = teeth.indexOf(state.at);
  const beside = (step) => () => state.goTo(teeth[Math.max(0, Math.min(teeth.length - 1, at + step))]);
  const across = (step) => () => state.rows[row + step] && state.goTo(nearest(state.rows[row + step], state.at));
  const open = () => state.select(state.selected === state.at ? null : state.at);
  return {
    ArrowRight: beside(1), ArrowLeft: beside(-1), ArrowUp: across(-1), ArrowDown: across(1),
    Home: beside(-teeth.length), End: beside(teeth.length),
    Enter: open, NumpadEnter: open, Space: open,
    Escape: () => state.select(null),
  }[code];
}

function nearest(row, fdi) {
  const {x} = place(fdi);
  const distance = (other) => Math.abs(place(other).x - x);
  return row.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}
