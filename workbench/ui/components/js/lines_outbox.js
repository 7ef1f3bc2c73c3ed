// Actions leave one at a time: each carries the case version that the answer before it brought.
// An answer is data.reply {nonce, ok, message}; where the page sends none, a new version is one.
import {newNonce} from "./dom.js";
import {drawRows} from "./lines_rows.js";

const PATIENCE_MS = 40000; // longer than the server itself waits for a busy database

/**
 * Queue an action {action, line, …}; `done(ok, message)` is told the answer and
 * returns true when it shows the message itself. What is on its way already is not queued again.
 */
export function submit(state, action, done = () => {}) {
  if (isSentAlready(state, action)) return;
  state.queue.push({action, done, nonce: newNonce()});
  showMessage(state, "");
  sendNext(state);
}

/** Is this finding of this line on its way to the server? */
export function isOnItsWay(state, line, finding) {
  return onTheirWay(state).some((action) => action.line === line && action.finding === finding);
}

/** The actions that were not answered yet. */
export function onTheirWay(state) {
  const sent = state.pending ? [state.pending, ...state.queue] : state.queue;
  return sent.map(({action}) => action);
}

/**
 * The second of two quick presses would deduct twice; a second removal would mean a place in a list
 * that the first one shortens.
 */
function isSentAlready(state, action) {
  const isRemoval = action.action === "remove_deduction";
  const isSame = (sent) => (isRemoval
    ? sent.action === action.action && sent.line === action.line
    : JSON.stringify(sent) === JSON.stringify(action));
  return onTheirWay(state).some(isSame);
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
