// The tool bar above the panes.
import {el, icon} from "./dom.js";
import {toLocal} from "./digits.js";
import {showBeforeAfter, togglePair} from "./viewer_choice.js";
import {isFraming, toggleFrame} from "./viewer_frames.js";
import {isMeasuring, toggleMeasure} from "./viewer_measure.js";
import {mirror, oneToOne, reset, toggleOneToOne, turn, zoomBy} from "./viewer_moves.js";
import {bestPair} from "./viewer_pairs.js";

export const STEP = 1.25;
const RANGES = {brightness: [0.3, 2], contrast: [0.3, 2.5]};
const ADJUSTMENT = 0.1;

export function buildTools(state) {
  const {words} = state.data;
  const used = () => state.panes[state.active];
  const tools = {
    out: tool("minus", `${words.zoomOut} (−)`, () => zoomBy(state, used(), 1 / STEP)),
    percent: el("b.pc", {"aria-live": "off"}),
    in: tool("plus", `${words.zoomIn} (+)`, () => zoomBy(state, used(), STEP)),
    rotate: tool("rotate", `${words.rotate} (R)`, () => turn(state, used()), words.rotate),
    mirror: tool("mirror", `${words.mirror} (M)`, () => mirror(state, used())),
    invert: tool("invert", `${words.invert} (I)`, () => toggleInvert(state), words.invert),
    measure: tool("ruler", `${words.measure} (L)\n${words.measureWhy}`, () => toggleMeasure(state)),
    frame: tool("frame", `${words.frame} (C)\n${words.frameHint}`, () => toggleFrame(state), words.frame),
    brightness: slider(state, "sun", words.brightness, "brightness", "Shift+↑↓"),
    contrast: slider(state, "contrast", words.contrast, "contrast", "Shift+←→"),
    adjust: tool("sun", `${words.brightness} · ${words.contrast}`, () => toggleAdjusting(state)),
    reset: tool("fit", `${words.reset} (0)`, () => reset(state)),
    one: tool("one", `${words.oneToOne} (O)`, () => toggleOneToOne(state, used())),
    beforeAfter: tool("beforeAfter", `${words.beforeAfter} (B)`, () => showBeforeAfter(state)),
    pair: tool("pair", `${words.pair} (P)`, () => togglePair(state)),
    link: tool("link", `${words.linked} (K)`, () => toggleLink(state), words.linked),
    full: tool("full", `${words.fullScreen} (F)`, () => toggleFull(state)),
  };
  tools.adjust.classList.add("adjust");
  tools.adjust.setAttribute("aria-expanded", "false");
  state.tools = tools;
  const line = () => el("i.sep");
  state.parts.tools.setAttribute("aria-label", words.tools);
  state.parts.tools.replaceChildren(
    tools.out, tools.percent, tools.in, tools.one, tools.reset, line(),
    tools.rotate, tools.mirror, tools.invert, tools.measure, tools.frame, line(),
    tools.adjust, el("div.sliders", {}, tools.brightness.node, tools.contrast.node), el("span.sp"),
    tools.beforeAfter, tools.pair, tools.link, tools.full);
}

/** Show what is on: pressed buttons, the zoom, the sliders. */
export function drawTools(state) {
  const {tools, look} = state;
  const pane = state.panes[state.active];
  const percent = Math.round(pane.view.zoom * 100);
  tools.percent.textContent = `${toLocal(percent, state.data.lang)}${state.data.lang === "fa" ? "٪" : "%"}`;
  press(tools.invert, look.isInverted);
  press(tools.mirror, pane.view.isMirrored);
  press(tools.measure, isMeasuring(state));
  press(tools.frame, isFraming(state));
  tools.frame.hidden = !state.data.mayFrame;
  press(tools.one, Math.abs(pane.view.zoom - oneToOne(state, pane)) < 1e-6);
  press(tools.pair, state.isPair);
  press(tools.link, state.isPair && state.isLinked);
  press(tools.full, document.fullscreenElement !== null);
  tools.beforeAfter.disabled = bestPair(state.data.images, null) === null;
  tools.link.disabled = !state.isPair;
  tools.brightness.input.value = look.brightness;
  tools.contrast.input.value = look.contrast;
}

export function toggleInvert(state) {
  state.look.isInverted = !state.look.isInverted;
  state.repaint();
}

/** Where the bar is too short for the sliders, they open below it. */
function toggleAdjusting(state) {
  const isOpen = state.parts.tools.classList.toggle("adjusting");
  state.tools.adjust.setAttribute("aria-expanded", String(isOpen));
}

/** Brightness or contrast a step up (1) or down (-1). */
export function adjust(state, name, way) {
  const [least, most] = RANGES[name];
  state.look[name] = Math.min(most, Math.max(least, state.look[name] + way * ADJUSTMENT));
  state.repaint();
}

export function toggleLink(state) {
  if (!state.isPair) return;
  state.isLinked = !state.isLinked;
  state.repaint();
}

export async function toggleFull(state) {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await state.root.requestFullscreen().catch(() => {}); // a kiosk may forbid it: nothing changes
  state.repaint();
}

function press(button, isOn) {
  button.classList.toggle("on", isOn);
  button.setAttribute("aria-pressed", String(isOn));
}

function tool(picture, title, onclick, word = null) {
  return el("button.t", {type: "button", title, "aria-label": word ?? title, onclick},
    icon(picture), word && el("span.lb", {}, word));
}

function slider(state, picture, word, name, keys) {
  const [min, max] = RANGES[name];
  const input = el("input", {type: "range", min, max, step: "0.02", "aria-label": word, dir: "ltr"});
  input.addEventListener("input", () => {
    state.look[name] = Number(input.value);
    state.repaint();
  });
  const node = el("label.sl", {title: `${word} (${keys})`}, icon(picture), el("span.lb", {}, word), input);
  return {node, input};
}
