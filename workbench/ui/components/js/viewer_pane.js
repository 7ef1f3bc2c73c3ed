// One pane: the caption, the image under a transform, frames in a layer above it.
import {el, fill, icon, ltr} from "./dom.js";
import {toLocal} from "./digits.js";
import {RESTING, fitScale, imageOf, moveBy, projectRect, zoomBy} from "./viewer_moves.js";

export function createPane(state, index) {
  const pane = {index, image: null, view: {...RESTING}, shown: null};
  pane.caption = el("div.cap");
  pane.picture = el("img", {draggable: "false", alt: ""});
  pane.layer = el("div.layer");
  pane.meta = el("div.meta");
  pane.blank = el("div.blank", {hidden: true});
  pane.stage = el("div.pic", {dir: "ltr"}, pane.picture, pane.layer, pane.meta, pane.blank);
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
    for (const each of [state.data.images[at + 1], state.data.images[at - 1]]) {
      if (each && !each.damaged) new Image().src = each.url;
    }
  });
}

/** Patch what differs: caption, file, frames. */
export function drawPane(state, pane) {
  const image = imageOf(state, pane);
  const isVisible = pane.index === 0 || state.isPair;
  const isBroken = Boolean(image) && (image.damaged || state.broken.has(image.number));
  const frames = image ? state.data.cites.filter((cite) => cite.image === image.number) : [];
  pane.node.hidden = !isVisible;
  pane.node.classList.toggle("active", state.isPair && state.active === pane.index);
  const picture = JSON.stringify([image, isBroken, isVisible, frames, state.data.lang]);
  if (picture === pane.shown) return;
  pane.shown = picture;
  pane.caption.replaceChildren(...(image ? caption(image) : []));
  pane.meta.replaceChildren(...(image ? meta(state, image) : []));
  pane.frames = frames.map((cite) => ({...cite, node: el("div.cite", {}, el("b", {}, cite.label))}));
  pane.layer.replaceChildren(...pane.frames.map((frame) => frame.node));
  loadPicture(pane, isVisible && !isBroken ? image : null);
  drawBlank(state, pane, image, isBroken);
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

function meta(state, image) {
  const number = toLocal(image.number, state.data.lang);
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
    + ` rotate(${view.turn * 90}deg) scale(${scale * view.zoom})`
    + ` translate(${-image.width / 2}px, ${-image.height / 2}px)`;
  const {isInverted, brightness, contrast} = state.look;
  picture.style.filter = `invert(${isInverted ? 1 : 0}) brightness(${brightness}) contrast(${contrast})`;
  for (const frame of pane.frames ?? []) placeFrame(frame, projectRect(view, scale, image, frame.rect), box);
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

/** Drag to move, wheel to zoom at the pointer, double click to look closer there or back. */
function listenToPointer(state, pane) {
  const {stage} = pane;
  const fromCentre = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(state, pane, Math.exp(-event.deltaY * 0.0015), ...fromCentre(event));
  }, {passive: false});
  stage.addEventListener("dblclick", (event) => {
    const factor = pane.view.zoom > 1.05 ? 1 / pane.view.zoom : 2.5;
    zoomBy(state, pane, factor, ...fromCentre(event));
    if (factor < 1) moveBy(state, pane, -pane.view.x, -pane.view.y);
  });
  stage.addEventListener("pointerdown", (event) => startDrag(state, pane, event));
}

function startDrag(state, pane, event) {
  if (event.button !== 0 || event.target.closest("button")) return;
  const {stage} = pane;
  let [x, y] = [event.clientX, event.clientY];
  if (state.active !== pane.index) {
    state.active = pane.index;
    state.redraw();
  }
  stage.setPointerCapture(event.pointerId);
  stage.classList.add("dragged");
  const onMove = (move) => {
    moveBy(state, pane, move.clientX - x, move.clientY - y);
    [x, y] = [move.clientX, move.clientY];
  };
  const onEnd = () => {
    stage.classList.remove("dragged");
    stage.removeEventListener("pointermove", onMove);
    stage.removeEventListener("lostpointercapture", onEnd);
  };
  stage.addEventListener("pointermove", onMove);
  stage.addEventListener("lostpointercapture", onEnd);
}
