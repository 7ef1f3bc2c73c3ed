// Half-typed words go to the server a moment after they are typed, and at once when the page is left
// or something is pressed. Of one field one text is on its way at a time, so that an older one never
// overtakes a newer. What could not be sent is tried again; what the page is left with goes into the
// tab's own store and is sent by the next page of the same user (agent_unsent.js).
import {keyClass} from "./agent_keys.js";
import {showRibbon} from "./agent_watch.js";
import {forgetUnsent, keepUnsent, sendUnsent} from "./agent_unsent.js";

const PAUSE_MS = 400;
const RETRY_MS = 3000;

export function keepDrafts(state) {
  const box = {state, waiting: new Map(), flying: new Map(), sent: new Map(), timer: 0, isOver: false};
  const later = (pause) => {
    clearTimeout(box.timer);
    if (!box.isOver) box.timer = setTimeout(() => sendAll(box, later), pause);
  };
  box.later = later;
  const stops = listen(box);
  sendUnsent(state.data.owner, post);
  return {
    retry: () => later(0),
    lookAgain: () => setTimeout(() => noteEmptied(box), PAUSE_MS), // the page is drawn by then
    stop: () => {
      clearTimeout(box.timer);
      sendAll(box);
      box.isOver = true;
      stops.forEach((end) => end());
    },
  };
}

function listen(box) {
  const onInput = (event) => {
    const key = draftKeyOf(box.state, event.target);
    if (key) note(box, key, event.target.value);
  };
  const onDraft = (event) => note(box, event.detail.key, event.detail.value);
  const onPress = () => sendAll(box);
  const onKey = (event) => event.ctrlKey && sendAll(box);
  const onLeave = () => {
    keepUnsent(box.state.data.owner, [...box.flying, ...box.waiting]);
    sendAll(box);
  };
  return [
    heed(document, "input", onInput, true),
    heed(window, "arz:draft", onDraft),
    heed(window, "pagehide", onLeave),
    heed(document, "pointerdown", onPress, true),
    heed(document, "keydown", onKey, true),
  ];
}

function heed(target, name, listener, isEarly = false) {
  target.addEventListener(name, listener, isEarly);
  return () => target.removeEventListener(name, listener, isEarly);
}

function note(box, key, value) {
  box.waiting.set(key, value);
  if (box.isOver) keepUnsent(box.state.data.owner, [[key, value]]);
  else box.later(PAUSE_MS);
}

/** data.drafts names the Streamlit keys to keep: {"case_note": "note:17"}. */
function draftKeyOf(state, target) {
  const entries = Object.entries(state.data.drafts ?? {});
  return entries.find(([key]) => target.closest?.(`.${keyClass(key)}`))?.[1] ?? null;
}

/** A field that the page emptied (its words were taken) has no draft any more. */
function noteEmptied(box) {
  for (const [key, draft] of Object.entries(box.state.data.drafts ?? {})) {
    const field = document.querySelector(`.${keyClass(key)} :is(textarea, input)`);
    const isBusy = box.waiting.has(draft) || box.flying.has(draft);
    if (field && field.value === "" && box.sent.get(draft) && !isBusy) note(box, draft, "");
  }
}

function sendAll(box) {
  for (const [key, value] of [...box.waiting]) {
    if (box.flying.has(key)) continue; // it follows when that one has landed
    box.waiting.delete(key);
    send(box, key, value);
  }
}

async function send(box, key, value) {
  box.flying.set(key, value);
  const status = await post(key, value);
  box.flying.delete(key);
  if (status === 401) return endSession(box, key, value);
  const isAgain = status === 0 || status >= 500;
  if (isAgain && !box.waiting.has(key)) box.waiting.set(key, value);
  if (!isAgain) {
    box.sent.set(key, value);
    forgetUnsent(key);
    noteEmptied(box);
  }
  if (box.isOver) keepUnsent(box.state.data.owner, [...box.waiting]);
  else if (box.waiting.size) box.later(isAgain ? RETRY_MS : 0);
  return undefined;
}

/** The status of the answer; 0: there was none. */
async function post(key, value) {
  try {
    const answer = await fetch("/draft", {
      method: "POST", keepalive: true, credentials: "same-origin",
      headers: {"content-type": "application/json", "x-arzyab": "1"},
      body: JSON.stringify({key, value}),
    });
    return answer.status;
  } catch {
    return 0; // offline
  }
}

/** Nothing more can be saved: keep the words for later and say so, with the way back in. */
function endSession(box, key, value) {
  const {words, owner} = box.state.data;
  box.isOver = true;
  clearTimeout(box.timer);
  keepUnsent(owner, [[key, value], ...box.waiting]);
  const here = encodeURIComponent(location.pathname + location.search);
  showRibbon("signedOut", words.signedOut, {href: `/login?next=${here}`, word: words.signIn});
}
