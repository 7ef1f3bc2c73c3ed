// A searchable list of service codes: by code, or by words of the title.
import {el, ltr} from "./dom.js";
import {formatAmount, searchForm, toLocal} from "./digits.js";

const SHOWN = 6;
const indexes = new WeakMap();

/** Codes with their search form; made once for each list the server sends. */
function indexOf(codes) {
  if (!indexes.has(codes)) {
    indexes.set(codes, codes.map((entry) => ({entry, text: searchForm(`${entry.code} ${entry.title}`)})));
  }
  return indexes.get(codes);
}

export function findCodes(codes, query) {
  const wanted = searchForm(query).split(/\s+/).filter(Boolean);
  const found = indexOf(codes).filter(({text}) => wanted.every((word) => text.includes(word)));
  const first = wanted[0] ?? "";
  const rank = ({text}) => (text.startsWith(first) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN).map(({entry}) => entry);
}

/** The code that a typed or chosen text means, else null. */
export function exactCode(codes, text) {
  const typed = searchForm(text);
  const word = typed.split(/\s+/)[0];
  const isMeant = (entry) => searchForm(entry.code) === typed
    || (searchForm(entry.code) === word && searchForm(`${entry.code} ${entry.title}`) === typed);
  return codes.find(isMeant)?.code ?? null;
}

/** An input with a list beneath; `input.holder` is what goes into the form. */
export function codeField(state, value) {
  const list = el("ul.codes", {role: "listbox", hidden: true});
  const input = el("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-autocomplete": "list", placeholder: state.data.words.searchCode,
  });
  input.value = value;
  const box = {state, input, list, found: [], at: -1};
  input.holder = el("span.combo", {}, input, list);
  input.addEventListener("input", () => open(box));
  input.addEventListener("blur", () => close(box));
  input.addEventListener("keydown", (event) => onCodeKey(box, event));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the caret stays in the input
    const option = event.target.closest("li");
    if (option) choose(box, Number(option.dataset.at));
  });
  return input;
}

function open(box) {
  box.found = findCodes(box.state.data.codes, box.input.value);
  box.at = box.found.length ? 0 : -1;
  draw(box);
}

function close(box) {
  box.list.hidden = true;
  box.input.setAttribute("aria-expanded", "false");
}

function draw(box) {
  const {words, lang} = box.state.data;
  const options = box.found.map((entry, at) => el("li", {
    role: "option", "data-at": at, "aria-selected": String(at === box.at),
  },
  el("b", {}, toLocal(entry.code, lang)), el("span", {}, entry.title),
  entry.price === null ? el("em", {}, words.noPrice) : ltr(formatAmount(entry.price, lang))));
  box.list.replaceChildren(...(options.length ? options : [el("li.none", {}, words.noCode)]));
  box.list.hidden = false;
  box.input.setAttribute("aria-expanded", "true");
  box.list.scrollIntoView({block: "nearest"});
}

function choose(box, at) {
  const entry = box.found[at];
  if (!entry) return;
  box.input.value = `${toLocal(entry.code, box.state.data.lang)} ${entry.title}`;
  box.input.dispatchEvent(new Event("change"));
  close(box);
}

/** While the list is open Enter chooses and Esc closes it; afterwards they are the form's again. */
function onCodeKey(box, event) {
  const isOpen = !box.list.hidden;
  const moves = {ArrowDown: 1, ArrowUp: -1};
  if (event.code in moves) {
    event.preventDefault();
    if (!isOpen) return open(box);
    box.at = (box.at + moves[event.code] + box.found.length) % Math.max(1, box.found.length);
    return draw(box);
  }
  if (!isOpen) return undefined;
  if (event.code === "Enter" || event.code === "NumpadEnter") {
    if (box.at < 0) return undefined;
    event.preventDefault();
    event.stopPropagation();
    return choose(box, box.at);
  }
  if (event.code === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    return close(box);
  }
  if (event.code === "Tab" && box.at >= 0 && box.input.value.trim()) choose(box, box.at);
  return undefined;
}
