// The frames beside a form: those the line rests on already, and those drawn in the viewer and not
// attached yet. What is saved takes all that are not taken away.
import {el, fill, icon} from "./dom.js";
import {toLocal} from "./digits.js";

const CITED = ["cut", "recode", "reject"];

/** The frames that saving this section sends along. */
export function citesOf(state, form, line) {
  return [...standing(form, line), ...(state.data.pending ?? [])];
}

/** A line's own frames belong to its cut, re-code or rejection; a deduction begins with none. */
function standing(form, line) {
  if (!CITED.includes(form.section)) return [];
  form.dropped ??= [];
  return (line?.cites ?? []).filter((cite) => !form.dropped.includes(JSON.stringify(cite)));
}

/** Chips with a button that takes the frame away; again with each new data. */
export function drawChips(state, form, line) {
  if (!form.chips || !line) return;
  const {words, lang} = state.data;
  const chip = (cite, onclick) => el("span.chip", {},
    showButton(cite, fill(words.imageFrame, {number: toLocal(cite.image, lang)})),
    el("button.tool", {type: "button", title: words.removeFrame, "aria-label": words.removeFrame, onclick}, icon("cross")));
  const own = standing(form, line).map((cite) => chip(cite, () => {
    form.dropped.push(JSON.stringify(cite));
    drawChips(state, form, line);
  }));
  const drawn = (state.data.pending ?? []).map((cite, index) => chip(cite, () => dropPending(index)));
  form.chips.replaceChildren(...own, ...drawn);
  form.chips.hidden = own.length + drawn.length === 0;
}

function dropPending(index) {
  window.dispatchEvent(new CustomEvent("arz:drop-frame", {detail: {index}}));
}

/** A link that opens the image with the frame in the middle. */
export function showButton(cite, word) {
  const rect = [cite.left, cite.top, cite.width, cite.height].map((side) => side / 100);
  const onclick = () => window.dispatchEvent(
    new CustomEvent("arz:show", {detail: {image: cite.image, rect}}));
  return el("button.link", {type: "button", onclick}, icon("frame"), word);
}

/** The links of a decision's frames, numbered within each image. */
export function citeLinks(cites, {words, lang}) {
  const counts = new Map();
  return (cites ?? []).map((cite) => {
    counts.set(cite.image, (counts.get(cite.image) ?? 0) + 1);
    const values = {number: toLocal(cite.image, lang), frame: toLocal(counts.get(cite.image), lang)};
    return showButton(cite, fill(words.cited, values));
  });
}
