// The evidence viewer: one or two panes, thumbnails by group, frames to cite.
import {el, newNonce} from "./dom.js";
import {createPane, drawPane, paintPane} from "./viewer_pane.js";
import {jumpTo} from "./viewer_moves.js";
import {compare} from "./viewer_choice.js";
import {paintMeasure} from "./viewer_measure.js";
import {dropFrame, paintFrame, receiveFrames} from "./viewer_frames.js";
import {drawThumbs} from "./viewer_thumbs.js";
import {buildTools, drawTools} from "./viewer_tools.js";
import {listenToViewerKeys} from "./viewer_keys.js";

const mounted = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = mounted.get(parentElement);
  const isFirst = !state;
  if (isFirst) {
    state = createState(parentElement, data);
    mounted.set(parentElement, state);
  }
  state.tell = () => setTriggerValue("seen", {showing: state.showing, images: [...state.seen]});
  state.tellFrames = () => setTriggerValue("framed", {case: state.data.case, frames: state.pending});
  receive(state, data, isFirst);
  return () => stop(state, parentElement);
}

function createState(parentElement, data) {
  const parts = {
    tools: el("div.tools", {role: "toolbar"}),
    panes: el("div.panes"),
    thumbs: el("div.thumbs"),
  };
  const root = el("section.film", {"data-arz": "viewer", tabindex: "0"});
  root.append(parts.tools, parts.panes, parts.thumbs);
  parentElement.append(root);
  const state = {
    root, parts, data, panes: [], active: 0, isPair: true, isLinked: true,
    look: {isInverted: false, brightness: 1, contrast: 1},
    sizes: new Map(), broken: new Set(), seen: new Set(), stops: [], askedFor: "", frame: 0,
    showing: newNonce(), prefetched: new Map(),
    tool: null, // what the pointer and the arrows are for instead of moving: see viewer_pointer.js
    draft: null, pending: [], pendingFor: "",
    painters: [paintMeasure, paintFrame], // draw over a pane whenever its image was placed
  };
  state.repaint = () => schedulePaint(state);
  state.redraw = () => drawAll(state);
  state.onShown = (number) => noteSeen(state, number);
  state.panes = [createPane(state, 0), createPane(state, 1)];
  parts.panes.append(...state.panes.map((pane) => pane.node));
  listen(state);
  return state;
}

function listen(state) {
  const onShow = (event) => jumpTo(state, event.detail);
  const onCompare = (event) => compare(state, event.detail);
  const onDrop = (event) => dropFrame(state, event.detail?.index);
  const watcher = new ResizeObserver(state.repaint);
  window.addEventListener("arz:show", onShow);
  window.addEventListener("arz:compare", onCompare);
  window.addEventListener("arz:drop-frame", onDrop);
  watcher.observe(state.parts.panes);
  state.stops.push(
    () => window.removeEventListener("arz:show", onShow),
    () => window.removeEventListener("arz:compare", onCompare),
    () => window.removeEventListener("arz:drop-frame", onDrop), () => watcher.disconnect());
  listenToViewerKeys(state);
}

function stop(state, parentElement) {
  state.stops.forEach((end) => end());
  cancelAnimationFrame(state.frame);
  clearTimeout(state.seenTimer);
  state.root.remove();
  mounted.delete(parentElement);
}

/** New images keep the reader's panes, unless the page asks for other ones or they are gone. */
function receive(state, data, isFirst) {
  const isOtherLanguage = data.lang !== state.data.lang;
  if (data.case !== state.data.case) forget(state);
  state.data = data;
  receiveFrames(state);
  if (isFirst || isOtherLanguage) drawFrame(state);
  const asked = JSON.stringify(data.panes);
  const numbers = data.images.map((image) => image.number);
  const isLost = state.panes.some(({image}) => image !== null && !numbers.includes(image));
  if (asked !== state.askedFor || isLost) openPanes(state, data.panes, numbers);
  state.askedFor = asked;
  drawAll(state);
}

/** Another case: its images have the same numbers, and are other images. */
function forget(state) {
  clearTimeout(state.seenTimer);
  state.seen.clear();
  state.broken.clear();
  state.prefetched.clear();
  Object.assign(state, {showing: newNonce(), askedFor: "", active: 0, tool: null, draft: null});
  for (const pane of state.panes) pane.show(null);
}

function openPanes(state, wanted, numbers) {
  const chosen = [...wanted.filter((number) => numbers.includes(number)), ...numbers];
  const [first, second] = [...new Set(chosen)];
  state.panes[0].show(first ?? null);
  state.panes[1].show(second ?? null);
  state.isPair = second !== undefined;
}

function drawFrame(state) {
  const {data, root, parts} = state;
  root.dir = data.lang === "fa" ? "rtl" : "ltr";
  root.lang = data.lang;
  root.setAttribute("aria-label", data.words.viewer);
  buildTools(state);
  parts.thumbs.setAttribute("aria-label", data.words.images);
}

function drawAll(state) {
  state.parts.panes.classList.toggle("one", !state.isPair);
  if (!state.isPair) state.active = 0;
  state.panes.forEach((pane) => drawPane(state, pane));
  drawThumbs(state);
  state.repaint();
}

/** One painting a frame, however many wheel events arrive in it. */
function schedulePaint(state) {
  cancelAnimationFrame(state.frame);
  state.frame = requestAnimationFrame(() => {
    state.panes.forEach((pane) => paintPane(state, pane));
    drawTools(state);
  });
}

/**
 * Each image that was really on the screen is told to the server, several in one message. As
 * Streamlit may keep only the last of several messages, each one names them all.
 */
function noteSeen(state, number) {
  if (state.seen.has(number)) return;
  state.seen.add(number);
  clearTimeout(state.seenTimer);
  state.seenTimer = setTimeout(() => state.tell(), 400);
}
