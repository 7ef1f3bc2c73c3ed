// Keys work wherever the focus is, except in text fields and dialogs.
import {cameFrom, deepActive, isDialogOpen, isTextField} from "./dom.js";
import {saveTypedForm} from "./lines_form.js";
import {acceptOrGoOn, compareFocused, editFocused, overrideFocused, step} from "./lines_actions.js";

const OWN_ENTER = /^(BUTTON|A|SUMMARY)$/;

export function listenToKeys(state) {
  const onKey = (event) => {
    if (isDialogOpen() || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (cameFrom(event, "form") || event.shiftKey) return;
    const handler = handlerFor(state, event, deepActive());
    if (!handler) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || event.code.startsWith("Arrow")) handler();
  };
  // Streamlit listens for single letters on the document: what is typed here is none of them.
  const shield = (event) => event.stopPropagation();
  document.addEventListener("keydown", onKey, true);
  state.root.addEventListener("keydown", shield);
  return () => {
    document.removeEventListener("keydown", onKey, true);
    state.root.removeEventListener("keydown", shield);
  };
}

function handlerFor(state, event, active) {
  if (event.code === "F2") return () => editFocused(state);
  if (event.code === "F4") return () => overrideFocused(state);
  if (event.code === "F6") return () => compareFocused(state);
  if (isTextField(active)) return null;
  const isEnter = event.code === "Enter" || event.code === "NumpadEnter";
  if (isEnter) return OWN_ENTER.test(active?.tagName) ? null : () => acceptOrGoOn(state);
  if (cameFrom(event, "viewer") || active?.closest?.("[role=listbox],[role=tablist],[role=menu]")) return null;
  if (event.code === "ArrowDown") return () => step(state, 1);
  if (event.code === "ArrowUp") return () => step(state, -1);
  return null;
}

/**
 * After a mouse click on a button or on nothing, the lines have the focus again, so that the next
 * Enter is theirs. Text fields, the viewer, menus and dialogs keep it.
 */
export function giveFocusBack(state) {
  const onClick = (event) => {
    if (event.detail === 0 || cameFrom(event, "viewer")) return;
    setTimeout(() => {
      if (mayTakeFocus(deepActive())) state.parts.list.focus({preventScroll: true});
    }, 0);
  };
  const onAsked = () => state.parts.list.focus({preventScroll: true});
  const onConfirm = (event) => saveTypedForm(state) && event.preventDefault();
  window.addEventListener("click", onClick);
  window.addEventListener("arz:focus-lines", onAsked);
  window.addEventListener("arz:confirm", onConfirm);
  return () => {
    window.removeEventListener("click", onClick);
    window.removeEventListener("arz:confirm", onConfirm);
    window.removeEventListener("arz:focus-lines", onAsked);
  };
}

function mayTakeFocus(active) {
  if (isDialogOpen() || isTextField(active)) return false;
  if (String(getSelection())) return false;
  if (active && active.tagName !== "BODY" && active.tagName !== "BUTTON") return false;
  return !active?.hasAttribute("aria-expanded") && !active?.hasAttribute("aria-haspopup")
    && active?.getAttribute("role") !== "tab";
}
