// One tooth of the chart: its shape, what was done to it, when, and what is planned.
import {badge, shape} from "./odontogram_svg.js";
import {
  canalPaths, crownPath, levels, place, points, rootPath, roots, surfacePolygons,
} from "./odontogram_geometry.js";

const SMALLEST_TEXT = 12; // on the screen, in pixels
const YEAR_WIDTH = 2.6; // of a whole year, and of one with its dot, as multiples of its size
const DOTTED_YEAR_WIDTH = 3.3;

export function drawTooth(state, tooth, height) {
  const where = place(tooth.fdi);
  const level = levels(where, height);
  const isSelected = state.selected === tooth.fdi;
  const classes = ["tooth", tooth.presence, isSelected && "sel", tooth.isExtracted && "out"];
  return shape(`g.${classes.filter(Boolean).join(".")}`, {
    role: "button", tabindex: state.at === tooth.fdi ? "0" : "-1", "data-tooth": tooth.fdi,
    "aria-label": tooth.spoken, "aria-pressed": String(isSelected),
  },
  ground(where, level),
  ...(where.isPrimary ? primary(tooth, where, level) : permanent(tooth, where, level)),
  tooth.planned && frame(tooth, where, level),
  ...labels(state, tooth, where, level),
  tooth.planned && tooth.planned !== "case" && plannedBadge(state, tooth, where, level));
}

/** What is clicked on, tinted when selected. */
function ground({x, slot}, {frameFrom, frameTo}) {
  return shape("rect.ground", {
    x: x - slot / 2 + 1, y: frameFrom, width: slot - 2, height: frameTo - frameFrom, rx: 8});
}

function frame(tooth, {x, slot}, {frameFrom, frameTo}) {
  return shape(`rect.frame.${tooth.planned}`, {
    x: x - slot / 2 + 1, y: frameFrom, width: slot - 2, height: frameTo - frameFrom, rx: 8});
}

function permanent(tooth, where, level) {
  const parts = [shape("g.shape", {transform: level.shape}, ...toothParts(tooth, where))];
  if (tooth.presence !== "absent") parts.push(surfaces(tooth, where, level));
  if (tooth.isExtracted) parts.push(cross(where.x, 11, level.crossFrom, level.crossTo));
  return parts;
}

function toothParts(tooth, where) {
  const {x} = where;
  const hasRoots = !tooth.hasScrew && !tooth.isPontic;
  return [
    ...(hasRoots ? roots(where).map((root) => shape("path.bone", {d: rootPath(x, root)})) : []),
    ...(tooth.hasScrew ? screw(x) : []),
    ...(tooth.hasCanal ? canalPaths(x, where).map((d) => shape("path.canal", {d})) : []),
    shape(tooth.hasCrown ? "path.bone.crown" : "path.bone", {d: crownPath(x, where)}),
  ];
}

function screw(x) {
  const body = `M${x - 6.5} 46L${x - 5} 8Q${x} 1 ${x + 5} 8L${x + 6.5} 46Z`;
  const thread = [14, 20, 26, 32, 38, 44].map((y) => `M${x - 9} ${y}L${x + 9} ${y - 3}`).join("");
  return [shape("path.screw", {d: body}), shape("path.thread", {d: thread})];
}

function surfaces(tooth, where, level) {
  const polygons = Object.entries(surfacePolygons(where, level));
  const middle = (level.outer + level.inner) / 2;
  return shape("g.box", {},
    ...polygons.map(([letter, polygon]) =>
      shape(`polygon.${surfaceClass(tooth, where, letter)}`, {points: points(polygon)})),
    tooth.hasUnknown && shape("rect.unknown", {x: where.x - 4, y: middle - 4, width: 8, height: 8}));
}

function surfaceClass(tooth, {isPrimary}, letter) {
  if (tooth.surfaces.includes(letter)) return "filled";
  if (tooth.hasCrown) return "crown";
  if (letter !== "O") return "plain";
  if (tooth.hasScrew) return "screw";
  return isPrimary && tooth.hasCanal ? "rooted" : "plain"; // a milk tooth is drawn without its roots
}

/** A milk tooth: its surfaces, or a dotted place where it is not standing. */
function primary(tooth, where, level) {
  const top = Math.min(level.outer, level.inner);
  if (tooth.presence === "absent" || tooth.isExtracted) {
    const size = {x: where.x - (where.slot - 18) / 2, y: top, width: where.slot - 18, height: 22, rx: 4};
    return [
      shape("rect.empty", size),
      tooth.isExtracted && cross(where.x, 7, top + 4, top + 18),
    ];
  }
  return [surfaces(tooth, where, level)];
}

function cross(x, half, from, to) {
  return shape("path.cross", {d: `M${x - half} ${from}L${x + half} ${to}M${x + half} ${from}L${x - half} ${to}`});
}

/** The number, bold where there is a history, and the year of the last treatment with its dot. */
function labels(state, tooth, {x, slot, isPrimary}, level) {
  const size = Math.min(18, Math.max(12, SMALLEST_TEXT / state.scale));
  const kind = [tooth.planned && "planned", tooth.history.length && "known"].filter(Boolean);
  const number = shape(["text.number", ...kind].join("."), {x, y: level.number, "font-size": size}, tooth.number);
  if (!tooth.year || isPrimary) return [number];
  const width = size * (tooth.isElsewhere ? DOTTED_YEAR_WIDTH : YEAR_WIDTH);
  const isWhole = width <= slot; // else the years of two neighbours would touch
  const text = isWhole ? tooth.year : `’${tooth.year.slice(-2)}`;
  const year = shape("text.year", {x, y: level.year, "font-size": size}, text);
  const beside = size * (isWhole ? 1.4 : 0.95);
  const dot = shape("circle.elsewhere", {cx: x + beside, cy: level.year - size * 0.34, r: size * 0.19});
  return [number, year, tooth.isElsewhere && dot];
}

function plannedBadge(state, tooth, {x, isPrimary}, {outer, inner}) {
  const radius = isPrimary ? 8.5 : Math.min(14, Math.max(11, 9 / state.scale));
  return badge(tooth.planned, x, (outer + inner) / 2, radius, state.data.words.question);
}

/** The bars of a bridge, over the crowns they join. */
export function drawSpan(teeth, height) {
  const places = teeth.map(place);
  const xs = places.map(({x}) => x);
  const {bar} = levels(places[0], height);
  if (bar === undefined) return null; // milk teeth carry no bridge
  return shape("path.bar", {d: `M${Math.min(...xs)} ${bar}H${Math.max(...xs)}`});
}
