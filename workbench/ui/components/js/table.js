// A table whose rows open. Drawn anew when its data changed; the row in focus and the scroll stay.
import {drawTable} from "./table_rows.js";
import {listenToTable} from "./table_keys.js";
import {deepActive, el, isTextField, newNonce} from "./dom.js";

const mounted = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = mounted.get(parentElement);
  const isFirst = !state;
  if (isFirst) {
    const root = el("div.wrap", {tabindex: "0", role: "grid"});
    parentElement.append(root);
    state = {root, at: null};
    mounted.set(parentElement, state);
    listenToTable(state);
  }
  state.data = data;
  state.send = (name, value) => setTriggerValue(name, {...value, nonce: newNonce()});
  if (isFirst && data.takesFocus) state.at = data.rows[0]?.id ?? null;
  receiveTable(state);
  if (isFirst && data.takesFocus && mayStart()) state.root.focus({preventScroll: true});
  return () => {
    state.root.remove();
    mounted.delete(parentElement);
  };
}

/** The chosen row stays by its id; the one the server names wins when it is another than before. */
function receiveTable(state) {
  const ids = state.data.rows.map((row) => row.id);
  if (state.data.selected !== (state.selected ?? null)) state.at = state.data.selected;
  state.selected = state.data.selected;
  if (!ids.includes(state.at)) state.at = null;
  const {scrollTop, scrollLeft} = state.root;
  drawTable(state);
  state.root.scrollTo(scrollLeft, scrollTop);
}

function mayStart() {
  const active = deepActive();
  return !isTextField(active) && (!active || active.tagName === "BODY");
}
