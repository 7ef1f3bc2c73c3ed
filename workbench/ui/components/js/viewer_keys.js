// Keys of the viewer, while it has the focus; V gives it the focus from anywhere on the page.
import {deepActive, isDialogOpen, isTextField} from "./dom.js";
import {choose, goToOther, leaf, showBeforeAfter, togglePair} from "./viewer_choice.js";
import {dropFrame, toggleFrame} from "./viewer_frames.js";
import {isMeasuring, toggleMeasure} from "./viewer_measure.js";
import {mirror, moveBy, reset, toggleOneToOne, turn, zoomBy} from "./viewer_moves.js";
import {STEP, adjust, toggleFull, toggleInvert, toggleLink} from "./viewer_tools.js";

const MOVE = 60;
const OWN_KEYS = /^(Enter|NumpadEnter|Space)$/;
const IMAGE_KEY = /^(?:Digit|Numpad)([1-9])$/;

export function listenToViewerKeys(state) {
  const onKey = (event) => {
    if (isDialogOpen() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isKeyOfControl(event) && act(state, event)) event.preventDefault();
  };
  const shield = (event) => event.stopPropagation(); // R would rerun the page
  const takeFocus = (event) => {
    if (event.detail > 0) focusViewer(state); // a click of the mouse, not of Enter
  };
  state.root.addEventListener("keydown", onKey);
  state.root.addEventListener("keydown", shield);
  state.root.addEventListener("click", takeFocus);
  listenForTool(state);
  listenForViewer(state);
}

/** What is in hand has the first word, also before the lines, whose Enter accepts a finding. */
function listenForTool(state) {
  const onKey = (event) => {
    if (!state.tool || !event.composedPath().includes(state.root) || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isDialogOpen() || isKeyOfControl(event)) return;
    if (!state.tool.key?.(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", onKey, true);
  state.stops.push(() => window.removeEventListener("keydown", onKey, true));
}

/** Buttons and sliders keep the keys that are theirs. */
function isKeyOfControl(event) {
  const active = deepActive();
  if (active?.tagName === "BUTTON") return OWN_KEYS.test(event.code);
  return active?.type === "range" && event.code.startsWith("Arrow");
}

function focusViewer(state) {
  state.panes[state.active].node.focus({preventScroll: true});
}

function listenForViewer(state) {
  const onKey = (event) => {
    if (event.code !== "KeyV" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.isComposing || isDialogOpen() || isTextField(deepActive())) return;
    event.preventDefault();
    event.stopPropagation();
    focusViewer(state);
  };
  document.addEventListener("keydown", onKey, true);
  state.stops.push(() => document.removeEventListener("keydown", onKey, true));
}

function act(state, event) {
  const image = IMAGE_KEY.exec(event.code);
  const table = keyTable(state);
  const handler = image
    ? () => choose(state, Number(image[1]), event.shiftKey)
    : (event.shiftKey && table[`Shift+${event.code}`]) || table[event.code];
  handler?.();
  return Boolean(handler);
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
    "Shift+ArrowUp": () => adjust(state, "brightness", 1),
    "Shift+ArrowDown": () => adjust(state, "brightness", -1),
    "Shift+ArrowRight": () => adjust(state, "contrast", 1),
    "Shift+ArrowLeft": () => adjust(state, "contrast", -1),
    KeyR: () => turn(state, pane), KeyM: () => mirror(state, pane), KeyI: () => toggleInvert(state),
    KeyO: () => toggleOneToOne(state, pane), KeyL: () => toggleMeasure(state),
    KeyC: () => toggleFrame(state), Delete: () => dropFrame(state),
    Digit0: () => reset(state), Numpad0: () => reset(state),
    KeyB: () => showBeforeAfter(state), KeyP: () => togglePair(state), KeyK: () => toggleLink(state),
    KeyX: () => goToOther(state), KeyF: () => toggleFull(state),
    PageDown: () => leaf(state, 1), PageUp: () => leaf(state, -1),
    Escape: () => leave(state),
  };
}

/** Esc puts a tool away first, then goes back to the lines. */
function leave(state) {
  if (isMeasuring(state)) toggleMeasure(state);
  else window.dispatchEvent(new CustomEvent("arz:focus-lines"));
}
