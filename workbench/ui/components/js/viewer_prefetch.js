// The neighbours of what is shown are fetched ahead, behind everything else the page wants. That an
// image was fetched is no event; only what is shown is told to the server.
import {neighboursOf} from "./viewer_pairs.js";

const KEPT_MAX = 6;

/** Called when every pane is painted; the newest six are kept, older ones are the browser's again. */
export function prefetch(state) {
  const later = window.requestIdleCallback ?? ((task) => setTimeout(task, 200));
  later(() => {
    const shown = state.panes.filter((pane) => !pane.node.hidden).map((pane) => pane.image);
    const wanted = shown.flatMap((number) => neighboursOf(state.data.images, number));
    for (const image of wanted.filter((each) => !shown.includes(each.number))) keep(state.prefetched, image.url);
  });
}

function keep(prefetched, url) {
  const kept = prefetched.get(url) ?? fetchQuietly(url);
  prefetched.delete(url);
  prefetched.set(url, kept);
  if (prefetched.size > KEPT_MAX) prefetched.delete(prefetched.keys().next().value);
}

function fetchQuietly(url) {
  const picture = new Image();
  picture.fetchPriority = "low";
  picture.src = url;
  return picture;
}
