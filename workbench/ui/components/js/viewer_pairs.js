// Which images belong together: the same teeth before and after a treatment.
const KIND = 1;
const TEETH = 2;
const LOOKED_AT = 4;

/** The best [before, after] there is, of the image looked at if it has one; null: there is none. */
export function bestPair(images, current) {
  const usable = images.filter((image) => !image.damaged);
  const before = usable.filter((image) => image.phase === "before");
  const after = usable.filter((image) => image.phase === "after");
  let best = {score: -1, pair: null};
  for (const first of before) {
    for (const second of after) {
      const score = scoreOf(first, second, current);
      if (score > best.score) best = {score, pair: [first.number, second.number]};
    }
  }
  return best.pair;
}

function scoreOf(first, second, current) {
  const shares = (first.teeth ?? []).some((tooth) => second.teeth?.includes(tooth));
  const isLookedAt = first.number === current || second.number === current;
  return (shares ? TEETH : 0) + (first.kind === second.kind ? KIND : 0) + (isLookedAt ? LOOKED_AT : 0);
}

/** What will probably be looked at after this image: the next, the one before it, its other phase. */
export function neighboursOf(images, number) {
  const at = images.findIndex((image) => image.number === number);
  const pair = bestPair(images, number) ?? [];
  const partner = pair.includes(number) ? pair.find((each) => each !== number) : null;
  const near = [images[at + 1], images[at - 1], images.find((image) => image.number === partner)];
  return near.filter((image) => image && !image.damaged);
}
