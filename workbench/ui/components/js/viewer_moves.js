// Where an image lies in its pane: {zoom, x, y, turn}. Zoom 1 fits the whole image; x and y move
// its centre away from the pane's centre, in screen pixels; turn counts quarter turns clockwise
// (of the mirrored image, if it is mirrored).
const SMALLEST = 0.5;
const LARGEST = 12;
const CITED_SHARE = 0.6;

export const RESTING = {zoom: 1, x: 0, y: 0, turn: 0, isMirrored: false};

/** The panes a movement is for: both while they are linked. */
function movedPanes(state, pane) {
  return state.isPair && state.isLinked ? state.panes : [pane];
}

/** The pane's image; the loaded file is right about its size where the record is not. */
export function imageOf(state, pane) {
  const image = state.data.images.find((each) => each.number === pane.image);
  return image ? {...image, ...state.sizes.get(image.url)} : null;
}

/** Screen pixels per image pixel at zoom 1. */
export function fitScale(image, box, turn) {
  const [width, height] = turn % 2 ? [image.height, image.width] : [image.width, image.height];
  return Math.min(box.width / width, box.height / height);
}

/** Zoom by a factor so that the point (px, py), seen from the pane's centre, stays where it is. */
export function zoomBy(state, pane, factor, px = 0, py = 0) {
  for (const {view} of movedPanes(state, pane)) {
    const zoom = Math.min(LARGEST, Math.max(SMALLEST, view.zoom * factor));
    const growth = zoom / view.zoom;
    Object.assign(view, {zoom, x: px - (px - view.x) * growth, y: py - (py - view.y) * growth});
  }
  state.repaint();
}

export function moveBy(state, pane, dx, dy) {
  for (const {view} of movedPanes(state, pane)) Object.assign(view, {x: view.x + dx, y: view.y + dy});
  state.repaint();
}

/** A quarter turn clockwise, around the centre of the pane. */
export function turn(state, pane) {
  for (const {view} of movedPanes(state, pane)) {
    Object.assign(view, {turn: (view.turn + 1) % 4, x: -view.y, y: view.x});
  }
  state.repaint();
}

/** Whole image, upright, as it was taken. */
export function reset(state) {
  state.panes.forEach(({view}) => Object.assign(view, RESTING));
  Object.assign(state.look, {isInverted: false, brightness: 1, contrast: 1});
  state.repaint();
}

/** Left and right change places on the screen, whatever way the image is turned. */
export function mirror(state, pane) {
  for (const {view} of movedPanes(state, pane)) {
    Object.assign(view, {turn: (4 - view.turn) % 4, x: -view.x, isMirrored: !view.isMirrored});
  }
  state.repaint();
}

/** One pixel of the image is one pixel of the screen; pressed again, the whole image fits. */
export function oneToOne(state, pane) {
  const image = imageOf(state, pane);
  if (!image) return;
  const exact = 1 / fitScale(image, pane.stage.getBoundingClientRect(), pane.view.turn);
  const isExact = Math.abs(pane.view.zoom - exact) < 0.001;
  zoomBy(state, pane, (isExact ? 1 : exact) / pane.view.zoom);
  if (isExact) moveBy(state, pane, -pane.view.x, -pane.view.y);
}

/** Two images side by side: the first pane gets `left`, the second `right`. */
export function compare(state, {left, right}) {
  const numbers = state.data.images.map((image) => image.number);
  if (left === right || ![left, right].every((number) => numbers.includes(number))) return;
  state.panes[0].show(left);
  state.panes[1].show(right);
  state.isPair = true;
  state.redraw();
}

/** An image into the pane in use, or into the other one; both are shown then. */
export function choose(state, number, isOther = false) {
  const index = isOther ? 1 - state.active : state.active;
  if (isOther) state.isPair = true;
  const [pane, beside] = [state.panes[index], state.panes[1 - index]];
  if (state.isPair && beside.image === number && pane.image !== null) beside.show(pane.image);
  pane.show(number);
  state.redraw();
}

/** Show the evidence of a finding: its image, and its frame large and in the middle. */
export function jumpTo(state, {image: number, rect}) {
  if (!state.data.images.some((image) => image.number === number)) return;
  let pane = state.panes.slice(0, state.isPair ? 2 : 1).find((each) => each.image === number);
  if (!pane) {
    pane = state.panes[state.isPair ? 1 : 0];
    pane.show(number);
  }
  state.active = pane.index;
  state.redraw();
  const frame = rect ?? state.data.cites.find((cite) => cite.image === number)?.rect;
  if (frame) centre(state, pane, frame);
  else Object.assign(pane.view, RESTING);
  state.repaint();
}

function centre(state, pane, [x, y, w, h]) {
  const image = imageOf(state, pane);
  const box = pane.stage.getBoundingClientRect();
  const scale = fitScale(image, box, 0);
  const size = scale / 100;
  const across = box.width / (image.width * size * w);
  const down = box.height / (image.height * size * h);
  const zoom = Math.min(4, Math.max(1, CITED_SHARE * Math.min(across, down)));
  const offset = (from, length, pixels) => (0.5 - (from + length / 2) / 100) * pixels * scale * zoom;
  Object.assign(pane.view, {zoom, turn: 0, isMirrored: false, x: offset(x, w, image.width), y: offset(y, h, image.height)});
}
