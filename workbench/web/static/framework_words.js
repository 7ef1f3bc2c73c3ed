// Streamlit's own English words in the language of the page; workbench/web/framework_words.py
// writes the list into the head. Only the value of a text or label changes, never the tree.
(() => {
  const list = document.getElementById("framework-words");
  if (!list) return;
  const SIZE = /^\d+(\.\d+)?[KMG]?B$/;
  const FILE = /^(.+), (\d+(?:\.\d+)?[KMG]?B)$/;
  const LABELS = ["aria-label", "placeholder", "title"];
  const exact = new Map();
  const patterns = [];
  for (const [english, ours] of Object.entries(JSON.parse(list.textContent))) {
    if (english.includes("{x}")) patterns.push([pattern(english), ours]);
    else exact.set(english, ours);
  }
  new MutationObserver((changes) => changes.forEach(onChange)).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: LABELS,
  });

  function onChange({ type, target, addedNodes, attributeName }) {
    if (type === "attributes") say(target, attributeName);
    else if (type === "characterData") sayText(target);
    else addedNodes.forEach(sayAll);
  }

  function sayAll(node) {
    if (node.nodeType === Node.TEXT_NODE) sayText(node);
    if (node.nodeType !== Node.ELEMENT_NODE || isOurs(node)) return;
    sayLabels(node);
    node.childNodes.forEach(sayAll);
  }

  function sayLabels(element) {
    LABELS.forEach((name) => say(element, name));
  }

  function say(element, name) {
    const value = element.getAttribute(name);
    const ours = value && translated(value);
    if (ours && ours !== value) element.setAttribute(name, ours);
  }

  function sayText(node) {
    if (node.parentElement && isOurs(node.parentElement)) return;
    const ours = translated(node.data);
    if (ours && ours !== node.data) node.data = ours;
  }

  // What we wrote ourselves is in the right language, and may hold what a user typed.
  function isOurs(element) {
    return element.closest(".az, script, style") !== null;
  }

  function translated(text) {
    if (SIZE.test(text)) return sized(text);
    const file = FILE.exec(text);
    if (file) return `${file[1]}، ${sized(file[2])}`;
    if (!/[A-Za-z]{3}/.test(text)) return undefined;
    const found = exact.get(text);
    if (found) return found;
    for (const [form, ours] of patterns) {
      const match = form.exec(text);
      if (match) return ours.replace("{x}", sized(match[1]));
    }
    return undefined;
  }

  /** «64MB» in the digits and the unit of the page, a count in its digits. */
  function sized(text) {
    if (/^\d+$/.test(text)) return text.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
    return text.replace(/^(\d+)(?:\.(\d+))?([KMG]?B)\b/, (_all, whole, rest, unit) => {
      const number = Number(rest) ? `${whole}٫${rest}` : whole;
      const local = number.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
      return `${local} ${exact.get(unit) ?? unit}`;
    });
  }

  function pattern(english) {
    const escaped = english.replace(/[.+?]/g, "\\$&");
    return new RegExp(`^${escaped.replace("{x}", "(.+)")}$`);
  }
})();
