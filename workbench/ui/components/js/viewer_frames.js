// Frames: rectangles drawn on an image that a reason will rest on. A kept frame is pending until the
// page attaches it to a reason; the page is told all pending frames after each change. A frame is
// whole 1/10,000 of the upright image, however the image is turned, mirrored or zoomed on the screen.
import {el, fill} from "./dom.js";
import {toLocal} from "./digits.js";
import {imageOf, projectRect, scaleOf, unproject} from "./viewer_moves.js";
import {isForeign} from "./viewer_names.js";

const FRAMING = "frame";
const WHOLE = 10000;
const SIDE_MIN = 20;
const FRAMES_MAX = 8;
const NUDGE = 8; // screen pixels of one press of an arrow key
const NUDGES = {ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE]};

export function isFraming(state) {
  return state.tool?.name === FRAMING;
}

/** C begins with a frame in the middle of what is seen, C or Esc takes it away. */
export function toggleFrame(state) {
  const pane = state.panes[state.active];
  if (!isFraming(state) && !(state.data.mayFrame && imageOf(state, pane))) return;
  const isOn = !isFraming(state);
  state.tool?.end?.();
  state.tool = isOn ? frameTool(state) : null;
  if (isOn) beginFrame(state, pane);
  state.repaint();
}

/** The keys are for the frame from now on, not for the button. */
function beginFrame(state, pane) {
  pane.node.focus({preventScroll: true});
  ensureDraft(state);
}

/** On the images of this case alone: no reason of this one rests on another case's image. */
function mayFrameOn(state, pane) {
  const image = imageOf(state, pane);
  return Boolean(state.data.mayFrame && image) && !isForeign(image) && !pane.picture.hidden;
}

function isFull(state) {
  return state.pending.length >= FRAMES_MAX;
}

function frameTool(state) {
  return {
    name: FRAMING,
    press: (pane, at) => pressFrame(state, pane, at),
    drag: (pane, at) => dragFrame(state, pane, at),
    release: () => releaseFrame(state),
    cancel: () => cancelFrame(state),
    key: (event) => frameKey(state, event),
    end: () => { state.draft = null; },
  };
}

/** A frame to begin with; the draft of another pane or image is none of this one. */
function ensureDraft(state) {
  const pane = state.panes[state.active];
  if (isOfPane(state.draft, pane)) return state.draft;
  state.draft = mayFrameOn(state, pane) ? {pane, image: pane.image, frame: middleFrame(state, pane)} : null;
  return state.draft;
}

function isOfPane(draft, pane) {
  return draft?.pane === pane && draft.image === pane.image;
}

/** A third of what is seen of the image. */
function middleFrame(state, pane) {
  const reach = [pane.stage.clientWidth / 6, pane.stage.clientHeight / 6];
  const [from, to] = [-1, 1].map((side) => placeOn(state, pane, reach.map((pixels) => side * pixels)));
  return frameBetween(from, to) ?? {left: 4000, top: 4000, width: 2000, height: 2000};
}

/** Where a point of the pane, seen from its centre, lies in the image: cut off at the edges. */
function placeOn(state, pane, at) {
  const image = imageOf(state, pane);
  const share = (pixels, length) => Math.round(Math.min(1, Math.max(0, pixels / length + 0.5)) * WHOLE);
  const [dx, dy] = unproject(pane.view, scaleOf(state, pane), ...at);
  return [share(dx, image.width), share(dy, image.height)];
}

/** The frame between two places of an image; null where it is too small to mean anything. */
function frameBetween([ax, ay], [bx, by]) {
  const frame = {
    left: Math.min(ax, bx), top: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay),
  };
  return Math.min(frame.width, frame.height) < SIDE_MIN ? null : frame;
}

function pressFrame(state, pane, at) {
  const draft = ensureDraft(state);
  if (draft) Object.assign(draft, {from: placeOn(state, pane, at), before: draft.frame, isDrawn: false});
  state.repaint();
}

function dragFrame(state, pane, at) {
  const {draft} = state;
  if (!draft?.from || !isOfPane(draft, pane)) return;
  const frame = frameBetween(draft.from, placeOn(state, pane, at));
  Object.assign(draft, {frame: frame ?? draft.before, isDrawn: frame !== null});
  state.repaint();
}

/** A click alone leaves the frame where it was, for the keys. */
function releaseFrame(state) {
  const {draft} = state;
  if (!draft?.from) return;
  draft.from = null;
  if (draft.isDrawn) keepFrame(state, draft);
  state.repaint();
}

/** A second finger takes the image in hand: what the first one drew was no frame. */
function cancelFrame(state) {
  const {draft} = state;
  if (draft?.from) Object.assign(draft, {frame: draft.before, from: null});
  state.repaint();
}

