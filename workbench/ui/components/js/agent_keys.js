// Page keys. They act before Streamlit's own, on physical keys (a Persian layout changes letters),
// never through a dialog, and press the same button the mouse would.
import {deepActive, isDialogOpen} from "./dom.js";

const GUARD_MS = 500;
const CONFIRM = "Ctrl+Enter";

/** The class Streamlit gives to the element with this key. */
export function keyClass(key) {
  return `st-key-${key.trim().replace(/[^a-zA-Z0-9_-]/g, "-")}`;
}

/** "Shift+F9" for what is pressed now. */
function pressed(event) {
  const code = event.code.replace("NumpadEnter", "Enter").replace(/^Key/, "");
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"];
  return [...held.filter(Boolean), code].join("+");
}

export function listenToPageKeys(state) {
  const onKey = (event) => {
    if (event.isComposing) return;
    const name = pressed(event);
    const key = state.data.keys[name];
    if (!key && !(name === CONFIRM && isDialogOpen())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (!isDialogOpen()) press(key);
    else if (name === CONFIRM) press("dlg_ok");
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}

/** Leaving the field first hands over what is typed in it; a search field only gets the caret. */
function press(key) {
  const holder = `.${keyClass(key)}`;
  const button = document.querySelector(`${holder} button`);
  if (!button) {
    document.querySelector(`${holder} input`)?.focus();
    return;
  }
  deepActive()?.blur();
  setTimeout(() => {
    const now = document.querySelector(`${holder} button`); // the rerun may have drawn a new one
    if (now && !now.disabled) now.click();
  }, 0);
}

/**
 * A second click within half a second would decide the next case: it is swallowed. So is the click
 * that decides while a form holds words: who holds them saves them first (`arz:confirm`), and a
 * quick second one does not decide over a result that nobody has read yet.
 */
export function guardClicks(state) {
  let decidedAt = -Infinity;
  let confirmedAt = -Infinity;
  const onClick = (event) => {
    const isDecision = event.target.closest?.('[class*="st-key-b_"] button');
    const isConfirmation = event.target.closest?.('[class*="st-key-dlg_"] button');
    if (!isDecision && !isConfirmation) return;
    const now = performance.now();
    const last = isDecision ? decidedAt : confirmedAt;
    const isSecond = now - last < GUARD_MS;
    const decides = state.data.keys?.[CONFIRM];
    const isFinal = decides && event.target.closest(`.${keyClass(decides)} button`);
    const isHeldUp = !isSecond && isFinal && !mayDecide();
    if (isSecond || isHeldUp) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    if (isSecond) return;
    if (isDecision) decidedAt = now;
    else confirmedAt = now;
  };
  window.addEventListener("click", onClick, true);
  return () => window.removeEventListener("click", onClick, true);
}

function mayDecide() {
  return window.dispatchEvent(new CustomEvent("arz:confirm", {cancelable: true}));
}
