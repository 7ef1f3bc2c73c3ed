// The words under the chart: what its marks mean, and what was done to the selected tooth.
import {el, ltr} from "./dom.js";
import {DECISIONS, shape} from "./odontogram_svg.js";

export function drawLegend(state) {
  const {words, teeth} = state.data;
  const entries = [
    ["filling", words.filling], ["canal", words.canal], ["crown", words.crown],
    ["screw", words.screw], ["cross", words.extracted],
    teeth.some((tooth) => tooth.isElsewhere) && ["elsewhere", words.elsewhere],
    teeth.some((tooth) => tooth.hasUnknown) && ["unknown", words.unknown],
    teeth.some((tooth) => tooth.planned && tooth.planned !== "case") && ["planned", words.planned],
    teeth.some((tooth) => tooth.planned === "case") && ["case", words.inCase],
  ];
  const shown = entries.filter(Boolean).map(([sign, word]) => el("li", {}, signPicture(sign), word));
  state.parts.legend.replaceChildren(...shown);
}

const SIGNS = {
  filling: () => [
    shape("rect.plain", {x: 1, y: 1, width: 14, height: 14, rx: 2}),
    shape("path.filled", {d: "M1 1h14l-4 4H5ZM5 5h6v6H5Z"}),
  ],
  canal: () => [
    shape("path.bone", {d: "M3 15C3 6 6 2 8 1c2 1 5 5 5 14Z"}), shape("path.canal", {d: "M8 14V4"}),
  ],
  crown: () => [shape("rect.crown", {x: 1, y: 2, width: 14, height: 12, rx: 4})],
  screw: () => [shape("path.thread", {d: "M8 1v14M3 5l10-2M3 9l10-2M4 13l8-2"})],
  cross: () => [shape("path.cross", {d: "M3 3l10 10M13 3 3 13"})],
  elsewhere: () => [shape("circle.elsewhere", {cx: 8, cy: 8, r: 3})],
  unknown: () => [shape("rect.unknown", {x: 4, y: 4, width: 8, height: 8})],
  case: () => [shape("rect.frame.case", {x: 1.5, y: 1.5, width: 13, height: 13, rx: 4})],
  planned: () => [shape("rect.frame.undecided", {x: 1.5, y: 1.5, width: 13, height: 13, rx: 4})],
};

function signPicture(sign) {
  return shape(`svg.sign.${sign}-sign`, {viewBox: "0 0 16 16", "aria-hidden": "true"}, ...SIGNS[sign]());
}

/** The selected tooth, or what concerns the jaws while none is. */
export function drawHistory(state) {
  const {data, parts} = state;
  const tooth = data.teeth.find(({fdi}) => fdi === state.selected);
  const rows = tooth
    ? toothRows(data.words, tooth)
    : [...data.jawPlans.map(planRow), ...data.jawHistory.map((entry) => entryRow(data.words, entry))];
  const title = tooth ? el("b.name", {}, tooth.title) : rows.length > 0 && el("b.name", {}, data.words.jaws);
  const hint = !tooth && !data.isCompact && el("span.hint", {}, data.words.hint);
  const cut = data.isCut && el("span.hint", {}, data.words.cut);
  const shown = [title, ...rows, hint, cut].filter(Boolean);
  parts.history.classList.toggle("some", Boolean(tooth) || rows.length > 0);
  parts.history.replaceChildren(...shown);
  parts.history.hidden = shown.length === 0;
}

function toothRows(words, tooth) {
  const rows = [...tooth.plans.map(planRow), ...tooth.history.map((entry) => entryRow(words, entry))];
  return rows.length > 0 ? rows : [el("span.hint", {}, words.nothing)];
}

function entryRow(words, entry) {
  return el("span.entry", {},
    ltr(entry.date, "date"),
    el("span.what", {}, entry.where && `${entry.where} `, el("b", {}, entry.title), entry.detail && ` ${entry.detail}`),
    entry.centre && el(`bdi.centre${entry.isElsewhere ? ".other" : ""}`, {}, entry.centre));
}

function planRow(plan) {
  if (plan.state === "case") return el("span.plan.case", {}, plan.where && `${plan.where} `, el("b", {}, plan.title), ` ${plan.word}`);
  return el(`span.plan.${plan.state}`, {}, planSign(plan.state),
    el("span", {}, plan.where && `${plan.where} `, el("b", {}, plan.title), ` ${plan.word}`));
}

function planSign(state) {
  if (state === "undecided") return el("i.ask", {"aria-hidden": "true"});
  return shape("svg.sign", {viewBox: "0 0 16 16", "aria-hidden": "true"}, shape("path", {d: DECISIONS[state]}));
}
