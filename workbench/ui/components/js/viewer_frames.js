// The two tools that draw on an image: a frame to cite, and a line to measure. A kept frame is
// pending until the page attaches it to a reason; the page is told all pending frames each time.
import {el, fill} from "./dom.js";
import {toLocal} from "./digits.js";
import {WHOLE, SIDE_MIN, frameBetween, placeIn, project} from "./viewer_geometry.js";
import {fitScale, imageOf} from "./viewer_moves.js";

const NUDGE = 8; // screen pixels of one press of an arrow key
const FRAMES_MAX = 8;

/** Turn a tool on or off; a frame begins in the middle of what is seen, ready for the keys. */
export function takeTool(state, name) {
  const pane = state.panes[state.active];
  const isOff = state.tool === name || pane.image === null || (name === "frame" && !state.data.mayFrame);
  state.tool = isOff ? null : name;
  state.draft = null;
  state.measured = null;
  if (state.tool === "frame") state.draft = {pane, frame: middleFrame(state, pane)};
  state.repaint();
}

export function dropTool(state) {
  Object.assign(state, {tool: null, draft: null, measured: null});
  state.repaint();
}

function middleFrame(state, pane) {
  const box = pane.stage.getBoundingClientRect();
  const reach = [box.width / 6, box.height / 6];
  const corners = [-1, 1].map((side) => placeOn(state, pane, side * reach[0], side * reach[1]));
  return frameBetween(...corners) ?? {left: 4000, top: 4000, width: 2000, height: 2000};
}

/** Where a point of the pane (seen from its centre) lies in the image. */
export function placeOn(state, pane, px, py) {
  const image = imageOf(state, pane);
  const scale = fitScale(image, pane.stage.getBoundingClientRect(), pane.view.turn);
  return placeIn(pane.view, scale, image, px, py);
}

/** What is drawn while the pointer goes from one place to another. */
export function drawBetween(state, pane, from, to) {
  if (state.tool === "line") state.measured = {pane, image: pane.image, from, to};
  else state.draft = {pane, frame: frameBetween(from, to), isDrawn: true};
  state.repaint();
}

/** Keep the drawn frame: it is pending now, and the page is told. */
export function keepFrame(state) {
  const {draft} = state;
  const isFull = state.pending.length >= FRAMES_MAX;
  if (draft?.frame && !isFull) {
    state.pending = [...state.pending, {image: draft.pane.image, ...draft.frame}];
    state.tellFrames();
  }
  dropTool(state);
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
}

/** Arrow keys: move the drawn frame on the screen, with Shift make it larger or smaller. */
export function nudge(state, right, down, isResize) {
  const {draft} = state;
  if (!draft?.frame) return;
  const [ox, oy] = placeOn(state, draft.pane, 0, 0);
  const [ex, ey] = placeOn(state, draft.pane, right * NUDGE, down * NUDGE);
  const by = isResize ? sizeStep(draft.pane.view, right, down, [ex - ox, ey - oy]) : [ex - ox, ey - oy];
  draft.frame = isResize ? resized(draft.frame, by) : moved(draft.frame, by);
  state.repaint();
}

/** Right and down make it larger whatever way the image lies. */
function sizeStep({turn}, right, down, [dx, dy]) {
  const grows = right + down;
  const isAcross = turn % 2 ? down !== 0 : right !== 0;
  const size = Math.max(Math.abs(dx), Math.abs(dy), 10);
  return isAcross ? [grows * size, 0] : [0, grows * size];
}

function moved(frame, [dx, dy]) {
  const within = (at, length) => Math.min(WHOLE - length, Math.max(0, at));
  return {...frame, left: within(frame.left + dx, frame.width), top: within(frame.top + dy, frame.height)};
}

function resized(frame, [dx, dy]) {
  const within = (side, from) => Math.min(WHOLE - from, Math.max(SIDE_MIN, side));
  return {...frame, width: within(frame.width + dx, frame.left), height: within(frame.height + dy, frame.top)};
}

/** The measured line over its pane, with its length in words; called once a frame of painting. */
export function paintMeasure(state, pane, image, scale, box) {
  const {measured} = state;
  const isHere = measured?.pane === pane && measured.image === pane.image;
  pane.ruler.hidden = !isHere;
  if (!isHere) return;
  const pixels = ([x, y]) => [(x / WHOLE) * image.width, (y / WHOLE) * image.height];
  const onScreen = (place) => {
    const [x, y] = pixels(place);
    const [px, py] = project(pane.view, scale, x - image.width / 2, y - image.height / 2);
    return [px + box.width / 2, py + box.height / 2];
  };
  const [from, to] = [onScreen(measured.from), onScreen(measured.to)];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  Object.assign(pane.ruler.style, {
    left: `${from[0]}px`, top: `${from[1]}px`, width: `${length}px`, transform: `rotate(${angle}rad)`,
  });
  const [ax, ay] = pixels(measured.from);
  const [bx, by] = pixels(measured.to);
  pane.note.textContent = measureText(state, image, Math.hypot(bx - ax, by - ay));
}

function measureText({data: {words, lang}}, image, length) {
  const share = ((100 * length) / image.width).toFixed(1);
  return fill(words.measured, {
    pixels: toLocal(Math.round(length), lang),
    share: toLocal(lang === "fa" ? share.replace(".", "٫") : share, lang),
  });
}

/** What the tool in hand asks for; empty without one. */
export function paintHint(state, pane) {
  const isHere = Boolean(state.tool) && state.panes[state.active] === pane;
  const word = state.tool === "line" ? state.data.words.measureHint : state.data.words.frameHint;
  const isMeasured = state.measured?.pane === pane && state.measured.image === pane.image;
  if (!isMeasured) pane.note.textContent = isHere ? word : "";
  pane.note.hidden = !isHere && !isMeasured;
}

export function newRuler() {
  return el("div.ruler", {hidden: true});
}
