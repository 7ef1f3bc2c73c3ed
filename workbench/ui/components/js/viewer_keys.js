// Keys of the viewer, while it has the focus. What is being drawn has the first word.
import {deepActive, isDialogOpen} from "./dom.js";
import {choose, mirror, moveBy, oneToOne, reset, turn, zoomBy} from "./viewer_moves.js";
import {STEP, comparePhases, toggleFull, toggleInvert, toggleLink, togglePair} from "./viewer_tools.js";
import {dropFrame, dropTool, keepFrame, nudge, takeTool} from "./viewer_frames.js";

const MOVE = 60;

export function listenToViewerKeys(state) {
  const onKey = (event) => {
    if (isDialogOpen() || event.ctrlKey || event.altKey || event.metaKey) return;
    const handler = digitHandler(state, event) ?? keyTable(state)[event.code];
    const isSlider = deepActive()?.type === "range" && event.code.startsWith("Arrow");
    if (!handler || isSlider) return;
    event.preventDefault();
    handler();
  };
  const shield = (event) => event.stopPropagation(); // R would rerun the page
  const takeFocus = (event) => {
    if (event.detail > 0) state.root.focus({preventScroll: true}); // a click of the mouse, not of Enter
  };
  const onDrawing = (event) => drawWithKeys(state, event);
  window.addEventListener("keydown", onDrawing, true); // before the lines, whose Enter accepts
  state.root.addEventListener("keydown", onKey);
  state.root.addEventListener("keydown", shield);
  state.root.addEventListener("click", takeFocus);
  return () => window.removeEventListener("keydown", onDrawing, true);
}

/** While a tool is in hand: arrows move, Shift and arrows resize, Enter keeps, Esc drops. */
function drawWithKeys(state, event) {
  if (!state.tool || !event.composedPath().includes(state.root) || event.isComposing) return;
  const arrow = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.code];
  const isEnter = event.code === "Enter" || event.code === "NumpadEnter";
  const isFrame = state.tool === "frame";
  let handler = null;
  if (arrow && isFrame && deepActive()?.type !== "range") handler = () => nudge(state, ...arrow, event.shiftKey);
  else if (isEnter && deepActive()?.tagName !== "BUTTON") handler = () => (isFrame ? keepFrame(state) : dropTool(state));
  else if (event.code === "Escape") handler = () => dropTool(state);
  if (!handler) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  handler();
}

/** 1…9: that image here; with Shift beside. */
function digitHandler(state, {code, shiftKey}) {
  const place = Number(/^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1]);
  const image = place ? state.data.images[place - 1] : null;
  return image ? () => choose(state, image.number, shiftKey) : null;
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
    KeyM: () => mirror(state, pane),
    KeyZ: () => oneToOne(state, pane),
    KeyB: () => comparePhases(state),
    KeyS: () => togglePair(state),
    KeyK: () => toggleLink(state),
    KeyF: () => toggleFull(state),
    KeyL: () => takeTool(state, "line"),
    KeyC: () => takeTool(state, "frame"),
    Delete: () => dropFrame(state),
    Space: () => otherPane(state),
    Digit0: () => reset(state), Numpad0: () => reset(state),
    PageDown: () => leaf(state, pane, 1), PageUp: () => leaf(state, pane, -1),
    Escape: () => window.dispatchEvent(new CustomEvent("arz:focus-lines")),
  };
}

function otherPane(state) {
  if (state.isPair) state.active = 1 - state.active;
  state.redraw();
}

/** The next or previous image into the pane in use. */
function leaf(state, pane, by) {
  const numbers = state.data.images.map((image) => image.number);
  const next = numbers[numbers.indexOf(pane.image) + by];
  if (next === undefined) return;
  pane.show(next);
  state.redraw();
}
