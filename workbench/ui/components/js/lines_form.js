// The forms beneath a line: edit (F2) in four sections, override of a finding (F4) with a reason.
// A form is built when it is opened and never rebuilt by new data; what was typed is kept until it
// is saved, also over Esc, refusals and, as a draft, over a reload.
import {el, fill, icon} from "./dom.js";
import {CASE, drawRows, findingsOf, lineName, lineOf, moveFocusTo} from "./lines_rows.js";
import {submit} from "./lines_outbox.js";
import {buildFields, focusField, showProblem} from "./lines_fields.js";
import {SECTIONS, overrideSection} from "./lines_sections.js";
import {drawDeductions} from "./lines_deductions.js";
import {citesOf, drawChips} from "./lines_frames.js";

const NAMES = Object.keys(SECTIONS);

/** {open, section, values, override: {finding, values} | null}; `values` holds only what was typed. */
function formOf(state, id) {
  if (!state.forms.has(id)) {
    state.forms.set(id, {open: false, section: NAMES[0], values: {}, override: null, node: null, cover: null});
  }
  return state.forms.get(id);
}

/** Open the edit form of a line; when it has the focus already, go on to its next section. */
export function openEdit(state, id) {
  const form = formOf(state, id);
  if (form.node) return form.fields && focusField(form.fields);
  form.open = true;
  buildEdit(state, id, form);
  saveDraft(state, id);
  return focusField(form.fields);
}

export function openOverride(state, id, finding) {
  const form = formOf(state, id);
  if (form.override?.finding !== finding) form.override = {finding, values: {}};
  buildOverride(state, id, form);
  focusField(form.coverFields);
}

/**
 * Before the case is decided: save the open form that something was typed in. True when there was
 * one; the decision then waits for the next key or click, with the form's result before the eyes.
 */
export function saveTypedForm(state) {
  for (const [id, form] of state.forms) {
    if (form.cover && isTyped(form.override?.values)) return saveOverride(state, id) || true;
    const typed = form.node && NAMES.filter((name) => isTyped(form.values[name]));
    if (!typed?.length) continue;
    if (typed.includes(form.section)) saveEdit(state, id);
    else show(state, id, typed[0], true); // what nobody sees is not saved, but shown
    return true;
  }
  return false;
}

function isTyped(fields) {
  return Object.values(fields ?? {}).some((value) => value !== "" && value != null);
}

/** Lines whose text was kept by the server start with their form open again. */
export function restoreDrafts(state) {
  showReadonly(state);
  for (const id of [CASE, ...state.data.lines.map((line) => line.id)]) {
    const kept = readDraft(state.data.drafts?.[draftKey(state, id)]);
    if (!kept) continue;
    const form = Object.assign(formOf(state, id), kept);
    drawRows(state);
    if (form.open && lineOf(state, id)) buildEdit(state, id, form);
    if (form.override && findingsOf(state, id).length) buildOverride(state, id, form);
  }
}

/** The words of a case that is not mine any more stay to be read; there is nothing to save them. */
function showReadonly(state) {
  state.parts.list.classList.toggle("ro", Boolean(state.data.readonly));
}

/** New data: only the parts nobody types in are drawn again; forms of lost lines go. */
export function refreshForms(state) {
  showReadonly(state);
  for (const [id, form] of state.forms) {
    if (id !== CASE && !lineOf(state, id)) state.forms.delete(id);
    else if (form.node) {
      drawChips(state, form, lineOf(state, id));
      if (form.section === "deduct") drawDeductions(state, lineOf(state, id), form.extra);
    }
  }
}

function buildEdit(state, id, form) {
  const {words} = state.data;
  form.node?.remove();
  form.tabs = el("div.tabs", {role: "tablist", "aria-label": words.editLine});
  form.body = el("div", {role: "tabpanel"});
  form.node = el("div.edit", {"data-arz": "form", role: "group", "aria-label": words.editLine}, form.tabs, form.body);
  form.node.addEventListener("keydown", (event) => onFormKey(event, {
    save: () => saveEdit(state, id),
    close: () => closeEdit(state, id),
    more: () => turn(state, id, 1, true),
  }));
  state.rows.get(id).form.prepend(form.node);
  drawTabs(state, id, form);
  drawSection(state, id, form);
  form.node.scrollIntoView({block: "nearest"});
}

