// Watches Streamlit's own element for two things it tells nobody: the theme and the connection.
import {el} from "./dom.js";

const GRACE_MS = 900;

export function watchApp(state, drafts) {
  const app = document.querySelector('[data-testid="stApp"]');
  const root = document.documentElement;
  let wasOnline = true;
  let timer = 0;
  const look = () => {
    copyTheme(app, root);
    const isOnline = app.dataset.testConnectionState === "CONNECTED";
    if (isOnline === wasOnline) return;
    wasOnline = isOnline;
    root.dataset.online = String(isOnline);
    clearTimeout(timer);
    if (isOnline) {
      hideRibbon();
      drafts.retry();
      state.rejoin(); // the page came back, but Streamlit does not run it again by itself
    } else timer = setTimeout(() => showRibbon(state.data.words.offline), GRACE_MS);
  };
  const watcher = new MutationObserver(look);
  watcher.observe(app, {attributes: true});
  look();
  return () => {
    watcher.disconnect();
    clearTimeout(timer);
    hideRibbon();
  };
}

/** Dialogs hang outside Streamlit's element; so the theme is told to the whole document. */
function copyTheme(app, root) {
  const theme = getComputedStyle(app).colorScheme === "dark" ? "dark" : "light";
  if (root.dataset.theme === theme) return;
  root.dataset.theme = theme;
  root.style.colorScheme = theme;
}

export function showRibbon(sentence, link = null) {
  hideRibbon();
  const anchor = link && el("a", {href: link.href}, link.word);
  document.body.append(el("div.az-ribbon", {role: "alert"}, el("span", {}, sentence), anchor));
}

export function hideRibbon() {
  document.querySelector(".az-ribbon")?.remove();
}
