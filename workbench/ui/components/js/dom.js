// Small helpers over the DOM. Text from the server is only ever set as text, never as HTML.
import {ICONS} from "./icons.js";

/**
 * Make an element: el("p.note.wide", {title: "…"}, "text", child, null).
 * Children that are null or false are left out; strings become text nodes.
 */
export function el(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false && child !== ""));
  return node;
}

/** A line icon by its name in ICONS; decoration only, so hidden from screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  picture.classList.add("i");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

/** A number, date, code or expression: kept left-to-right inside Persian text. */
export function ltr(text, className = "") {
  return el("bdi", {dir: "ltr", class: className || null}, String(text));
}

/** "Line {number}" with the values put in as text. */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The element that has the focus, looked for through shadow roots. */
export function deepActive() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

export function isTextField(node) {
  return Boolean(node) && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) || node.isContentEditable);
}

/** While a dialog is open, nothing behind it may react to a key. */
export function isDialogOpen() {
  return document.querySelector('[role="dialog"]') !== null;
}

/** Is one of the nodes an event passed through marked data-arz="name"? */
export function cameFrom(event, name) {
  return event.composedPath().some((node) => node.dataset?.arz === name);
}

/** A name no other message has. crypto.randomUUID would need https, which a desk's LAN may lack. */
export function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
