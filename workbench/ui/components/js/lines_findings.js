// Findings: title, code, one sentence of derivation, one expression, a link to the image.
import {el, fill, icon, ltr} from "./dom.js";
import {toLocal} from "./digits.js";
import {attachButton, frameChoices} from "./lines_frames.js";
import {drawRows, findingsOf, lineOf} from "./lines_rows.js";

const STATES = {
  open: {icon: "warning", mark: null},
  accepted: {icon: "warning", mark: "check"},
  overridden: {icon: "strike", mark: null},
  automatic: {icon: "warning", mark: null},
  information: {icon: "info", mark: null},
};

/** What Enter would accept: the first open finding that is not already on its way. */
export function nextOpen(state, id, sent) {
  return findingsOf(state, id).find((finding, index) => finding.state === "open" && !sent[index]) ?? null;
}

/** What F4 would override: the open one, else the accepted one that comes first. */
export function nextOverridable(state, id, sent) {
  const isAccepted = (finding) => finding.state === "accepted";
  return nextOpen(state, id, sent) ?? findingsOf(state, id).find(isAccepted) ?? null;
}

export function drawFindings(state, id, sent) {
  const isFocused = state.focus === id && !state.data.readonly;
  const next = nextOpen(state, id, sent);
  const boxes = findingsOf(state, id).map((finding, index) => {
    const box = findingBox(state, id, finding, sent[index]);
    const actions = isFocused ? findingActions(state, id, finding, finding === next, sent[index]) : [];
    box.append(...actions, ...moreActions(finding, sent[index]));
    return box;
  });
  if (isFocused && !next && lineOf(state, id)) boxes.push(lineActions(state));
  return boxes;
}

function findingBox(state, id, finding, isSent) {
  const look = STATES[finding.state] ?? STATES.information;
  return el(`div.fd.${finding.state}${isSent ? ".sent" : ""}`, {"data-finding": finding.key},
    el("div.h", {},
      icon(look.icon), el("span.ft", {}, finding.title), el("span.code", {}, finding.code ?? ""),
      el("span.sp"),
      el("span.ok", {}, look.mark && icon(look.mark), stateWord(state, finding, isSent)),
    ),
    el("p", {}, el("bdi", {}, finding.sentence), " ", finding.expression && ltr(finding.expression, "nw"), " ",
      finding.image && imageLink(state, finding), finding.compare && compareLink(state, id, finding)),
    finding.state === "open" && finding.proposalLabel && el("p.pro", {}, finding.proposalLabel),
  );
}

function stateWord(state, finding, isSent) {
  if (isSent) return state.data.words.sending;
  return finding.state === "open" ? finding.source ?? "" : finding.stateLabel ?? "";
}

function imageLink(state, finding) {
  const word = fill(state.data.words.image, {number: toLocal(finding.image, state.data.lang)});
  return el("button.link", {
    type: "button", "data-do": "show", "data-image": finding.image,
    "data-rect": finding.rect ? JSON.stringify(finding.rect) : null,
  }, icon("picture"), word);
}

/** What F6 would show: the first finding of a line that two images belong to. */
export function comparableOf(state, id) {
  return findingsOf(state, id).find((finding) => finding.compare)?.compare ?? null;
}

function compareLink(state, id, finding) {
  const {left, right} = finding.compare;
  const isNext = state.focus === id && comparableOf(state, id) === finding.compare;
  return el("button.link", {type: "button", "data-do": "compare", "data-left": left, "data-right": right},
    icon("picture"), state.data.words.compare, isNext && el("kbd", {}, "F6"));
}

/** Buttons of one finding; only the one that the keys mean carries the key caps. */
function findingActions(state, id, finding, isNext, isSent) {
  const {words} = state.data;
  if (isSent || !["open", "accepted", "overridden"].includes(finding.state)) return [];
  const name = {"data-key": finding.key};
  const accept = button("accept", finding.accept ?? words.accept, isNext && "Enter", name, finding.state === "open" ? ".acc" : ".q");
  const override = button("override", finding.override ?? words.override, isNext && "F4", name, ".q");
  if (finding.state === "accepted") return [el("div.act", {}, override, attachTo(state, id, finding))];
  const frames = frameChoices(state, finding, () => drawRows(state));
  if (finding.state === "overridden") return [frames, el("div.act", {}, accept)].filter(Boolean);
  const edit = isNext && lineOf(state, id) && button("edit", words.edit, "F2", {}, "");
  return [frames, el("div.act", {}, accept, edit, override)].filter(Boolean);
}

/** New frames for what was accepted before they were drawn. */
function attachTo(state, id, {held, title}) {
  return held ? attachButton(state, lineOf(state, id), held.index, title) : null;
}

/** What may be done besides, also by who does not hold the case: take an answer back. */
function moreActions(finding, isSent) {
  if (isSent || !finding.more?.length) return [];
  return [el("div.act", {}, ...finding.more.map(({action, label}) =>
    button("more", label, null, {"data-key": finding.key, "data-action": action}, ".q")))];
}

/** A line with nothing open: look at it and go on, or change it. */
function lineActions(state) {
  const {words} = state.data;
  return el("div.act", {},
    button("next", words.next, "Enter", {}, ".acc"), button("edit", words.edit, "F2", {}, ""));
}

function button(action, word, key, attributes, look) {
  return el(`button.btn${look}`, {type: "button", "data-do": action, ...attributes},
    word, key && el("kbd", {}, key));
}
