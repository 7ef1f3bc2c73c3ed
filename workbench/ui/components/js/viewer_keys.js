// Keys of the viewer, while it has the focus: + − arrows R I 0, PageUp and PageDown, Esc.
import {deepActive, isDialogOpen} from "./dom.js";
import {moveBy, reset, turn, zoomBy} from "./viewer_moves.js";
import {STEP, toggleInvert} from "./viewer_tools.js";

const MOVE = 60;

export function listenToViewerKeys(state) {
  const onKey = (event) => {
    if (isDialogOpen() || event.ctrlKey || event.altKey || event.metaKey) return;
    const handler = keyTable(state)[event.code];
    const isSlider = deepActive()?.type === "range" && event.code.startsWith("Arrow");
    if (!handler || isSlider) return;
    event.preventDefault();
    handler();
  };
  const shield = (event) => event.stopPropagation(); // R would rerun the page
  const takeFocus = (event) => {
    if (event.detail > 0) state.root.focus({preventScroll: true}); // a click of the mouse, not of Enter
  };
  state.root.addEventListener("keydown", onKey);
  state.root.addEventListener("keydown", shield);
  state.root.addEventListener("click", takeFocus);
}

function keyTable(state) {
  const pane = state.panes[state.active];
  const larger = () => zoomBy(state, pane, STEP);
  const smaller = () => zoomBy(state, pane, 1 / STEP);
  return {
    Equal: larger, NumpadAdd: larger, Minus: smaller, NumpadSubtract: smaller,
    ArrowLeft: () => moveBy(state, pane, MOVE, 0),
    ArrowRight: () => moveBy(state, pane, -MOVE, 0),
    ArrowUp: () => moveBy(state, pane, 0, MOVE),
    ArrowDown: () => moveBy(state, pane, 0, -MOVE),
    KeyR: () => turn(state, pane),
    KeyI: () => toggleInvert(state),
    Digit0: () => reset(state), Numpad0: () => reset(state),
    PageDown: () => leaf(state, pane, 1), PageUp: () => leaf(state, pane, -1),
    Escape: () => window.dispatchEvent(new CustomEvent("arz:focus-lines")),
  };
}

/** The next or previous image into the pane in use. */
function leaf(state, pane, by) {
  const numbers = state.data.images.map((image) => image.number);
  const next = numbers[numbers.indexOf(pane.image) + by];
  if (next === undefined) return;
  pane.show(next);
  state.redraw();
}
