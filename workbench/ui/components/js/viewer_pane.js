// One pane: the caption, the image under a transform, frames in a layer above it.
import {el, fill, icon, ltr} from "./dom.js";
import {toLocal} from "./digits.js";
import {percentOf, projectRect} from "./viewer_geometry.js";
import {RESTING, fitScale, imageOf} from "./viewer_moves.js";
import {newRuler, paintHint, paintMeasure} from "./viewer_frames.js";
import {listenToPointer} from "./viewer_pointer.js";

const PREFETCHED_MAX = 12;

export function createPane(state, index) {
  const pane = {index, image: null, view: {...RESTING}, shown: null};
  pane.caption = el("div.cap");
  pane.picture = el("img", {draggable: "false", alt: ""});
  pane.layer = el("div.layer");
  pane.meta = el("div.meta");
  pane.blank = el("div.blank", {hidden: true});
  pane.ruler = newRuler();
  pane.drawn = el("div.drawn", {hidden: true});
  pane.note = el("div.hint", {role: "status", hidden: true});
  pane.stage = el("div.pic", {dir: "ltr"}, pane.picture, pane.layer, pane.drawn, pane.ruler,
    pane.note, pane.meta, pane.blank);
  pane.node = el("div.pane", {}, pane.caption, pane.stage);
  pane.show = (number) => {
    if (pane.image !== number) Object.assign(pane, {image: number, view: {...RESTING}});
  };
  pane.picture.addEventListener("load", () => onLoad(state, pane));
  pane.picture.addEventListener("error", () => onError(state, pane));
  listenToPointer(state, pane);
  return pane;
}

function onLoad(state, pane) {
  const image = imageOf(state, pane);
  if (!image || pane.picture.dataset.number !== String(image.number)) return;
  state.sizes.set(image.url, {width: pane.picture.naturalWidth, height: pane.picture.naturalHeight});
  pane.node.classList.remove("loading");
  state.onShown(image.number);
  state.repaint();
  prefetchNeighbours(state, image);
}

function onError(state, pane) {
  if (pane.image === null) return;
  state.broken.add(pane.image);
  state.redraw();
}

/** The images beside this one are fetched while nothing else is to do. */
function prefetchNeighbours(state, image) {
  const at = state.data.images.findIndex((each) => each.number === image.number);
  const later = window.requestIdleCallback ?? ((task) => setTimeout(task, 200));
  later(() => {
    const {images, beforeAfter} = state.data;
    const phases = images.filter((each) => beforeAfter?.includes(each.number));
    for (const each of [images[at + 1], images[at - 1], ...phases]) fetchEarly(state, each);
  });
}

/** Kept while it is likely to be wanted, so that it need not be decoded again. */
function fetchEarly(state, image) {
  const isShown = state.panes.some((pane) => pane.image === image?.number);
  if (!image || image.damaged || isShown || state.early.has(image.url)) return;
  const picture = new Image();
  picture.fetchPriority = "low";
  picture.src = image.url;
  state.early.set(image.url, picture);
  if (state.early.size > PREFETCHED_MAX) state.early.delete(state.early.keys().next().value);
}

/** Patch what differs: caption, file, frames. */
export function drawPane(state, pane) {
  const image = imageOf(state, pane);
  const isVisible = pane.index === 0 || state.isPair;
  const isBroken = Boolean(image) && (image.damaged || state.broken.has(image.number));
  const frames = image ? framesOf(state, image.number) : [];
  pane.node.hidden = !isVisible;
  pane.node.classList.toggle("active", state.isPair && state.active === pane.index);
  const picture = JSON.stringify([image, isBroken, isVisible, frames, state.data.lang]);
  if (picture === pane.shown) return;
  pane.shown = picture;
  pane.caption.replaceChildren(...(image ? caption(image) : []));
  pane.meta.replaceChildren(...(image ? meta(state, image) : []));
  pane.frames = frames.map((cite) => ({...cite, node: el(cite.isPending ? "div.cite.pending" : "div.cite", {}, el("b", {}, cite.label))}));
  pane.layer.replaceChildren(...pane.frames.map((frame) => frame.node));
  loadPicture(pane, isVisible && !isBroken ? image : null);
  drawBlank(state, pane, image, isBroken);
}

