// Where an image lies in its pane: {zoom, x, y, turn}. Zoom 1 fits the whole image; x and y move
// its centre away from the pane's centre, in screen pixels; turn counts quarter turns clockwise.
const SMALLEST = 0.5;
const LARGEST = 12;
const CITED_SHARE = 0.6;

export const RESTING = {zoom: 1, x: 0, y: 0, turn: 0};

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

/** Image pixels from the image's centre → screen pixels from the pane's centre. */
export function project(view, scale, dx, dy) {
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][view.turn];
  const size = scale * view.zoom;
  return [view.x + size * (dx * cos - dy * sin), view.y + size * (dx * sin + dy * cos)];
}

/** The screen rectangle, from the pane's centre, of [x, y, w, h] in percent of the image. */
export function projectRect(view, scale, image, [x, y, w, h]) {
  const corner = (px, py) => project(view, scale,
    (px / 100 - 0.5) * image.width, (py / 100 - 0.5) * image.height);
  const [ax, ay] = corner(x, y);
  const [bx, by] = corner(x + w, y + h);
  return {left: Math.min(ax, bx), top: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay)};
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
  Object.assign(pane.view, {zoom, turn: 0, x: offset(x, w, image.width), y: offset(y, h, image.height)});
}
