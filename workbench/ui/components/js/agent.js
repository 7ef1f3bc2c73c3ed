// The page agent: what the page needs outside its components. It draws nothing but a ribbon.
import {newNonce} from "./dom.js";
import {watchApp} from "./agent_watch.js";
import {guardClicks, listenToPageKeys} from "./agent_keys.js";
import {keepDrafts} from "./agent_drafts.js";

const mounted = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = mounted.get(parentElement);
  const isFirst = !state;
  if (isFirst) {
    state = {stops: []};
    mounted.set(parentElement, state);
  }
  state.data = data;
  state.rejoin = () => setTriggerValue("rejoin", {nonce: newNonce()});
  document.documentElement.lang = data.lang;
  document.documentElement.dir = data.lang === "fa" ? "rtl" : "ltr";
  if (isFirst) start(state);
  return () => {
    state.stops.forEach((end) => end());
    mounted.delete(parentElement);
  };
}

function start(state) {
  const drafts = keepDrafts(state);
  state.stops.push(watchApp(state, drafts), listenToPageKeys(state), guardClicks(state), drafts.stop);
}
