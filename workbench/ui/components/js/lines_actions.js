// What the keys and the mouse do to a line.
import {findingsOf, lineName, lineOf, moveFocusTo, drawRows, order, CASE} from "./lines_rows.js";
import {isOnItsWay, submit} from "./lines_outbox.js";
import {comparableOf, nextOpen, nextOverridable} from "./lines_findings.js";
import {citesWith} from "./lines_frames.js";
import {openEdit, openOverride} from "./lines_form.js";

function sentOf(state, id) {
  return findingsOf(state, id).map((finding) => isOnItsWay(state, lineName(id), finding.key));
}

export function step(state, by) {
  const ids = order(state);
  const at = ids.indexOf(state.focus) + by;
  if (at >= 0 && at < ids.length) moveFocusTo(state, ids[at]);
}

/** Enter: accept the next open finding; with none left, note the line as looked at and go on. */
export function acceptOrGoOn(state) {
  const id = state.focus;
  if (state.data.readonly) return step(state, 1);
  const finding = nextOpen(state, id, sentOf(state, id));
  if (finding) return accept(state, id, finding.key);
  const line = lineOf(state, id);
  if (line && !line.isClosed && !isOnItsWay(state, line.id, null)) {
    submit(state, {action: "accept", line: line.id, finding: null});
  }
  return step(state, 1);
}

export function accept(state, id, key) {
  const cites = citesWith(state, findingsOf(state, id).find((each) => each.key === key));
  const action = {action: "accept", line: lineName(id), finding: key, ...(cites.length ? {cites} : {})};
  submit(state, action, () => drawRows(state));
  drawRows(state);
}

export function editFocused(state) {
  if (!state.data.readonly && state.focus !== CASE) openEdit(state, state.focus);
}

/** F4: `key` names the finding of a clicked button, else the next one is meant. */
export function overrideFocused(state, key = null) {
  if (state.data.readonly) return;
  const finding = key ?? nextOverridable(state, state.focus, sentOf(state, state.focus))?.key;
  if (finding) openOverride(state, state.focus, finding);
}

/** Ask the viewer, wherever it is on the page, to show the evidence. */
function showImage(target) {
  const rect = target.dataset.rect ? JSON.parse(target.dataset.rect) : null;
  const detail = {image: Number(target.dataset.image), rect};
  window.dispatchEvent(new CustomEvent("arz:show", {detail}));
}

/** F6: ask the viewer for two images side by side, one of them of another case. */
export function compareFocused(state, pair = comparableOf(state, state.focus)) {
  if (pair) window.dispatchEvent(new CustomEvent("arz:compare", {detail: pair}));
}

export function listenToClicks(state) {
  const onClick = (event) => {
    const row = event.target.closest(".ln");
    if (!row || event.target.closest(".forms")) return;
    const {id} = row.dataset;
    const target = event.target.closest("[data-do]");
    if (state.focus !== id) moveFocusTo(state, id);
    if (target) act(state, id, target);
  };
  state.parts.list.addEventListener("click", onClick);
  return () => state.parts.list.removeEventListener("click", onClick);
}

function act(state, id, target) {
  const key = target.dataset.key;
  const actions = {
    accept: () => accept(state, id, key),
    override: () => overrideFocused(state, key),
    edit: () => editFocused(state),
    next: () => acceptOrGoOn(state),
    more: () => submit(state, {action: target.dataset.action, line: lineName(id), finding: key}),
    show: () => showImage(target),
    compare: () => compareFocused(state, {left: Number(target.dataset.left), right: Number(target.dataset.right)}),
  };
  actions[target.dataset.do]();
}
