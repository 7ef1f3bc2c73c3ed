// Between the upright image and the screen. A view is {zoom, x, y, turn, isMirrored}: the image is
// mirrored first, then turned clockwise by quarters, scaled, and its centre moved by (x, y) screen
// pixels away from the centre of the pane. A cite is whole 1/10,000 of the upright image.
export const WHOLE = 10000;
export const SIDE_MIN = 20;

const QUARTERS = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/** Image pixels from the image's centre → screen pixels from the pane's centre. */
export function project(view, scale, dx, dy) {
  const [cos, sin] = QUARTERS[view.turn];
  const size = scale * view.zoom;
  const across = view.isMirrored ? -dx : dx;
  return [view.x + size * (across * cos - dy * sin), view.y + size * (across * sin + dy * cos)];
}

/** Screen pixels from the pane's centre → image pixels from the image's centre. */
export function unproject(view, scale, px, py) {
  const [cos, sin] = QUARTERS[view.turn];
  const size = scale * view.zoom;
  const [x, y] = [(px - view.x) / size, (py - view.y) / size];
  const across = x * cos + y * sin;
  return [view.isMirrored ? -across : across, y * cos - x * sin];
}

/** The screen rectangle, from the pane's centre, of [x, y, w, h] in percent of the image. */
export function projectRect(view, scale, image, [x, y, w, h]) {
  const corner = (px, py) => project(view, scale,
    (px / 100 - 0.5) * image.width, (py / 100 - 0.5) * image.height);
  const [ax, ay] = corner(x, y);
  const [bx, by] = corner(x + w, y + h);
  return {left: Math.min(ax, bx), top: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay)};
}

/** The place (0…10,000, cut off at the edges) in the image of a point on the screen. */
export function placeIn(view, scale, image, px, py) {
  const [dx, dy] = unproject(view, scale, px, py);
  const share = (pixels, length) => Math.round(Math.min(1, Math.max(0, pixels / length + 0.5)) * WHOLE);
  return [share(dx, image.width), share(dy, image.height)];
}

/** The frame between two places of an image; null where it is too small to mean anything. */
export function frameBetween([ax, ay], [bx, by]) {
  const frame = {
    left: Math.min(ax, bx), top: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay),
  };
  return Math.min(frame.width, frame.height) < SIDE_MIN ? null : frame;
}

/** [x, y, w, h] in percent of the image. */
export function percentOf({left, top, width, height}) {
  return [left, top, width, height].map((side) => side / 100);
}
