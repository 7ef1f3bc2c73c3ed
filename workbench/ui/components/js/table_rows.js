// Head, rows and cells. Every text from the server is set as text.
import {el, fill, icon, ltr} from "./dom.js";

const PILL_ICONS = {
  waiting: "clock", review: "eye", returned: "round", deducted: "warning", approved: "check", late: "forbid",
};

export function drawTable(state) {
  const {data, root} = state;
  root.dir = data.lang === "fa" ? "rtl" : "ltr";
  root.className = data.dense ? "wrap dense" : "wrap";
  root.setAttribute("aria-label", data.words.label);
  root.replaceChildren(data.rows.length ? table(state) : empty(data.words));
  markRow(state);
}

function empty(words) {
  return el("div.empty", {}, el("b", {}, words.empty), words.hint ? el("p", {}, words.hint) : null);
}

function table(state) {
  const {columns, rows} = state.data;
  const heads = columns.map((column) => headCell(state, column));
  const body = rows.map((row) => bodyRow(columns, row));
  return el("table", {role: "presentation"},
    el("thead", {role: "rowgroup"}, el("tr", {role: "row"}, ...heads)),
    el("tbody", {role: "rowgroup"}, ...body));
}

function headCell(state, column) {
  const attributes = {role: "columnheader", scope: "col", "aria-sort": column.sorted ?? null};
  const classes = ["th", ...cellClasses(column)].join(".");
  if (!column.sortable) return el(classes, attributes, column.title);
  const words = fill(state.data.words.sort, {title: column.title});
  return el(classes, attributes,
    el("button.sort", {type: "button", title: words, "data-column": column.id}, column.title,
      el(`span.way.${column.sorted ?? "none"}`, {"aria-hidden": "true"})));
}

function bodyRow(columns, row) {
  const cells = columns.map((column, index) => bodyCell(column, row.cells[index]));
  return el(row.closed ? "tr.closed" : "tr", {role: "row", "data-id": row.id, id: `row-${row.id}`}, ...cells);
}

function bodyCell(column, cell) {
  const classes = ["td", ...cellClasses(column), cell?.muted && "mut", cell?.strong && "w6"];
  return el(classes.filter(Boolean).join("."), {role: "gridcell"}, cell ? content(cell) : null);
}

function cellClasses(column) {
  return [column.numeric && "n", column.wide_only && "wide", column.wraps && "wraps"].filter(Boolean);
}

function content(cell) {
  if (cell.kind === "link") return el("button.open", {type: "button", tabindex: "-1"}, ltr(cell.text));
  if (cell.kind === "number" || cell.kind === "code") return ltr(cell.text);
  if (cell.kind === "pill") return pill(cell);
  if (cell.kind === "left") return timeLeft(cell);
  return String(cell.text);
}

function pill(cell) {
  const name = PILL_ICONS[cell.tone];
  return el(`span.bdg${tone(cell)}`, {}, name ? icon(name) : null, el("span", {}, cell.text));
}

function timeLeft(cell) {
  const bar = el("b");
  bar.style.width = `${Math.round(100 * Number(cell.share))}%`;
  return el(`span.tl${tone(cell)}`, {}, el("i", {"aria-hidden": "true"}, bar), el("span", {}, cell.text));
}

function tone(cell) {
  return /^[a-z]+$/.test(cell.tone ?? "") ? `.${cell.tone}` : "";
}

/** Show which row the keys are on, and tell screen readers. */
export function markRow(state) {
  for (const row of state.root.querySelectorAll("tbody tr")) {
    const isAt = row.dataset.id === state.at;
    row.classList.toggle("sel", isAt);
    row.setAttribute("aria-selected", String(isAt));
    if (isAt) state.root.setAttribute("aria-activedescendant", row.id);
  }
  if (state.at === null) state.root.removeAttribute("aria-activedescendant");
}
