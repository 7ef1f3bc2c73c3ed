// Mouse, pen and fingers on a pane: one moves the image, two zoom it, the wheel zooms at the
// pointer, a double click looks closer or back. A tool (state.tool) has the single pointer for
// itself: {name, press, drag, release, cancel, key}, each point seen from the pane's centre.
import {moveBy, zoomBy} from "./viewer_moves.js";

export function listenToPointer(state, pane) {
  const {stage} = pane;
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(state, pane, Math.exp(-event.deltaY * 0.0015), ...fromCentre(stage, event));
  }, {passive: false});
  stage.addEventListener("dblclick", (event) => {
    if (state.tool) return;
    const factor = pane.view.zoom > 1.05 ? 1 / pane.view.zoom : 2.5;
    zoomBy(state, pane, factor, ...fromCentre(stage, event));
    if (factor < 1) moveBy(state, pane, -pane.view.x, -pane.view.y);
  });
  listenToFingers(state, pane);
}

function fromCentre(stage, event) {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
}

function listenToFingers(state, pane) {
  const {stage} = pane;
  const hand = {fingers: new Map(), tool: null};
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button") || hand.fingers.size === 2) return;
    stage.setPointerCapture(event.pointerId);
    onPress(state, pane, hand, event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (hand.fingers.has(event.pointerId)) onMove(state, pane, hand, event);
  });
  stage.addEventListener("lostpointercapture", (event) => {
    const last = hand.fingers.get(event.pointerId);
    if (!hand.fingers.delete(event.pointerId)) return;
    if (hand.fingers.size === 0) stage.classList.remove("dragged");
    hand.tool?.release?.(pane, last);
    hand.tool = null;
  });
}

/** The second finger takes the image back from a tool. */
function onPress(state, pane, hand, event) {
  if (state.isPair && state.active !== pane.index) {
    state.active = pane.index;
    state.redraw();
  }
  const at = fromCentre(pane.stage, event);
  hand.fingers.set(event.pointerId, at);
  if (hand.fingers.size === 2) {
    hand.tool?.cancel?.(pane);
    hand.tool = null;
  } else if (state.tool) {
    hand.tool = state.tool;
    hand.tool.press(pane, at);
  }
  pane.stage.classList.toggle("dragged", !hand.tool);
}

function onMove(state, pane, hand, event) {
  const before = [...hand.fingers.values()];
  const at = fromCentre(pane.stage, event);
  hand.fingers.set(event.pointerId, at);
  if (hand.tool) hand.tool.drag(pane, at);
  else if (before.length === 1) moveBy(state, pane, at[0] - before[0][0], at[1] - before[0][1]);
  else pinch(state, pane, before, [...hand.fingers.values()]);
}

/** The points under the two fingers stay under them; turning the hand turns nothing. */
function pinch(state, pane, before, after) {
  const [from, to] = [middle(before), middle(after)];
  moveBy(state, pane, to[0] - from[0], to[1] - from[1]);
  zoomBy(state, pane, Math.max(1, spread(after)) / Math.max(1, spread(before)), ...to);
}

function middle([[ax, ay], [bx, by]]) {
  return [(ax + bx) / 2, (ay + by) / 2];
}

function spread([[ax, ay], [bx, by]]) {
  return Math.hypot(bx - ax, by - ay);
}
