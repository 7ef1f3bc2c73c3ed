// The frames beside a form: those the line rests on already, and those drawn in the viewer and not
// attached yet. What is saved takes all that are not taken away; what is accepted takes all that are
// not left out.
import {el, fill, icon} from "./dom.js";
import {toLocal} from "./digits.js";
import {onTheirWay, submit} from "./lines_outbox.js";

const CITED = ["cut", "recode", "reject"];

/** The frames drawn in the viewer that nothing holds, nor anything that is on its way. */
export function pendingOf(state) {
  const taken = onTheirWay(state).flatMap(({cites}) => cites ?? []).map((cite) => JSON.stringify(cite));
  return (state.data.pending ?? []).filter((cite) => !taken.includes(JSON.stringify(cite)));
}

/** The frames that saving this section sends along. */
export function citesOf(state, form, line) {
  return [...standing(form, line), ...pendingOf(state)];
}

/** The frames that accepting this finding sends along. */
export function citesWith(state, finding) {
  if (!finding?.takesFrames) return [];
  return pendingOf(state).filter((cite) => !state.leftOut.has(leftName(finding, cite)));
}

function leftName(finding, cite) {
  return `${finding.key} ${JSON.stringify(cite)}`;
}

/** Which frames go with a finding that can be accepted; a press leaves one out, or takes it along. */
export function frameChoices(state, finding, redraw) {
  const cites = finding.takesFrames ? pendingOf(state) : [];
  if (!cites.length) return null;
  const {words} = state.data;
  const goes = citesWith(state, finding);
  const choice = ([cite, name]) => el("button.chip.pick", {
    type: "button", "aria-pressed": String(goes.includes(cite)), title: words.leaveFrame,
    onclick: (event) => { event.stopPropagation(); toggle(state.leftOut, leftName(finding, cite)); redraw(); },
  }, icon(goes.includes(cite) ? "check" : "frame"), name);
  return el("div.with", {role: "group", "aria-label": words.withFrames},
    el("span", {}, words.withFrames), ...named(cites, state.data).map(choice));
}

function toggle(set, name) {
  if (!set.delete(name)) set.add(name);
}

/** A button that lets what was deducted rest on the new frames too; nothing without new frames. */
export function attachButton(state, line, index, word = "") {
  const cites = pendingOf(state);
  if (!cites.length || state.data.readonly) return null;
  const {words, lang} = state.data;
  const said = fill(words.attachFrames, {n: toLocal(cites.length, lang)});
  return el(`button.${word ? "btn.q" : "tool"}.attach`, {
    type: "button", title: said, "aria-label": word ? `${said}: ${word}` : said,
    onclick: (event) => { event.stopPropagation(); submit(state, {action: "cite", line: line.id, index, cites}); },
  }, icon("frame"), word ? said : `+${toLocal(cites.length, lang)}`);
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
  const drawn = pendingOf(state).map((cite) => chip(cite, () => dropPending(state.data.pending.indexOf(cite))));
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
export function citeLinks(cites, data) {
  return named(cites ?? [], data).map(([cite, name]) => showButton(cite, name));
}

/** Each frame with its name: its image, and its number within that. */
function named(cites, {words, lang}) {
  const counts = new Map();
  return cites.map((cite) => {
    counts.set(cite.image, (counts.get(cite.image) ?? 0) + 1);
    const values = {number: toLocal(cite.image, lang), frame: toLocal(counts.get(cite.image), lang)};
    return [cite, fill(words.cited, values)];
  });
}
