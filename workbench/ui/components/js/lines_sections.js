// What can be changed on a line, as data: the fields of each section and what makes them valid.
// The server judges again; these checks only answer while the words are still under the cursor.
import {parseAmount} from "./digits.js";
import {exactCode} from "./lines_codes.js";

const reason = {name: "reason", kind: "reason", label: "reason"};
const text = {name: "text", kind: "text", label: "explanation"};

export const SECTIONS = {
  cut: {
    tab: "tabCut", button: "save", action: "edit",
    fields: [
      {name: "quantity", kind: "count", label: "quantity", from: (line) => line.assessedQuantity},
      {name: "unitPrice", kind: "amount", label: "unitPrice", from: (line) => line.assessedUnitPrice},
      {name: "cutReason", kind: "reason", label: "reason", from: cutReasonOf},
      {name: "note", kind: "text", label: "note", from: (line) => line.assessedNote},
    ],
    check: checkCut,
  },
  recode: {
    tab: "tabRecode", button: "recodeSave", action: "recode",
    fields: [
      {name: "code", kind: "code", label: "newCode"},
      reason,
      {name: "note", kind: "text", label: "noteNeeded"},
    ],
    check: checkRecode,
  },
  deduct: {
    tab: "tabDeduct", button: "add", action: "deduct",
    fields: [reason, {name: "amount", kind: "amount", label: "amount"}, text],
    check: checkDeduct,
  },
  reject: {
    tab: "tabReject", button: "rejectSave", action: "reject",
    fields: [reason, text],
    check: checkReject,
  },
};

/** The one field of an override, named after the finding. */
export function overrideSection(label) {
  return {fields: [{name: "reason", kind: "text", labelText: label}]};
}

/** What further deductions may still take: C − T − D. */
export function restOf(line) {
  return Math.max(0, line.cost - line.tariffReject - line.deduction);
}

function cutReasonOf(line) {
  return line.deductions.find((each) => each.source === "cut")?.reason ?? "";
}

function problem(field, word, values = {}) {
  return {problem: {field, word, values}};
}

function checkCut(typed, line) {
  const quantity = parseAmount(typed.quantity);
  if (quantity.problem) return problem("quantity", quantity.problem);
  if (quantity.amount > line.quantity) return problem("quantity", "aboveRequested", {amount: line.quantity});
  const price = parseAmount(typed.unitPrice);
  if (price.problem) return problem("unitPrice", price.problem);
  if (price.amount > line.unitPrice) return problem("unitPrice", "aboveRequested", {amount: line.unitPrice});
  const isCut = quantity.amount < line.quantity || price.amount < line.unitPrice;
  if (isCut && !typed.cutReason) return problem("cutReason", "needReason");
  const cutReason = isCut ? typed.cutReason : null;
  return {payload: {quantity: quantity.amount, unitPrice: price.amount, cutReason, note: typed.note}};
}

function checkRecode(typed, line, data) {
  const code = exactCode(data.codes, typed.code);
  if (!code) return problem("code", "needCode");
  if (code === line.code) return problem("code", "sameCode");
  if (!typed.reason) return problem("reason", "needReason");
  if (!typed.note.trim()) return problem("note", "needNote");
  return {payload: {code, reason: typed.reason, note: typed.note.trim()}};
}

function checkDeduct(typed, line, data) {
  if (!typed.reason) return problem("reason", "needReason");
  const {amount, problem: word} = parseAmount(typed.amount);
  if (word) return problem("amount", word);
  if (amount === 0) return problem("amount", "needAmount");
  if (amount > restOf(line)) return problem("amount", "aboveRest", {amount: restOf(line)});
  if (lacksText(typed, data)) return problem("text", "needText");
  return {payload: {reason: typed.reason, amount, text: typed.text.trim()}};
}

function checkReject(typed, line, data) {
  if (!typed.reason) return problem("reason", "needReason");
  if (lacksText(typed, data)) return problem("text", "needText");
  return {payload: {reason: typed.reason, text: typed.text.trim()}};
}

function lacksText(typed, data) {
  const chosen = data.reasons.find((each) => each.code === typed.reason);
  return Boolean(chosen?.needsText) && !typed.text.trim();
}