function drawTabs(state, id, form) {
  const {words} = state.data;
  const tabs = NAMES.map((name) => el("button.tab", {
    type: "button", role: "tab", "aria-selected": String(name === form.section),
    tabindex: name === form.section ? "0" : "-1", onclick: () => show(state, id, name, true),
  }, words[SECTIONS[name].tab]));
  form.tabs.replaceChildren(
    ...tabs, el("span.sp"),
    el("button.tool", {type: "button", onclick: () => restore(state, id)}, icon("round"), words.restore),
    el("button.tool", {type: "button", "aria-label": words.close, title: `${words.close} (Esc)`,
      onclick: () => closeEdit(state, id)}, icon("cross")),
  );
  form.tabs.onkeydown = (event) => onTabKey(event, (by) => turn(state, id, by, false));
}

/** Arrow keys turn the tabs in reading direction. */
function onTabKey(event, turnBy) {
  if (event.target.getAttribute("role") !== "tab") return;
  const isRtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const by = {ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1}[event.code];
  if (!by) return;
  event.preventDefault();
  turnBy(by);
}

function turn(state, id, by, goInside) {
  const form = formOf(state, id);
  const at = (NAMES.indexOf(form.section) + by + NAMES.length) % NAMES.length;
  show(state, id, NAMES[at], goInside);
}

function show(state, id, name, goInside) {
  const form = formOf(state, id);
  form.section = name;
  drawTabs(state, id, form);
  drawSection(state, id, form);
  form.node.scrollIntoView({block: "nearest"});
  saveDraft(state, id);
  if (goInside) focusField(form.fields);
  else form.tabs.querySelector("[aria-selected=true]").focus();
}

function drawSection(state, id, form) {
  const section = SECTIONS[form.section];
  const line = lineOf(state, id);
  form.extra = form.section === "deduct" ? el("div.given") : null;
  form.fields = buildFields(state, section, line, typedValues(form), () => saveDraft(state, id));
  const save = el("button.btn.acc", {type: "button", onclick: () => saveEdit(state, id)},
    state.data.words[section.button], el("kbd", {}, "Enter"));
  form.fields.row.append(save);
  form.chips = el("div.chips");
  form.body.replaceChildren(...[form.extra, form.chips, form.fields.node].filter(Boolean));
  drawChips(state, form, line);
  if (form.extra) drawDeductions(state, line, form.extra);
}

function typedValues(form) {
  form.values[form.section] ??= {};
  return form.values[form.section];
}

function saveEdit(state, id) {
  const form = formOf(state, id);
  const section = SECTIONS[form.section];
  const line = lineOf(state, id);
  const outcome = section.check(form.fields.read(), line, state.data);
  if (outcome.problem) return showProblem(form.fields, outcome.problem, state.data.words);
  const {section: sent} = form;
  showProblem(form.fields, null, state.data.words, state.data.words.sending);
  return submit(state, {action: section.action, line: id, ...outcome.payload, ...citing(state, form, line)}, (isDone, message) => {
    if (!isDone) {
      saveDraft(state, id); // another tab may have taken the kept words away
      return Boolean(form.node) && showRefusal(state, form.fields, message);
    }
    delete form.values[sent];
    form.dropped = [];
    if (sent === "deduct" && form.node && form.section === sent) goOn(state, id, form);
    else closeEdit(state, id);
    return false;
  });
}

/** Frames go along only where there are some. */
function citing(state, form, line) {
  const cites = citesOf(state, form, line);
  return cites.length ? {cites} : {};
}

/** A line may have several reasons: after one, the fields are empty for the next. */
function goOn(state, id, form) {
  const hadFocus = form.node.contains(state.root.getRootNode().activeElement);
  drawSection(state, id, form);
  form.node.scrollIntoView({block: "nearest"});
  saveDraft(state, id);
  if (hadFocus) focusField(form.fields);
}

function restore(state, id) {
  submit(state, {action: "restore", line: id}, (isDone) => {
    if (!isDone) return;
    formOf(state, id).values = {};
    closeEdit(state, id);
  });
}

