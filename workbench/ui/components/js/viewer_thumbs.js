// Thumbnails by group, with badges; what is required and missing is a dashed slot among them.
import {el, icon} from "./dom.js";
import {toLocal} from "./digits.js";
import {choose} from "./viewer_choice.js";
import {isForeign, nameOf} from "./viewer_names.js";

export function drawThumbs(state) {
  const {data, parts} = state;
  const shown = state.panes.filter((pane) => !pane.node.hidden).map((pane) => pane.image);
  const broken = [...state.broken];
  const picture = JSON.stringify([data.images, data.missing, data.groups, shown, broken, data.lang]);
  if (picture === state.drawnThumbs) return;
  state.drawnThumbs = picture;
  const scrolled = parts.thumbs.scrollLeft;
  parts.thumbs.replaceChildren(...groups(data).map((group) => groupBox(state, group, shown)));
  parts.thumbs.scrollLeft = scrolled;
  bringIntoSight(state, shown);
}

/** The thumbnail of what was just brought into a pane; the reader's own scrolling is kept otherwise. */
function bringIntoSight(state, shown) {
  const fresh = shown.find((number) => !state.sighted?.includes(number));
  state.sighted = shown;
  if (fresh === undefined) return;
  const thumb = state.parts.thumbs.querySelector(`[data-number="${fresh}"]`);
  thumb?.scrollIntoView({block: "nearest", inline: "nearest"});
}

/** Groups in the order the page wants, else as they first appear. */
function groups({images, missing, groups: wanted}) {
  const names = [...new Set([...(wanted ?? []), ...[...images, ...missing].map((each) => each.group)])];
  return names
    .map((name) => ({
      name,
      images: images.filter((image) => image.group === name),
      missing: missing.filter((slot) => slot.group === name),
    }))
    .filter((group) => group.images.length + group.missing.length > 0);
}

function groupBox(state, group, shown) {
  const count = group.images.length ? ` ${toLocal(group.images.length, state.data.lang)}` : "";
  return el("div.tg", {role: "group", "aria-label": group.name},
    el("h3", {}, el("bdi", {}, group.name), count),
    el("div.l", {},
      ...group.images.map((image) => thumb(state, image, shown.includes(image.number))),
      ...group.missing.map((slot) => el("div.th.none", {title: group.name}, slot.label))));
}

function thumb(state, image, isShown) {
  const {lang, words} = state.data;
  const name = `${nameOf(state, image)}: ${image.group}${lang === "fa" ? "،" : ","} ${image.label}`;
  const isBroken = image.damaged || state.broken.has(image.number);
  return el(`button.th${isShown ? ".on" : ""}`, {
    type: "button", "data-number": image.number, title: `${name}\n${words.besideHint}`, "aria-label": name, "aria-pressed": String(isShown),
    onclick: (event) => choose(state, image.number, event.shiftKey),
  },
  isBroken ? icon("picture") : thumbPicture(image),
  !isForeign(image) && el("span.no", {"aria-hidden": "true"}, toLocal(image.number, lang)),
  image.tag && el(`em.${image.tagKind ?? "cite"}`, {}, image.tag));
}

function thumbPicture(image) {
  const picture = el("img", {src: image.thumb ?? image.url, alt: "", draggable: "false", loading: "lazy", fetchpriority: "low"});
  picture.addEventListener("error", () => picture.replaceWith(icon("picture")));
  return picture;
}
