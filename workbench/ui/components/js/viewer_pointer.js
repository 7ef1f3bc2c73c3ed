// Mouse, pen and touch on a pane: one pointer pans or draws, two pinch, the wheel zooms there.
import {moveBy, zoomBy} from "./viewer_moves.js";
import {drawBetween, keepFrame, placeOn} from "./viewer_frames.js";

export function listenToPointer(state, pane) {
  const {stage} = pane;
  pane.pointers = new Map();
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(state, pane, Math.exp(-event.deltaY * 0.0015), ...fromCentre(pane, event));
  }, {passive: false});
  stage.addEventListener("dblclick", (event) => {
    if (state.tool) return;
    const factor = pane.view.zoom > 1.05 ? 1 / pane.view.zoom : 2.5;
    zoomBy(state, pane, factor, ...fromCentre(pane, event));
    if (factor < 1) moveBy(state, pane, -pane.view.x, -pane.view.y);
  });
  stage.addEventListener("pointerdown", (event) => begin(state, pane, event));
  stage.addEventListener("pointermove", (event) => move(state, pane, event));
  stage.addEventListener("lostpointercapture", (event) => end(state, pane, event));
}

function fromCentre(pane, {clientX, clientY}) {
  const box = pane.stage.getBoundingClientRect();
  return [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
}

function begin(state, pane, event) {
  if (event.button !== 0 || event.target.closest("button") || pane.image === null) return;
  if (state.active !== pane.index) {
    state.active = pane.index;
    state.redraw();
  }
  pane.stage.setPointerCapture(event.pointerId);
  pane.pointers.set(event.pointerId, event);
  const isFirst = pane.pointers.size === 1;
  pane.from = state.tool && isFirst ? placeOn(state, pane, ...fromCentre(pane, event)) : null;
  pane.stage.classList.toggle("dragged", !state.tool);
}

function move(state, pane, event) {
  const before = pane.pointers.get(event.pointerId);
  if (!before) return;
  if (pane.from) drawBetween(state, pane, pane.from, placeOn(state, pane, ...fromCentre(pane, event)));
  else if (pane.pointers.size > 1) pinch(state, pane, event);
  else moveBy(state, pane, event.clientX - before.clientX, event.clientY - before.clientY);
  pane.pointers.set(event.pointerId, event);
}

/** Two fingers: their middle carries the image, their distance zooms it. */
function pinch(state, pane, event) {
  const before = [...pane.pointers.values()].slice(0, 2);
  if (!before.some((each) => each.pointerId === event.pointerId)) return;
  const after = before.map((each) => (each.pointerId === event.pointerId ? event : each));
  const [was, is] = [before, after].map(([a, b]) => ({
    gap: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2,
  }));
  moveBy(state, pane, is.clientX - was.clientX, is.clientY - was.clientY);
  if (was.gap > 0 && is.gap > 0) zoomBy(state, pane, is.gap / was.gap, ...fromCentre(pane, is));
}

function end(state, pane, event) {
  pane.pointers.delete(event.pointerId);
  pane.stage.classList.remove("dragged");
  const wasDrawing = pane.from !== null;
  pane.from = null;
  if (wasDrawing && state.tool === "frame" && state.draft?.frame && event.type !== "pointercancel") {
    if (hasMoved(state)) keepFrame(state);
  }
}

/** A click alone leaves the frame in the middle for the keys. */
function hasMoved(state) {
  return state.draft.isDrawn === true;
}
