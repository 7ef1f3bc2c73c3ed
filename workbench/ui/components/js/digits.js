// Numbers as the user reads and types them. Amounts are whole rials; digits may be of any script.
const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";
const ARABIC = "٠١٢٣٤٥٦٧٨٩";
const LARGEST_RIAL = 999_999_999_999;

export function toAscii(text) {
  return String(text)
    .replace(/[۰-۹]/g, (digit) => PERSIAN.indexOf(digit))
    .replace(/[٠-٩]/g, (digit) => ARABIC.indexOf(digit));
}

/** Digits of the interface language; nothing else changes. */
export function toLocal(text, lang) {
  return lang === "fa" ? String(text).replace(/\d/g, (digit) => PERSIAN[digit]) : String(text);
}

/** 1432000 → «۱٬۴۳۲٬۰۰۰» or "1,432,000". */
export function formatAmount(amount, lang) {
  const grouped = String(amount).replace(/\B(?=(\d{3})+$)/g, lang === "fa" ? "٬" : ",");
  return toLocal(grouped, lang);
}

/**
 * What was typed as {amount} or {problem}, problem being a key of the words:
 * needAmount, negative, decimal, notNumber, tooLarge.
 */
export function parseAmount(text) {
  const plain = toAscii(text).trim().replace(/[−–]/g, "-");
  if (plain === "") return {problem: "needAmount"};
  if (/^-[\d.,٬،]*$/.test(plain)) return {problem: "negative"};
  if (/[.٫/]/.test(plain) && /^[\d.,٬،٫/]+$/.test(plain)) return {problem: "decimal"};
  const digits = plain.replace(/[,٬،\s]/g, "");
  if (!/^\d+$/.test(digits)) return {problem: "notNumber"};
  const amount = Number(digits);
  return amount > LARGEST_RIAL ? {problem: "tooLarge"} : {amount};
}

/**
 * Group the digits of an input while it is typed into, keeping the caret behind the same digit.
 * Anything that is not a plain number stays exactly as typed.
 */
export function groupWhileTyping(input, lang) {
  const {amount} = parseAmount(input.value);
  if (amount === undefined) return;
  const digitsBefore = toAscii(input.value.slice(0, input.selectionStart)).replace(/\D/g, "").length;
  const shown = formatAmount(amount, lang);
  if (shown === input.value) return;
  const dropped = toAscii(input.value).replace(/\D/g, "").length - String(amount).length;
  input.value = shown;
  const caret = caretAfter(shown, Math.max(0, digitsBefore - dropped));
  input.setSelectionRange(caret, caret);
}

function caretAfter(text, digits) {
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (seen === digits) return at;
    if (/\d/.test(toAscii(text[at]))) seen += 1;
  }
  return text.length;
}

/** For searching: one form of ی and ک, Latin digits, no half-spaces, lower case. */
export function searchForm(text) {
  return toAscii(text)
    .replace(/[يى]/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/[\u200c\u064b-\u0652ـ]/g, "")
    .toLowerCase()
    .trim();
}
