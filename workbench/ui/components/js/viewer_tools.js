// The tool bar above the panes.
import {el, icon} from "./dom.js";
import {toLocal} from "./digits.js";
import {compare, mirror, oneToOne, reset, turn, zoomBy} from "./viewer_moves.js";
import {takeTool} from "./viewer_frames.js";

export const STEP = 1.25;

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
    brightness: slider(state, "sun", words.brightness, "brightness", 0.3, 2),
    contrast: slider(state, "contrast", words.contrast, "contrast", 0.3, 2.5),
    frame: tool("frame", `${words.frame} (C)`, () => takeTool(state, "frame"), words.frame),
    line: tool("ruler", `${words.measure} (L)`, () => takeTool(state, "line")),
    exact: tool("exact", `${words.exact} (Z)`, () => oneToOne(state, used())),
    phases: tool("phases", `${words.phases} (B)`, () => comparePhases(state)),
    reset: tool("fit", `${words.reset} (0)`, () => reset(state)),
    pair: tool("pair", `${words.pair} (S)`, () => togglePair(state)),
    link: tool("link", `${words.linked} (K)`, () => toggleLink(state), words.linked),
    full: tool("full", `${words.fullScreen} (F)`, () => toggleFull(state)),
  };
  state.tools = tools;
  const line = () => el("i.sep");
  state.parts.tools.setAttribute("aria-label", words.tools);
  state.parts.tools.replaceChildren(
    tools.out, tools.percent, tools.in, line(), tools.rotate, tools.mirror, tools.invert, line(),
    tools.brightness.node, tools.contrast.node, line(), tools.frame, tools.line, el("span.sp"),
    tools.exact, tools.reset, tools.phases, tools.pair, tools.link, tools.full);
}

/** Show what is on: pressed buttons, the zoom, the sliders. */
export function drawTools(state) {
  const {tools, look} = state;
  const percent = Math.round(state.panes[state.active].view.zoom * 100);
  tools.percent.textContent = `${toLocal(percent, state.data.lang)}${state.data.lang === "fa" ? "٪" : "%"}`;
  press(tools.invert, look.isInverted);
  press(tools.mirror, state.panes[state.active].view.isMirrored);
  press(tools.frame, state.tool === "frame");
  press(tools.line, state.tool === "line");
  tools.frame.hidden = !state.data.mayFrame;
  tools.phases.disabled = !state.data.beforeAfter;
  press(tools.pair, state.isPair);
  press(tools.link, state.isPair && state.isLinked);
  press(tools.full, document.fullscreenElement !== null);
  tools.link.disabled = !state.isPair;
  tools.brightness.input.value = look.brightness;
  tools.contrast.input.value = look.contrast;
}

export function toggleInvert(state) {
  state.look.isInverted = !state.look.isInverted;
  state.repaint();
}

/** The best pair of before and after that the page knows. */
export function comparePhases(state) {
  const [left, right] = state.data.beforeAfter ?? [];
  if (right) compare(state, {left, right});
}

export function togglePair(state) {
  state.isPair = !state.isPair;
  if (!state.isPair && state.active === 1) swap(state);
  state.redraw();
}

/** Going single keeps the image that was used last. */
function swap(state) {
  const [first, second] = state.panes;
  [first.image, second.image] = [second.image, first.image];
  [first.view, second.view] = [second.view, first.view];
}

export function toggleLink(state) {
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

function slider(state, picture, word, name, min, max) {
  const input = el("input", {type: "range", min, max, step: "0.02", "aria-label": word, dir: "ltr"});
  input.addEventListener("input", () => {
    state.look[name] = Number(input.value);
    state.repaint();
  });
  const node = el("label.sl", {title: word}, icon(picture), el("span.lb", {}, word), input);
  return {node, input};
}