function closeEdit(state, id) {
  const form = formOf(state, id);
  const hadFocus = form.node?.contains(state.root.getRootNode().activeElement);
  form.node?.remove();
  Object.assign(form, {open: false, node: null, fields: null, extra: null});
  saveDraft(state, id);
  if (hadFocus) state.parts.list.focus({preventScroll: true});
}

function buildOverride(state, id, form) {
  const {words} = state.data;
  const finding = findingsOf(state, id).find((each) => each.key === form.override.finding);
  if (!finding) return;
  form.cover?.remove();
  const section = overrideSection(fill(words.overrideOf, {title: finding.title}));
  form.coverFields = buildFields(state, section, null, form.override.values, () => saveDraft(state, id));
  form.coverFields.row.append(
    el("button.btn.acc", {type: "button", onclick: () => saveOverride(state, id)},
      words.overrideSave, el("kbd", {}, "Enter")),
    el("button.btn.q", {type: "button", onclick: () => closeOverride(state, id)},
      words.close, el("kbd", {}, "Esc")),
  );
  form.cover = el("div.edit", {"data-arz": "form", role: "group"}, form.coverFields.node);
  form.cover.addEventListener("keydown", (event) => onFormKey(event, {
    save: () => saveOverride(state, id), close: () => closeOverride(state, id), more: () => {},
  }));
  state.rows.get(id).form.append(form.cover);
  form.cover.scrollIntoView({block: "nearest"});
}

function saveOverride(state, id) {
  const form = formOf(state, id);
  const {reason} = form.coverFields.read();
  const {words} = state.data;
  if ((reason.match(/\p{L}/gu) ?? []).length < 3) {
    return showProblem(form.coverFields, {field: "reason", word: "needReasonText"}, words);
  }
  showProblem(form.coverFields, null, words, words.sending);
  const action = {action: "override", line: lineName(id), finding: form.override.finding, reason};
  return submit(state, action, (isDone, message) => {
    drawRows(state);
    if (!isDone) {
      saveDraft(state, id);
      return Boolean(form.cover) && showRefusal(state, form.coverFields, message);
    }
    form.override = null;
    closeOverride(state, id);
    return false;
  });
}

function closeOverride(state, id) {
  const form = formOf(state, id);
  const hadFocus = form.cover?.contains(state.root.getRootNode().activeElement);
  form.cover?.remove();
  form.cover = null;
  saveDraft(state, id);
  if (hadFocus) moveFocusTo(state, id);
  if (hadFocus) state.parts.list.focus({preventScroll: true});
}

/** A refused form stays as it is, with the reason beside it. */
function showRefusal(state, fields, message) {
  showProblem(fields, {field: null, text: message || state.data.words.notSaved}, state.data.words);
  return true;
}

/** Enter saves, Esc closes, F2 goes on. A list that is open inside has the first word. */
function onFormKey(event, {save, close, more}) {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.altKey) return;
  const isButton = event.target.tagName === "BUTTON";
  const isEnter = event.code === "Enter" || event.code === "NumpadEnter";
  const chosen = {Escape: close, F2: more}[event.code] ?? (isEnter && !isButton ? save : null);
  if (!chosen) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat) chosen();
}

function draftKey(state, id) {
  return id === CASE ? `line:case:${state.data.case}` : `line:${id}`;
}

function readDraft(text) {
  if (!text) return null;
  try {
    const kept = JSON.parse(text);
    const section = NAMES.includes(kept.section) ? kept.section : NAMES[0];
    return {open: Boolean(kept.open), section, values: kept.values ?? {}, override: kept.override ?? null};
  } catch {
    return null; // not one of ours
  }
}

/** Hand the typed words to the page agent; the empty text means: nothing is typed here any more. */
function saveDraft(state, id) {
  const {open, section, values, override} = formOf(state, id);
  const isEmpty = !override && !Object.values(values).some((fields) => Object.keys(fields).length);
  const value = isEmpty ? "" : JSON.stringify({open, section, values, override});
  const detail = {key: draftKey(state, id), value};
  window.dispatchEvent(new CustomEvent("arz:draft", {detail}));
}
