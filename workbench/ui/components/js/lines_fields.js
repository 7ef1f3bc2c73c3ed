// Fields of a form, built from their description: count, amount, reason, code, text.
import {el, fill} from "./dom.js";
import {formatAmount, groupWhileTyping, toLocal} from "./digits.js";
import {codeField} from "./lines_codes.js";

let serial = 0;

/**
 * Build the fields of a section. `typed` is filled while the user types; `onTyped` is told.
 * Returns {node, row, error, read(), inputs}.
 */
export function buildFields(state, section, line, typed, onTyped) {
  const fields = {inputs: {}, lang: state.data.lang, node: el("div.fields"), row: el("div.row")};
  serial += 1;
  fields.error = el("p.err", {role: "alert", id: `err-${serial}`, hidden: true});
  for (const field of section.fields) {
    const value = typed[field.name] ?? field.from?.(line) ?? "";
    const input = inputFor(state, field, value);
    const keep = () => {
      typed[field.name] = input.value;
      clearProblem(fields);
      onTyped();
    };
    input.addEventListener("input", keep);
    input.addEventListener("change", keep);
    fields.inputs[field.name] = input;
    fields.row.append(labelled(state, field, input));
  }
  fields.read = () => Object.fromEntries(
    Object.entries(fields.inputs).map(([name, input]) => [name, input.value]));
  fields.node.append(fields.row, fields.error);
  return fields;
}

export function focusField(fields) {
  const first = Object.values(fields.inputs)[0];
  first.focus();
  first.select?.();
}

/** Put the caret where the problem is and name it beside the fields; null clears it. */
export function showProblem(fields, problem, words, notice = "") {
  const input = problem?.field && fields.inputs[problem.field];
  if (input) input.focus(); // first: leaving the other field tells of a change, which clears
  clearProblem(fields);
  fields.error.classList.toggle("notice", !problem);
  fields.error.textContent = problem ? problem.text ?? sentence(problem, words, fields.lang) : notice;
  fields.error.hidden = !fields.error.textContent;
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", fields.error.id);
}

function clearProblem(fields) {
  fields.error.hidden = true;
  fields.error.textContent = "";
  Object.values(fields.inputs).forEach((input) => input.removeAttribute("aria-invalid"));
}

function sentence({word, values}, words, lang) {
  const amount = values?.amount === 0 ? words.zero : formatAmount(values?.amount ?? "", lang);
  return fill(words[word], {amount});
}

function labelled(state, field, input) {
  const word = field.labelText ?? state.data.words[field.label];
  input.setAttribute("aria-label", word);
  return el(`label.field.f-${field.kind}`, {}, el("span", {}, word), input.holder ?? input);
}

function inputFor(state, field, value) {
  if (field.kind === "reason") return reasonField(state, value);
  if (field.kind === "code") return codeField(state, value);
  if (field.kind === "text") return plainField("text", String(value));
  return numberField(state, field, value);
}

function plainField(inputmode, value) {
  const input = el("input", {type: "text", inputmode, autocomplete: "off", spellcheck: "false"});
  input.value = value;
  return input;
}

/** Grouped in the digits of the interface as it is typed; any script of digits is taken. */
function numberField(state, field, value) {
  const {lang} = state.data;
  const isWhole = typeof value === "number";
  const input = plainField("numeric", isWhole ? shownNumber(field, value, lang) : value);
  input.dir = "ltr";
  input.addEventListener("input", () => groupWhileTyping(input, lang));
  return input;
}

function shownNumber(field, value, lang) {
  return field.kind === "amount" ? formatAmount(value, lang) : toLocal(value, lang);
}

function reasonField(state, value) {
  const {reasons, words} = state.data;
  const options = reasons.map((each) => el("option", {value: each.code}, `${each.title} (${each.code})`));
  const select = el("select", {}, el("option", {value: ""}, words.choose), ...options);
  select.value = value;
  return select;
}
