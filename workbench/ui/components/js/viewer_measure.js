// The measuring line: its length in pixels of the image and as a share of the image's width. No
// image says how large a pixel is in the mouth, so there are no millimetres.
import {el, fill} from "./dom.js";
import {toLocal} from "./digits.js";
import {imageOf, project, scaleOf, unproject} from "./viewer_moves.js";

const NAME = "measure";
const NEAR = 14;
const CLICK = 4;
const STEPS = {plain: 4, shift: 24};
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const SVG = "http://www.w3.org/2000/svg";

export function isMeasuring(state) {
  return state.tool?.name === NAME;
}

/** L begins with a line across the middle, L or Esc takes it away. */
export function toggleMeasure(state) {
  const isOn = !isMeasuring(state);
  state.tool?.end?.();
  state.tool = isOn ? measureTool(state) : null;
  if (isOn) begin(state, state.panes[state.active]);
  state.repaint();
}

/** Ends are kept in pixels from the image's centre, so that they stay on the tooth they were put on. */
function measureTool(state) {
  const put = (pane, end, at) => {
    pane.measure[end] = unproject(pane.view, scaleOf(state, pane), ...at);
    state.repaint();
  };
  return {
    name: NAME,
    press: (pane, at) => imageOf(state, pane) && pressLine(state, pane, at, put),
    drag: (pane, at) => pane.measure && put(pane, pane.measure.end, at),
    release: (pane, at) => pane.measure && releaseLine(pane, at),
    key: (event) => moveEnd(state, event, put),
    end: () => state.panes.forEach((pane) => { pane.measure = null; }),
  };
}

function begin(state, pane) {
  if (!imageOf(state, pane)) return;
  const scale = scaleOf(state, pane);
  const reach = pane.stage.clientWidth / 4;
  const [from, to] = [-reach, reach].map((x) => unproject(pane.view, scale, x, 0));
  pane.measure = {image: pane.image, from, to, end: "to", pressedAt: null, waits: false};
}

/** Near an end: that one is moved. Anywhere else: the first point of a new line, or its second. */
function pressLine(state, pane, at, put) {
  const line = pane.measure;
  const near = line && ["to", "from"].find((end) => distance(onScreen(state, pane, line[end]), at) < NEAR);
  if (line?.waits) line.waits = false;
  else if (near) line.end = near;
  else {
    const point = unproject(pane.view, scaleOf(state, pane), ...at);
    pane.measure = {image: pane.image, from: point, to: point, end: "to", pressedAt: at, waits: false};
    return state.repaint();
  }
  line.pressedAt = null;
  if (!near) put(pane, line.end, at);
}

/** A click without a movement waits for the second one. */
function releaseLine(pane, at) {
  const line = pane.measure;
  line.waits = line.pressedAt !== null && distance(line.pressedAt, at) < CLICK;
}

function moveEnd(state, event, put) {
  const pane = state.panes[state.active];
  const line = pane.measure;
  const way = ARROWS[event.code];
  if (!line) return false;
  if (event.code === "Space" || event.code === "Enter") line.end = line.end === "to" ? "from" : "to";
  else if (way) {
    const step = event.shiftKey ? STEPS.shift : STEPS.plain;
    const [x, y] = onScreen(state, pane, line[line.end]);
    put(pane, line.end, [x + way[0] * step, y + way[1] * step]);
  } else return false;
  state.repaint();
  return true;
}

function onScreen(state, pane, point) {
  return project(pane.view, scaleOf(state, pane), ...point);
}

function distance([ax, ay], [bx, by]) {
  return Math.hypot(bx - ax, by - ay);
}

/** Draw the pane's line; another image in the pane has none. */
export function paintMeasure(state, pane, {image, scale, box}) {
  if (pane.measure?.image !== pane.image) pane.measure = null;
  pane.stage.classList.toggle("measuring", isMeasuring(state));
  if (!pane.measure) return pane.rule?.remove();
  pane.rule ??= ruleNode();
  if (!pane.rule.isConnected) pane.stage.insertBefore(pane.rule, pane.meta);
  const ends = ["from", "to"].map((end) => project(pane.view, scale, ...pane.measure[end])
    .map((value, axis) => value + [box.width, box.height][axis] / 2));
  placeRule(pane.rule, ends, pane.measure.end === "to" ? 1 : 0);
  return pane.rule.label.replaceChildren(lengthOf(state.data, pane.measure, image));
}

function ruleNode() {
  const node = el("div.rule");
  const svg = document.createElementNS(SVG, "svg");
  node.lines = ["line", "line"].map((name) => svg.appendChild(document.createElementNS(SVG, name)));
  node.dots = ["circle", "circle"].map((name) => svg.appendChild(document.createElementNS(SVG, name)));
  node.label = el("b", {role: "status"});
  node.append(svg, node.label);
  return node;
}

function placeRule(node, ends, moved) {
  const [[ax, ay], [bx, by]] = ends;
  const set = (shape, values) => Object.entries(values).forEach(([key, value]) => shape.setAttribute(key, value));
  for (const line of node.lines) set(line, {x1: ax, y1: ay, x2: bx, y2: by});
  node.dots.forEach((dot, index) => {
    set(dot, {cx: ends[index][0], cy: ends[index][1], r: 5, class: index === moved ? "moved" : ""});
  });
  Object.assign(node.label.style, {left: `${(ax + bx) / 2}px`, top: `${(ay + by) / 2}px`});
}

/** "412 pixels · 46.8% of the width". */
function lengthOf({words, lang}, {from, to}, image) {
  const pixels = distance(from, to);
  const percent = (pixels / image.width * 100).toFixed(1);
  return fill(words.measured, {
    pixels: toLocal(Math.round(pixels), lang),
    percent: lang === "fa" ? `${toLocal(percent, lang).replace(".", "٫")}٪` : `${percent}%`,
  });
}
