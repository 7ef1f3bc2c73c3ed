// Which image lies in which pane: chosen one by one, side by side, before beside after.
import {RESTING} from "./viewer_moves.js";
import {bestPair} from "./viewer_pairs.js";

/** Into the pane in use, or beside it; two panes never show the same image, they trade. */
export function choose(state, number, isBeside = false) {
  if (!state.data.images.some((image) => image.number === number)) return;
  if (isBeside) state.isPair = true;
  const pane = state.panes[isBeside ? 1 - state.active : state.active];
  const other = state.panes[1 - pane.index];
  if (state.isPair && other.image === number) trade(state);
  else pane.show(number);
  state.redraw();
}

/** The panes exchange their images, each with its own zoom and turn. */
export function trade(state) {
  const [first, second] = state.panes;
  [first.image, second.image] = [second.image, first.image];
  [first.view, second.view] = [second.view, first.view];
}

/** The next or previous image into the pane in use, past the one that lies beside it. */
export function leaf(state, by) {
  const pane = state.panes[state.active];
  const beside = state.isPair ? state.panes[1 - pane.index].image : null;
  const numbers = state.data.images
    .map((image) => image.number)
    .filter((number) => number === pane.image || number !== beside);
  const next = numbers[numbers.indexOf(pane.image) + by];
  if (next !== undefined) choose(state, next);
}

/** The other pane is in use from now on. */
export function goToOther(state) {
  if (state.isPair) state.panes[1 - state.active].node.focus({preventScroll: true});
}

/** Side by side or one alone, which is then the image that was used last. */
export function togglePair(state) {
  state.isPair = !state.isPair;
  if (!state.isPair && state.active === 1) trade(state);
  state.redraw();
}

/** Before beside after of what is looked at, both whole and moving together. */
export function showBeforeAfter(state) {
  const pair = bestPair(state.data.images, state.panes[state.active].image);
  if (pair) openPair(state, ...pair);
}

/** `arz:compare`: two images side by side, named by the side of the screen each is to lie on. */
export function compare(state, {left, right}) {
  const numbers = state.data.images.map((image) => image.number);
  if (!numbers.includes(left) || !numbers.includes(right)) return;
  openPair(state, ...(state.root.dir === "rtl" ? [right, left] : [left, right]));
}

function openPair(state, first, second) {
  Object.assign(state, {isPair: true, isLinked: true});
  [first, second].forEach((number, index) => {
    state.panes[index].show(number);
    Object.assign(state.panes[index].view, RESTING);
  });
  state.redraw();
}
