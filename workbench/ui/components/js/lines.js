// The lines of a case: requested → assessed, findings beneath, decided by keyboard or mouse.
// Drawn once; each later call patches what changed, so focus, scroll and half-typed text stay.
import {el, fill} from "./dom.js";
import {settle, showMessage} from "./lines_outbox.js";
import {CASE, drawRows, moveFocusTo, startingFocus} from "./lines_rows.js";
import {refreshForms, restoreDrafts} from "./lines_form.js";
import {giveFocusBack, listenToKeys} from "./lines_keys.js";
import {listenToClicks} from "./lines_actions.js";

const mounted = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = mounted.get(parentElement);
  const isFirst = !state;
  if (isFirst) {
    state = createState(parentElement);
    mounted.set(parentElement, state);
  }
  state.send = (value) => setTriggerValue("act", value);
  receive(state, data, isFirst);
  if (isFirst) start(state);
  return () => stop(state, parentElement);
}

function createState(parentElement) {
  const parts = {
    head: el("div.lh"),
    list: el("div.body", {role: "list", tabindex: "0"}),
    message: el("div.msg", {role: "alert", hidden: true}),
    changed: el("div.chg", {hidden: true}),
    live: el("div.live", {"aria-live": "polite"}),
  };
  const root = el("section.lines", {"data-arz": "lines"});
  root.append(parts.head, parts.list, parts.message, parts.changed, parts.live);
  parentElement.append(root);
  return {
    root, parts, data: null, focus: null, focusNonce: null,
    rows: new Map(), forms: new Map(), queue: [], pending: null, stops: [],
    leftOut: new Set(), // frames that do not go with a finding, by lines_frames.js
  };
}

function start(state) {
  state.stops.push(listenToKeys(state), giveFocusBack(state), listenToClicks(state));
  begin(state);
}

/** A case comes to the desk: what was half-typed is there again, the keys are for the lines. */
function begin(state) {
  restoreDrafts(state);
  state.parts.list.scrollTop = 0;
  state.rows.get(state.focus)?.node.scrollIntoView({block: "nearest"});
  state.parts.list.focus({preventScroll: true});
}

/** Nothing of the case before may reach the next one: no queued action, no form. */
function forget(state) {
  clearTimeout(state.pending?.timer);
  state.rows.forEach((row) => row.node.remove());
  state.rows.clear();
  state.forms.clear();
  state.leftOut.clear();
  Object.assign(state, {queue: [], pending: null, focus: null});
  showMessage(state, "");
}

function stop(state, parentElement) {
  state.stops.forEach((end) => end());
  clearTimeout(state.pending?.timer);
  state.root.remove();
  mounted.delete(parentElement);
}

/** Take over what the server says now. */
function receive(state, data, isFirst) {
  const before = state.data;
  state.data = data;
  if (isFirst || before.lang !== data.lang) drawFrame(state);
  if (before && before.case !== data.case) forget(state);
  if (!isKnown(state, state.focus)) state.focus = startingFocus(data);
  settle(state);
  refreshForms(state);
  drawRows(state);
  drawChanged(state);
  if (before && before.case !== data.case) begin(state);
  else if (before && before.totalLabel !== data.totalLabel) announce(state, data.totalLabel);
  if (data.focus && data.focus.nonce !== state.focusNonce) followFocus(state, data.focus);
}

function isKnown(state, id) {
  if (id === CASE) return state.data.caseFindings?.length > 0;
  return state.data.lines.some((line) => line.id === id);
}

/** The server names a line by its number or id; null stands for the case as a whole. */
function followFocus(state, focus) {
  state.focusNonce = focus.nonce;
  const line = state.data.lines.find((each) => each.number === focus.line || each.id === focus.line);
  moveFocusTo(state, line ? line.id : startingFocus(state.data));
  state.parts.list.focus({preventScroll: true});
}

function drawFrame(state) {
  const {data, parts, root} = state;
  root.dir = data.lang === "fa" ? "rtl" : "ltr";
  root.lang = data.lang;
  parts.list.setAttribute("aria-label", data.words.lines);
  parts.head.replaceChildren(
    el("span"), el("span", {}, data.words.service), el("span.n", {}, data.words.requested),
    el("span"), el("span.n", {}, data.words.approved), el("span.st", {}, data.words.outcome),
  );
}

/** Round 2 says what changed since the round before. */
function drawChanged(state) {
  const {changed} = state.data;
  state.parts.changed.hidden = !changed;
  if (changed) state.parts.changed.replaceChildren(el("b", {}, changed.title), el("span", {}, changed.text));
}

function announce(state, sentence) {
  state.parts.live.textContent = sentence ? fill(state.data.words.nowTotal, {total: sentence}) : "";
}