/** Arrows move the frame on the screen, with Shift they resize it; Enter keeps, Esc drops. */
function frameKey(state, event) {
  const nudge = NUDGES[event.code];
  const isEnter = event.code === "Enter" || event.code === "NumpadEnter";
  if (event.code === "Escape") toggleFrame(state);
  else if (isEnter) keepFrame(state, ensureDraft(state));
  else if (nudge) nudgeFrame(state, nudge, event.shiftKey);
  else return false;
  return true;
}

function nudgeFrame(state, by, isResize) {
  const draft = ensureDraft(state);
  if (!draft) return;
  const [was, is] = [[0, 0], by].map((at) => placeAround(state, draft, at));
  const [dx, dy] = [is[0] - was[0], is[1] - was[1]];
  draft.frame = isResize ? resized(draft, by, Math.max(Math.abs(dx), Math.abs(dy))) : moved(draft.frame, dx, dy);
  state.repaint();
}

/** As `placeOn`, not cut off: of a step on the screen, wherever the image lies. */
function placeAround(state, {pane}, at) {
  const image = imageOf(state, pane);
  const [dx, dy] = unproject(pane.view, scaleOf(state, pane), ...at);
  return [dx / image.width, dy / image.height].map((share) => Math.round(share * WHOLE));
}

function moved(frame, dx, dy) {
  const within = (at, length) => Math.min(WHOLE - length, Math.max(0, at));
  return {...frame, left: within(frame.left + dx, frame.width), top: within(frame.top + dy, frame.height)};
}

/** Right and down make it larger on the screen's own axes, whatever way the image lies. */
function resized({pane, frame}, [right, down], size) {
  const grows = Math.sign(right + down) * Math.max(1, size);
  const isWidth = (right !== 0) === (pane.view.turn % 2 === 0);
  const within = (side, from) => Math.min(WHOLE - from, Math.max(SIDE_MIN, side));
  return isWidth
    ? {...frame, width: within(frame.width + grows, frame.left)}
    : {...frame, height: within(frame.height + grows, frame.top)};
}

/** The drawn frame is pending now, and the page is told. */
function keepFrame(state, draft) {
  if (!draft || isFull(state)) return;
  state.pending = [...state.pending, {image: draft.image, ...draft.frame}];
  state.tellFrames();
  toggleFrame(state);
  state.redraw();
}

/** Take a pending frame away: the one at `index`, else the last one. */
export function dropFrame(state, index = state.pending.length - 1) {
  if (!state.pending[index]) return;
  state.pending = state.pending.filter((_each, at) => at !== index);
  state.tellFrames();
  state.redraw();
}

/** The server's list counts when it changes: frames were attached, or the page was reloaded. */
export function receiveFrames(state) {
  const asked = JSON.stringify([state.data.case, state.data.pending ?? []]);
  if (asked !== state.pendingFor) state.pending = state.data.pending ?? [];
  state.pendingFor = asked;
  if (isFraming(state) && !state.data.mayFrame) toggleFrame(state);
}

/** What decisions about the image rest on, then what is drawn on it and not attached yet. */
export function framesOf(state, number) {
  const drawn = state.pending.map((frame) => (
    {image: frame.image, rect: percentOf(frame), label: state.data.words.pending, isPending: true}));
  return [...state.data.cites, ...drawn].filter((frame) => frame.image === number);
}

function percentOf({left, top, width, height}) {
  return [left, top, width, height].map((side) => side / 100);
}

/** The frame in hand over its pane, and what the keys do with it. */
export function paintFrame(state, pane, {image, scale, box}) {
  const isInHand = isFraming(state) && state.panes[state.active] === pane;
  pane.stage.classList.toggle("framing", isFraming(state));
  pane.drawn ??= el("div.drawn");
  pane.hint ??= el("div.hint", {role: "status"});
  if (!isInHand) return [pane.drawn, pane.hint].forEach((node) => node.remove());
  if (!pane.hint.isConnected) pane.stage.insertBefore(pane.hint, pane.meta);
  pane.hint.textContent = hintOf(state, pane);
  const draft = ensureDraft(state);
  pane.hint.hidden = Boolean(draft?.from); // it lies over the image that is drawn on
  if (!draft) return pane.drawn.remove();
  if (!pane.drawn.isConnected) pane.stage.insertBefore(pane.drawn, pane.meta);
  const rect = projectRect(pane.view, scale, image, percentOf(draft.frame));
  return Object.assign(pane.drawn.style, {
    left: `${rect.left + box.width / 2}px`, top: `${rect.top + box.height / 2}px`,
    width: `${rect.width}px`, height: `${rect.height}px`,
  });
}

function hintOf(state, pane) {
  const {words, lang} = state.data;
  if (!mayFrameOn(state, pane)) return words.frameForeign;
  return isFull(state) ? fill(words.frameFull, {n: toLocal(FRAMES_MAX, lang)}) : words.frameHint;
}
