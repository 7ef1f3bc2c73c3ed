// One pane: the caption, the image under a transform, frames in a layer above it.
import {el, icon, ltr} from "./dom.js";
import {framesOf} from "./viewer_frames.js";
import {RESTING, cssTransform, fitScale, imageOf, projectRect} from "./viewer_moves.js";
import {isForeign, nameOf} from "./viewer_names.js";
import {listenToPointer} from "./viewer_pointer.js";
import {prefetch} from "./viewer_prefetch.js";

const PAINTED = "arz-image-painted";

export function createPane(state, index) {
  const pane = {index, image: null, view: {...RESTING}, shown: null};
  pane.caption = el("div.cap");
  pane.picture = el("img", {draggable: "false", alt: "", fetchpriority: "high"});
  pane.layer = el("div.layer");
  pane.meta = el("div.meta");
  pane.blank = el("div.blank", {hidden: true});
  pane.mirrored = el("em.mirrored", {hidden: true});
  pane.stage = el("div.pic", {dir: "ltr"}, pane.picture, pane.layer, pane.mirrored, pane.meta, pane.blank);
  pane.node = el("div.pane", {tabindex: "0", role: "group"}, pane.caption, pane.stage);
  pane.show = (number) => {
    if (pane.image !== number) Object.assign(pane, {image: number, view: {...RESTING}});
  };
  pane.picture.addEventListener("load", () => onLoad(state, pane));
  pane.picture.addEventListener("error", () => onError(state, pane));
  pane.node.addEventListener("focusin", () => use(state, pane));
  listenToPointer(state, pane);
  return pane;
}

/** The pane that the tools and keys are for from now on. */
function use(state, pane) {
  if (state.active === pane.index) return;
  state.active = pane.index;
  state.redraw();
}

function onLoad(state, pane) {
  const image = imageOf(state, pane);
  if (!image || pane.picture.dataset.number !== String(image.number)) return;
  state.sizes.set(image.url, {width: pane.picture.naturalWidth, height: pane.picture.naturalHeight});
  pane.node.classList.remove("loading");
  state.onShown(image.number);
  state.repaint();
  notePainted(state);
}

/** After the frame that shows it: a mark for whoever measures, and time for the neighbours. */
function notePainted(state) {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    performance.clearMarks(PAINTED);
    performance.mark(PAINTED);
    if (state.panes.every(({node}) => node.hidden || !node.classList.contains("loading"))) prefetch(state);
  }));
}

function onError(state, pane) {
  if (pane.image === null) return;
  state.broken.add(pane.image);
  state.redraw();
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
  pane.node.setAttribute("aria-label", image ? `${nameOf(state, image)}: ${image.label}` : state.data.words.noImages);
  pane.node.classList.toggle("foreign", isForeign(image));
  pane.mirrored.textContent = state.data.words.mirrored;
  pane.caption.replaceChildren(...(image ? caption(image) : []));
  pane.meta.replaceChildren(...(image ? meta(state, image) : []));
  pane.frames = frames.map((cite) => ({...cite, node: frameNode(cite)}));
  pane.layer.replaceChildren(...pane.frames.map((frame) => frame.node));
  loadPicture(pane, isVisible && !isBroken ? image : null);
  drawBlank(state, pane, image, isBroken);
}

/** Dashed while no reason rests on it. */
function frameNode({label, isPending}) {
  return el(isPending ? "div.cite.pending" : "div.cite", {}, el("b", {}, label));
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
  picture.src = image.url;
  pane.node.classList.toggle("loading", !picture.complete);
}

function caption(image) {
  const {group, label, tag, tagKind} = image;
  const what = label.startsWith(group) ? label.slice(group.length).replace(/^[،,\s]+/, "") : label;
  return [
    el("b", {}, group), el("span.what", {}, what), tag && el(`em.${tagKind ?? "cite"}`, {}, tag),
    el("span.sp"), el("span", {}, ltr(image.date)),
  ].filter(Boolean);
}

function meta(state, image) {
  return [el("span", {}, nameOf(state, image)), el("span", {}, image.note ?? "")];
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
  picture.style.transform = cssTransform(view, scale, box, image);
  pane.mirrored.hidden = !view.isMirrored;
  picture.style.filter = filterOf(state.look);
  for (const frame of pane.frames ?? []) placeFrame(frame, projectRect(view, scale, image, frame.rect), box);
  for (const paint of state.painters) paint(state, pane, {image, scale, box});
}

/** A filter that changes nothing would still be computed for every pixel of every frame. */
function filterOf({isInverted, brightness, contrast}) {
  if (!isInverted && brightness === 1 && contrast === 1) return "none";
  return `invert(${isInverted ? 1 : 0}) brightness(${brightness}) contrast(${contrast})`;
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
