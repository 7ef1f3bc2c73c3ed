// Where teeth stand on the chart and what they look like: numbers and paths, nothing of the page.
// Drawn as one looks at the patient, so his right is on the left. Upper teeth have their roots up;
// the lower jaw is the upper one turned over. x and y are units of the viewBox.
export const WIDTH = 762;
export const HEIGHT = {plain: 320, primary: 444};

const MIDLINE = WIDTH / 2;
const GAP = 11; // from the midline to the first tooth
const SLOTS = [42, 38, 42, 44, 44, 54, 52, 50]; // the room of a tooth by its unit
const TIPS = [8, 10, 1, 9, 9, 10, 12, 16]; // where its roots end
const SHIFT = 18; // the year stands above the roots

/** {unit, slot, x, isLower, isPrimary, isLeft} of an FDI number; isLeft: on the left of the chart. */
export function place(fdi) {
  const quadrant = Math.floor(fdi / 10);
  const unit = fdi % 10;
  const around = (quadrant - 1) % 4;
  const isLeft = around === 0 || around === 3;
  const before = SLOTS.slice(0, unit - 1).reduce((sum, slot) => sum + slot, 0);
  const slot = SLOTS[unit - 1];
  const away = GAP + before + slot / 2;
  return {
    unit, slot, isLeft, isLower: around > 1, isPrimary: quadrant > 4,
    x: isLeft ? MIDLINE - away : MIDLINE + away,
  };
}

/** Everything of a tooth that has a height, for a chart of that height. */
export function levels({isLower, isPrimary}, height) {
  const upper = isPrimary
    ? {outer: 167, inner: 189, number: 206, frameFrom: 161, frameTo: 217}
    : {outer: 98, inner: 130, number: 146, frameFrom: -2, frameTo: 156, year: 14, crossFrom: 54, crossTo: 84, bar: 74};
  if (!isLower) return {...upper, shape: `translate(0 ${SHIFT})`, down: 1};
  const turned = Object.fromEntries(Object.entries(upper).map(([name, y]) => [name, height - y]));
  return {
    ...turned,
    number: turned.number + 9, // a number stands on its line in both jaws
    year: turned.year + 8,
    frameFrom: turned.frameTo, frameTo: turned.frameFrom,
    shape: `translate(0 ${height - SHIFT}) scale(1 -1)`, down: -1,
  };
}

/** The roots as {from, tip, half, end}: middle of its neck, its end, half its width, height of the end. */
export function roots({unit, slot, isLower}) {
  const end = TIPS[unit - 1];
  const root = (from, tip, half) => ({from: from * slot, tip: tip * slot, half: half * slot, end});
  if (unit <= 3) return [root(0, 0, 0.221)];
  if (unit === 4 && !isLower) return [root(-0.0821, -0.108, 0.1518), root(0.0821, 0.108, 0.1518)];
  if (unit <= 5) return [root(0, 0, 0.241)];
  const sides = [root(-0.1423, -0.1872, 0.1339), root(0.1423, 0.1872, 0.1339)];
  return isLower ? sides : [root(0, 0, 0.1161), ...sides];
}

export function rootPath(x, {from, tip, half, end}) {
  const neck = x + from;
  const apex = x + tip;
  return `M${r(neck - half)} 47C${r(neck - 0.95 * half)} 30 ${r(apex - half / 2)} ${end + 6} ${r(apex)} ${end}` +
    `C${r(apex + half / 2)} ${end + 6} ${r(neck + 0.95 * half)} 30 ${r(neck + half)} 47Z`;
}

/** A filled canal down a root; the middle root of an upper molar lies behind the others. */
export function canalPaths(x, tooth) {
  const all = roots(tooth);
  const seen = all.length === 3 ? all.slice(1) : all;
  return seen.map(({tip, end}) =>
    `M${r(x + 0.48 * tip)} 52Q${r(x + 0.844 * tip)} 34 ${r(x + tip)} ${end + 5}`);
}

const CROWNS = {
  incisor: [
    [[-0.264, 45]], [[-0.38, 54], [-0.4, 64], [-0.38, 70]], [[-0.36, 73], [-0.28, 73]], [[0.28, 73]],
    [[0.36, 73], [0.38, 70]], [[0.4, 64], [0.38, 54], [0.264, 45]], [[0, 38], [-0.264, 45]],
  ],
  canine: [
    [[-0.264, 45]], [[-0.42, 54], [-0.36, 62], [-0.28, 66]], [[0, 75]], [[0.28, 66]],
    [[0.36, 62], [0.42, 54], [0.264, 45]], [[0, 38], [-0.264, 45]],
  ],
  molar: [
    [[-0.288, 45]], [[-0.448, 52], [-0.4, 62], [-0.368, 68]], [[-0.2, 75], [0, 70]],
    [[0.2, 75], [0.368, 68]], [[0.4, 62], [0.448, 52], [0.288, 45]], [[0, 40], [-0.288, 45]],
  ],
};

export function crownPath(x, {unit, slot}) {
  const kind = unit <= 2 ? "incisor" : unit === 3 ? "canine" : "molar";
  const steps = CROWNS[kind].map((points, index) => {
    const letter = index === 0 ? "M" : " LQC"[points.length];
    return letter + points.map(([across, y]) => `${r(x + across * slot)} ${y}`).join(" ");
  });
  return `${steps.join("")}Z`;
}

/** The five surfaces by their letter: mesial towards the midline, buccal outside. */
export function surfacePolygons({x, slot, unit, isLeft, isPrimary}, {outer, inner, down}) {
  const half = (slot - (isPrimary ? 18 : 12)) / 2;
  const isFront = unit <= 3;
  const across = half * 2 * (isFront ? 0.2 : 0.26);
  const deep = Math.abs(inner - outer) * (isFront ? 0.36 : 0.26) * down;
  const [left, right] = [x - half, x + half];
  const outside = {left: [left, outer], right: [right, outer], farLeft: [left, inner], farRight: [right, inner]};
  const core = {
    left: [left + across, outer + deep], right: [right - across, outer + deep],
    farLeft: [left + across, inner - deep], farRight: [right - across, inner - deep],
  };
  const onLeft = [outside.left, core.left, core.farLeft, outside.farLeft];
  const onRight = [outside.right, core.right, core.farRight, outside.farRight];
  return {
    B: [outside.left, outside.right, core.right, core.left],
    L: [outside.farLeft, outside.farRight, core.farRight, core.farLeft],
    M: isLeft ? onRight : onLeft,
    D: isLeft ? onLeft : onRight,
    O: [core.left, core.right, core.farRight, core.farLeft],
  };
}

export function points(polygon) {
  return polygon.map(([x, y]) => `${r(x)},${r(y)}`).join(" ");
}

function r(number) {
  return Math.round(number * 100) / 100;
}