/** What was cited, then what is drawn and not attached yet. */
function framesOf(state, number) {
  const cited = state.data.cites.filter((cite) => cite.image === number);
  const pending = state.pending.filter((each) => each.image === number)
    .map((each) => ({image: number, rect: percentOf(each), label: state.data.words.pending, isPending: true}));
  return [...cited, ...pending];
}

function loadPicture(pane, image) {
  const {picture} = pane;
  picture.hidden = !image;
  if (!image) {
    picture.removeAttribute("src");
    delete picture.dataset.number;
    pane.node.classList.remove("loading");
    return;
  }
  picture.alt = image.label;
  if (picture.dataset.number === String(image.number) && picture.getAttribute("src") === image.url) return;
  picture.dataset.number = image.number;
  pane.node.classList.add("loading");
  picture.src = image.url;
}

function caption(image) {
  const {group, label} = image;
  const what = label.startsWith(group) ? label.slice(group.length).replace(/^[،,\s]+/, "") : label;
  return [el("b", {}, group), el("span.what", {}, what), el("span.sp"), el("span", {}, ltr(image.date))];
}

/** An image of another case is named by its number there, as the finding names it. */
function meta(state, image) {
  const number = toLocal(image.ownNumber ?? image.number, state.data.lang);
  return [el("span", {}, fill(state.data.words.image, {number})), el("span", {}, image.note ?? "")];
}

/** A damaged or missing file is said calmly; the case stays usable. */
function drawBlank(state, pane, image, isBroken) {
  const {words} = state.data;
  pane.blank.hidden = Boolean(image) && !isBroken;
  if (!image) return pane.blank.replaceChildren(icon("picture"), el("p", {}, words.noImages));
  const again = el("button.t", {type: "button", onclick: () => {
    state.broken.delete(image.number);
    state.redraw();
  }}, icon("rotate"), words.tryAgain);
  return pane.blank.replaceChildren(
    icon("picture"), el("p", {}, words.damaged), el("p.why", {}, words.damagedWhy), again);
}

/** Place image and frames; called once a frame. */
export function paintPane(state, pane) {
  const image = imageOf(state, pane);
  if (!image || pane.node.hidden) return;
  const box = pane.stage.getBoundingClientRect();
  const {view, picture} = pane;
  const scale = fitScale(image, box, view.turn);
  picture.style.width = `${image.width}px`;
  picture.style.height = `${image.height}px`;
  picture.style.transform = `translate(${box.width / 2 + view.x}px, ${box.height / 2 + view.y}px)`
    + ` rotate(${view.turn * 90}deg) scale(${scale * view.zoom})${view.isMirrored ? " scaleX(-1)" : ""}`
    + ` translate(${-image.width / 2}px, ${-image.height / 2}px)`;
  const {isInverted, brightness, contrast} = state.look;
  picture.style.filter = `invert(${isInverted ? 1 : 0}) brightness(${brightness}) contrast(${contrast})`;
  for (const frame of pane.frames ?? []) placeFrame(frame, projectRect(view, scale, image, frame.rect), box);
  const drawn = state.draft?.pane === pane ? state.draft.frame : null;
  pane.drawn.hidden = !drawn;
  if (drawn) placeFrame({node: pane.drawn}, projectRect(view, scale, image, percentOf(drawn)), box);
  pane.stage.classList.toggle("drawing", Boolean(state.tool));
  paintMeasure(state, pane, image, scale, box);
  paintHint(state, pane);
}

/** Frames keep their line width at every zoom, and their label inside the pane. */
function placeFrame({node}, rect, box) {
  const left = rect.left + box.width / 2;
  const top = rect.top + box.height / 2;
  Object.assign(node.style, {
    left: `${left}px`, top: `${top}px`, width: `${rect.width}px`, height: `${rect.height}px`,
  });
  node.classList.toggle("low", top < 28);
}
