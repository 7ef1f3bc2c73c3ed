// Half-typed words go to the server a moment after they are typed, and at once when the page is left
// or something is pressed: a draft that arrived after the decision would outlive it. What could not
// be sent is kept and tried again; a later text of the same field replaces it.
import {keyClass} from "./agent_keys.js";
import {showRibbon} from "./agent_watch.js";

const PAUSE_MS = 400;
const RETRY_MS = 3000;

export function keepDrafts(state) {
  const box = {state, waiting: new Map(), timer: 0, isOver: false};
  const later = (pause) => {
    clearTimeout(box.timer);
    if (!box.isOver) box.timer = setTimeout(() => sendAll(box, later), pause);
  };
  const note = (key, value) => {
    box.waiting.set(key, value);
    later(PAUSE_MS);
  };
  const onInput = (event) => {
    const key = draftKeyOf(state, event.target);
    if (key) note(key, event.target.value);
  };
  const onDraft = (event) => note(event.detail.key, event.detail.value);
  const onLeave = () => sendAll(box, later);
  const onKey = (event) => event.ctrlKey && sendAll(box, later);
  document.addEventListener("input", onInput, true);
  window.addEventListener("arz:draft", onDraft);
  window.addEventListener("pagehide", onLeave);
  document.addEventListener("pointerdown", onLeave, true);
  document.addEventListener("keydown", onKey, true);
  return {
    retry: () => later(0),
    stop: () => {
      sendAll(box, later);
      clearTimeout(box.timer);
      box.isOver = true;
      document.removeEventListener("input", onInput, true);
      window.removeEventListener("arz:draft", onDraft);
      window.removeEventListener("pagehide", onLeave);
      document.removeEventListener("pointerdown", onLeave, true);
      document.removeEventListener("keydown", onKey, true);
    },
  };
}

/** data.drafts names the Streamlit keys to keep: {"case_note": "note:17"}. */
function draftKeyOf(state, target) {
  const entries = Object.entries(state.data.drafts ?? {});
  return entries.find(([key]) => target.closest?.(`.${keyClass(key)}`))?.[1] ?? null;
}

function sendAll(box, later) {
  const entries = [...box.waiting];
  box.waiting.clear();
  for (const [key, value] of entries) send(box, key, value, later);
}

async function send(box, key, value, later) {
  const again = () => {
    if (!box.waiting.has(key)) box.waiting.set(key, value);
    later(RETRY_MS);
  };
  try {
    const answer = await fetch("/draft", {
      method: "POST", keepalive: true, credentials: "same-origin",
      headers: {"content-type": "application/json", "x-arzyab": "1"},
      body: JSON.stringify({key, value}),
    });
    if (answer.status === 401) endSession(box);
    else if (answer.status >= 500) again();
  } catch {
    again(); // offline
  }
}

/** Nothing more can be saved: say so, with the way back in. */
function endSession(box) {
  const {words} = box.state.data;
  box.isOver = true;
  showRibbon(words.signedOut, {href: "/login", word: words.signIn});
}
