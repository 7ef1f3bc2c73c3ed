// Actions leave one at a time: each carries the case version that the answer before it brought.
// An answer is data.reply {nonce, ok, message}; where the page sends none, a new version is one.
import {newNonce} from "./dom.js";
import {drawRows} from "./lines_rows.js";

const PATIENCE_MS = 40000; // longer than the server itself waits for a busy database

/**
 * Queue an action {action, line, …}; `done(ok, message)` is told the answer and
 * returns true when it shows the message itself.
 */
export function submit(state, action, done = () => {}) {
  state.queue.push({action, done, nonce: newNonce()});
  showMessage(state, "");
  sendNext(state);
}

/** Is this finding of this line on its way to the server? */
export function isOnItsWay(state, line, finding) {
  const sent = state.pending ? [state.pending, ...state.queue] : state.queue;
  return sent.some(({action}) => action.line === line && action.finding === finding);
}

/** Called with each new data: was the pending action answered? */
export function settle(state) {
  const {pending, data} = state;
  if (!pending) return;
  const isAnswered = data.reply?.nonce === pending.nonce;
  if (!isAnswered && (data.reply || data.version === pending.version)) return;
  finish(state, isAnswered ? data.reply.ok : true, isAnswered ? data.reply.message : "");
}

/** A sentence under the lines, read out at once; "" takes it away. */
export function showMessage(state, sentence) {
  state.parts.message.textContent = sentence;
  state.parts.message.hidden = !sentence;
}

function sendNext(state) {
  if (state.pending || !state.queue.length) return;
  const next = state.queue.shift();
  const version = state.data.version;
  const timer = setTimeout(() => giveUp(state), PATIENCE_MS);
  state.pending = {...next, version, timer};
  state.send({...next.action, version, nonce: next.nonce});
}

function finish(state, isDone, message) {
  const {pending} = state;
  clearTimeout(pending.timer);
  state.pending = null;
  if (!isDone) dropQueue(state);
  const isShown = pending.done(isDone, message);
  if (message && !isShown) showMessage(state, message);
  sendNext(state);
}

/** After a refusal the rest was decided on a wrong picture: nothing of it is sent. */
function dropQueue(state) {
  state.queue.splice(0).forEach(({done}) => done(false, ""));
}

function giveUp(state) {
  finish(state, false, state.data.words.noAnswer);
  drawRows(state);
}
