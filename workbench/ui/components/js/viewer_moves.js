// Where an image lies in its pane: {zoom, x, y, turn, isMirrored}. Zoom 1 fits the whole image; x
// and y move its centre away from the pane's centre, in screen pixels; turn counts quarter turns
// clockwise, made after the image was mirrored left to right.
const SMALLEST = 0.5;
const LARGEST = 12;
const CITED_SHARE = 0.6;

const QUARTERS = [[1, 0], [0, 1], [-1, 0], [0, -1]];

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
    const [least, most] = [Math.min(SMALLEST, view.zoom), Math.max(LARGEST, view.zoom)];
    const zoom = Math.min(most, Math.max(least, view.zoom * factor));
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

/** Left becomes right on the screen: of this image only, so that a mirrored copy can be compared. */
export function mirror(state, {view}) {
  Object.assign(view, {turn: (4 - view.turn) % 4, isMirrored: !view.isMirrored, x: -view.x});
  state.repaint();
}

/** One pixel of the image on one of the screen; where it is so already, the whole image again. */
export function toggleOneToOne(state, pane) {
  const isThere = Math.abs(pane.view.zoom - oneToOne(state, pane)) < 1e-6;
  for (const each of movedPanes(state, pane)) {
    const {view} = each;
    const zoom = isThere ? 1 : oneToOne(state, each);
    const growth = isThere ? 0 : zoom / view.zoom;
    Object.assign(view, {zoom, x: view.x * growth, y: view.y * growth});
  }
  state.repaint();
}

/** The zoom at which a pixel of the image is one of the screen. */
export function oneToOne(state, pane) {
  return imageOf(state, pane) ? 1 / (scaleOf(state, pane) * window.devicePixelRatio) : 1;
}

/** Screen pixels per image pixel of this pane at zoom 1. */
export function scaleOf(state, pane) {
  return fitScale(imageOf(state, pane), pane.stage.getBoundingClientRect(), pane.view.turn);
}

/** Whole image, upright, as it was taken. */
export function reset(state) {
  state.panes.forEach(({view}) => Object.assign(view, RESTING));
  Object.assign(state.look, {isInverted: false, brightness: 1, contrast: 1});
  state.repaint();
}

/** Image pixels from the image's centre → screen pixels from the pane's centre. */
export function project(view, scale, dx, dy) {
  const [cos, sin] = QUARTERS[view.turn];
  const size = scale * view.zoom;
  const across = view.isMirrored ? -dx : dx;
  return [view.x + size * (across * cos - dy * sin), view.y + size * (across * sin + dy * cos)];
}

/** The way back: screen pixels from the pane's centre → image pixels from the image's centre. */
export function unproject(view, scale, px, py) {
  const [cos, sin] = QUARTERS[view.turn];
  const size = scale * view.zoom;
  const [x, y] = [(px - view.x) / size, (py - view.y) / size];
  const across = x * cos + y * sin;
  return [view.isMirrored ? -across : across, y * cos - x * sin];
}

/** The same for the browser: puts the image's own box where `project` says, pane's corner first. */
export function cssTransform(view, scale, box, image) {
  const size = scale * view.zoom;
  return `translate(${box.width / 2 + view.x}px, ${box.height / 2 + view.y}px)`
    + ` rotate(${view.turn * 90}deg) scale(${view.isMirrored ? -size : size}, ${size})`
    + ` translate(${-image.width / 2}px, ${-image.height / 2}px)`;
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
  Object.assign(pane.view, {...RESTING, zoom, x: offset(x, w, image.width), y: offset(y, h, image.height)});
}
