// The rows: one per line, and one above them for findings on the case as a whole.
import {el, fill, icon, ltr} from "./dom.js";
import {formatAmount, toLocal} from "./digits.js";
import {drawFindings} from "./lines_findings.js";
import {citeLinks, pendingOf} from "./lines_frames.js";
import {isOnItsWay} from "./lines_outbox.js";

/** The id under which the case's own findings stand in the order of focus. */
export const CASE = "case";

const PILLS = {
  open: ["deducted", "tag"],
  deducted: ["deducted", "tag"],
  approved: ["approved", "check"],
  rejected: ["deducted", "forbid"],
  none: ["waiting", "clock"],
};

/** Ids in the order in which the arrow keys walk. */
export function order(state) {
  const ids = state.data.lines.map((line) => line.id);
  return state.data.caseFindings?.length ? [CASE, ...ids] : ids;
}

/** The first thing left to decide, else the first line. */
export function startingFocus(data) {
  const hasOpen = (findings) => (findings ?? []).some((finding) => finding.state === "open");
  if (hasOpen(data.caseFindings)) return CASE;
  const line = data.lines.find((each) => hasOpen(each.findings)) ?? data.lines[0];
  return line?.id ?? null;
}

/** Null for the case row. */
export function lineOf(state, id) {
  return state.data.lines.find((line) => line.id === id) ?? null;
}

export function findingsOf(state, id) {
  return (id === CASE ? state.data.caseFindings : lineOf(state, id)?.findings) ?? [];
}

/** What an action names as its line: the id, or null for the case. */
export function lineName(id) {
  return id === CASE ? null : id;
}

export function moveFocusTo(state, id) {
  state.focus = id;
  drawRows(state);
  state.rows.get(id)?.node.scrollIntoView({block: "nearest"});
  const line = lineOf(state, id);
  if (line) state.parts.live.textContent = spokenLine(state, line);
}

/** Draw new rows, patch changed ones, remove those that are gone; order as in the data. */
export function drawRows(state) {
  const ids = order(state);
  for (const [id, row] of state.rows) {
    if (!ids.includes(id)) {
      row.node.remove();
      state.rows.delete(id);
    }
  }
  ids.forEach((id, index) => {
    const row = state.rows.get(id) ?? addRow(state, id);
    if (state.parts.list.children[index] !== row.node) {
      state.parts.list.insertBefore(row.node, state.parts.list.children[index] ?? null);
    }
    drawRow(state, id, row);
  });
}

function addRow(state, id) {
  const row = {
    node: el(id === CASE ? "article.ln.whole" : "article.ln", {role: "listitem", "data-id": id}),
    summary: el("div"),
    form: el("div.forms"),
    drawn: "",
  };
  row.node.append(row.summary, row.form);
  state.rows.set(id, row);
  return row;
}

/** The form beside the summary is never touched here: somebody may be typing in it. */
function drawRow(state, id, row) {
  const line = lineOf(state, id);
  const isFocused = state.focus === id;
  const findings = findingsOf(state, id);
  const sent = findings.map((finding) => isOnItsWay(state, lineName(id), finding.key));
  const picture = JSON.stringify([line ?? findings, isFocused, sent, state.data.readonly, state.data.lang,
    ...(isFocused ? [pendingOf(state), [...state.leftOut]] : [])]);
  row.node.classList.toggle("f", isFocused);
  if (isFocused) row.node.setAttribute("aria-current", "true");
  else row.node.removeAttribute("aria-current");
  if (picture === row.drawn) return;
  row.drawn = picture;
  const hadFocus = row.summary.contains(state.root.getRootNode().activeElement);
  row.summary.replaceChildren(
    ...(line ? lineParts(state, line) : [el("h3", {}, state.data.words.wholeCase)]),
    ...drawFindings(state, id, sent),
  );
  if (hadFocus) state.parts.list.focus({preventScroll: true});
}

function lineParts(state, line) {
  const {lang, words} = state.data;
  return [
    el("div.m", {},
      el("span.ix", {}, toLocal(line.number, lang)),
      title(line, lang, words),
      el("span.n.r", {}, money(line.cost, state.data)),
      el("span.arw", {"aria-hidden": "true"}, lang === "fa" ? "←" : "→"),
      el("span.n.a", {}, money(line.approval, state.data)),
      el("span.st", {}, pill(line)),
    ),
    el("div.sub", {}, ...places(line, state.data)),
    el("div.sub", {}, ...amounts(line, state.data)),
    line.former && el("p.note.before", {}, icon("round"), line.former),
    line.frames?.length > 0 && el("p.note.cites", {}, ...citeLinks(line.frames, state.data)),
    line.assessedNote && el("p.note", {}, fill(words.noteIs, {note: line.assessedNote})),
  ].filter(Boolean);
}

function title(line, lang, words) {
  const code = /^\d+$/.test(line.code) ? toLocal(line.code, lang) : line.code;
  const former = line.formerCode && line.formerCode !== line.code;
  const whole = `${code} ${line.title}`;
  return el("span.t", {title: whole},
    former && el("s", {title: words.formerCode}, toLocal(line.formerCode, lang)),
    former && el("span.ar", {"aria-hidden": "true"}, lang === "fa" ? " ← " : " → "),
    `${code} `, el("bdi", {}, line.title),
    ...quantity(line, lang, words),
  );
}

/** How many; fewer than requested stand after the struck-out number. */
function quantity(line, lang, words) {
  const assessed = line.assessedQuantity ?? line.quantity;
  if (assessed === line.quantity) return line.quantity > 1 ? [` × ${toLocal(line.quantity, lang)}`] : [];
  const arrow = lang === "fa" ? " ← " : " → ";
  return [" × ", el("s", {title: words.requested}, toLocal(line.quantity, lang)),
    el("span.ar", {"aria-hidden": "true"}, arrow), toLocal(assessed, lang)];
}

function pill(line) {
  const [kind, picture] = PILLS[line.status] ?? PILLS.none;
  return el(`span.bdg.${kind}`, {title: line.statusLabel},
    icon(picture), el("span.lb", {}, line.statusLabel));
}

function places(line, data) {
  const {words, lang} = data;
  const parts = [line.place, line.surfaces, ltr(line.date)];
  if (line.quantity > 1) parts.push(el("span", {}, `${words.each} `, ltr(formatAmount(line.unitPrice, lang))));
  const shown = parts.filter(Boolean);
  const joined = shown.flatMap((part, index) => (index ? [" · ", part] : [part]));
  return [
    el("span", {}, ...joined),
    line.isChanged && el("span.mark", {}, icon("round"), words.changed),
    line.isClosed && line.status === "none" && el("span.mark.done", {}, icon("check"), words.looked),
  ];
}

function amounts(line, data) {
  const named = (className, word, amount) =>
    amount > 0 && el("span", {class: className}, `${word} `, ltr(formatAmount(amount, data.lang)));
  return [
    named("x", data.words.tariffReject, line.tariffReject),
    named("x", data.words.deduction, line.deduction),
    named(null, data.words.share, line.share),
  ];
}

/** An amount, or the word for zero: a lone Persian zero is a dot. */
function money(amount, {lang, words}) {
  return amount === 0 ? words.zero : ltr(formatAmount(amount, lang));
}

function spokenLine(state, line) {
  const {words, lang} = state.data;
  return fill(words.spokenLine, {
    number: toLocal(line.number, lang), title: line.title,
    amount: line.approval === 0 ? words.zero : formatAmount(line.approval, lang), status: line.statusLabel,
  });
}
