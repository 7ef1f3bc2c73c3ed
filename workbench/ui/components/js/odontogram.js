// The odontogram: the teeth as one looks at the patient, what was done to them, what is planned.
import {el, newNonce} from "./dom.js";
import {shape} from "./odontogram_svg.js";
import {HEIGHT, WIDTH} from "./odontogram_geometry.js";
import {drawSpan, drawTooth} from "./odontogram_teeth.js";
import {drawHistory, drawLegend} from "./odontogram_history.js";
import {COMPACT_WIDTH, compactHeight, drawCompactLegend, drawCompactTooth} from "./odontogram_compact.js";
import {listenToTeeth} from "./odontogram_keys.js";

const WIDE = 880; // from here on the history stands beside the chart, and milk teeth have their place

const mounted = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = mounted.get(parentElement);
  if (!state) {
    state = createState(parentElement, data);
    mounted.set(parentElement, state);
  }
  state.data = data;
  state.tell = (tooth) => data.reports && setTriggerValue("select", {tooth, nonce: newNonce()});
  receive(state);
  return () => {
    state.watcher.disconnect();
    cancelAnimationFrame(state.frame);
    state.root.remove();
    mounted.delete(parentElement);
  };
}

function createState(parentElement, data) {
  const parts = {
    right: el("span.side"), left: el("span.side"),
    svg: shape("svg.teeth", {role: "group"}),
    legend: el("ul.legend"),
    history: el("div.history", {role: "status"}),
  };
  const root = el("section.odontogram", {"data-arz": "odontogram"},
    el("div.chart", {}, parts.right, parts.svg, parts.left), parts.legend, parts.history);
  parentElement.append(root);
  const state = {root, parts, data, selected: null, asked: null, at: null, scale: 1, rows: [], frame: 0};
  state.goTo = (fdi, takesFocus = true) => goTo(state, fdi, takesFocus);
  state.select = (fdi) => select(state, fdi);
  state.watcher = new ResizeObserver(() => {
    cancelAnimationFrame(state.frame);
    state.frame = requestAnimationFrame(() => measure(state) && drawChart(state));
  });
  state.watcher.observe(root);
  listenToTeeth(state);
  return state;
}

/** The reader's own choice stays, unless the server names another tooth than before. */
function receive(state) {
  const {data, root, parts} = state;
  const asked = data.selected ?? null;
  if (asked !== state.asked) state.selected = asked;
  state.asked = asked;
  root.dir = data.lang === "fa" ? "rtl" : "ltr";
  root.lang = data.lang;
  parts.svg.setAttribute("aria-label", data.words.chart);
  parts.right.replaceChildren(el("span", {}, data.words.right));
  parts.left.replaceChildren(el("span", {}, data.words.left));
  measure(state);
  drawChart(state);
  if (data.isCompact) drawCompactLegend(state);
  else drawLegend(state);
  drawHistory(state);
}

/** What follows from the width; whether the chart has to be drawn anew. */
function measure(state) {
  const {root, data} = state;
  root.classList.toggle("compact", Boolean(data.isCompact));
  const isWide = !data.isCompact && root.clientWidth >= WIDE;
  root.classList.toggle("wide", isWide);
  const hasPrimary = data.hasPrimary || isWide;
  root.classList.toggle("small", !hasPrimary);
  const scale = (state.parts.svg.clientWidth || WIDTH) / WIDTH;
  const isSame = Math.abs(scale - state.scale) < 0.005 && hasPrimary === state.hasPrimary;
  Object.assign(state, {scale, hasPrimary});
  return !isSame;
}

function drawChart(state) {
  const {data, parts, hasPrimary} = state;
  const height = hasPrimary ? HEIGHT.primary : HEIGHT.plain;
  const isPrimaryRow = (row) => row[0] > 50;
  state.rows = data.rows.filter((row) => hasPrimary || !isPrimaryRow(row));
  const shown = state.rows.flat();
  if (!shown.includes(state.at)) state.at = state.selected ?? shown[0];
  if (!shown.includes(state.at)) state.at = shown[0];
  const hadFocus = parts.svg.contains(parts.svg.getRootNode().activeElement);
  const teeth = new Map(data.teeth.map((tooth) => [tooth.fdi, tooth]));
  if (data.isCompact) {
    parts.svg.setAttribute("viewBox", `0 0 ${COMPACT_WIDTH} ${compactHeight(state.rows)}`);
    parts.svg.replaceChildren(...shown.map((fdi) => drawCompactTooth(state, teeth.get(fdi))));
  } else drawLarge(state, shown, teeth, height);
  if (hadFocus) toothNode(state, state.at).focus({preventScroll: true});
}

function drawLarge(state, shown, teeth, height) {
  const {data, parts} = state;
  parts.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  parts.svg.replaceChildren(
    shape("path.axis", {d: `M0 ${height / 2}H${WIDTH}M${WIDTH / 2} 8V${height - 8}`}),
    ...data.spans.map((span) => drawSpan(span, height)).filter(Boolean),
    ...shown.map((fdi) => drawTooth(state, teeth.get(fdi), height)));
}

function toothNode(state, fdi) {
  return state.parts.svg.querySelector(`[data-tooth="${fdi}"]`);
}

/** One tooth is reached by Tab, the others from it. */
function goTo(state, fdi, takesFocus) {
  toothNode(state, state.at)?.setAttribute("tabindex", "-1");
  state.at = fdi;
  const node = toothNode(state, fdi);
  node.setAttribute("tabindex", "0");
  if (takesFocus) node.focus({preventScroll: true});
}

function select(state, fdi) {
  if (fdi === state.selected) return;
  for (const each of [state.selected, fdi]) {
    const node = each === null ? null : toothNode(state, each);
    node?.classList.toggle("sel", each === fdi);
    node?.setAttribute("aria-pressed", String(each === fdi));
  }
  state.selected = fdi;
  drawHistory(state);
  state.parts.history.scrollTop = 0;
  state.parts.history.scrollIntoView({block: "nearest"});
  state.tell(fdi);
}
