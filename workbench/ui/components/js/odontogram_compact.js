// The chart where there is little room: a box a tooth, its history as a colour, this case as a frame.
import {el} from "./dom.js";
import {shape} from "./odontogram_svg.js";

const CELL_BOX = 15;
const CELL_STEP = 17;
const CELL_GAP = 6; // between the right and the left half
const CELL_LINE = 19;
const CELL_TALL = 5;
const CELL_MIDDLE = 8 * CELL_STEP;
export const COMPACT_WIDTH = 2 * CELL_MIDDLE + CELL_GAP;

/** The kinds of treatment that a box can show; what is gone or new wins over what it stood on. */
export function compactMark(tooth) {
  if (tooth.isExtracted) return "gone";
  if (tooth.hasScrew) return "screwed";
  if (tooth.hasCrown) return "crowned";
  if (tooth.hasCanal) return "rooted";
  if (tooth.surfaces) return "filled";
  return tooth.history.length ? "treated" : "none";
}

export function compactHeight(rows) {
  return rows.length * CELL_LINE + CELL_TALL;
}

/** The patient's right is on the left; milk teeth stand nearest to the midline. */
export function drawCompactTooth(state, tooth) {
  const row = state.rows.findIndex((teeth) => teeth.includes(tooth.fdi));
  const x = boxLeft(state.rows[row], tooth.fdi);
  const y = row * CELL_LINE + (row >= state.rows.length / 2 ? CELL_TALL : 0);
  const isSelected = state.selected === tooth.fdi;
  const classes = ["tooth", tooth.presence, compactMark(tooth), isSelected && "sel"].filter(Boolean);
  return shape(`g.${classes.join(".")}`, {
    role: "button", tabindex: state.at === tooth.fdi ? "0" : "-1", "data-tooth": tooth.fdi,
    "aria-label": tooth.spoken, "aria-pressed": String(isSelected),
  },
  shape("title", {}, tooth.title),
  shape("rect.ground", {x: x - 1, y, width: CELL_STEP, height: CELL_LINE}),
  shape("rect.cell", {x, y: y + 1, width: CELL_BOX, height: CELL_BOX, rx: 3}),
  tooth.isExtracted && shape("path.cross", {d: `M${x + 4} ${y + 5}l7 7M${x + 11} ${y + 5}l-7 7`}),
  tooth.planned && shape(`rect.frame.${tooth.planned}`, {x: x - 0.5, y: y + 0.5, width: CELL_BOX + 1, height: CELL_BOX + 1, rx: 3.5}),
  tooth.overlaps && shape("path.overlap", {d: `M${x + CELL_BOX - 7} ${y + 1}h7v7Z`}));
}

function boxLeft(teeth, fdi) {
  const half = teeth.length / 2;
  const at = teeth.indexOf(fdi);
  return at < half ? CELL_MIDDLE - (half - at) * CELL_STEP + 1 : CELL_MIDDLE + CELL_GAP + (at - half) * CELL_STEP + 1;
}

export function drawCompactLegend(state) {
  const {words, teeth} = state.data;
  const entries = [
    teeth.some((tooth) => tooth.history.length) && ["known", words.known],
    teeth.some((tooth) => tooth.planned === "case") && ["case", words.inCase],
    teeth.some((tooth) => tooth.overlaps) && ["overlap", words.overlap],
  ];
  const shown = entries.filter(Boolean)
    .map(([sign, word]) => el("li", {}, el(`i.box.${sign}`, {"aria-hidden": "true"}), word));
  state.parts.legend.replaceChildren(...shown);
}
