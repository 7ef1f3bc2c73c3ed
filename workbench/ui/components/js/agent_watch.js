// Watches Streamlit's own element for what it tells nobody: the theme, the connection, a run that
// takes long.
import {el} from "./dom.js";

const GRACE_MS = 900;
const LONG_RUN_MS = 4000;

export function watchApp(state, drafts) {
  const app = document.querySelector('[data-testid="stApp"]');
  const root = document.documentElement;
  let wasOnline = true;
  let wasRunning = false;
  let timer = 0;
  let runTimer = 0;
  const look = () => {
    copyTheme(app, root);
    const isRunning = app.dataset.testScriptState === "running";
    if (isRunning !== wasRunning) {
      wasRunning = isRunning;
      clearTimeout(runTimer);
      hideRibbon("busy");
      if (isRunning) runTimer = setTimeout(() => showRibbon("busy", state.data.words.busy), LONG_RUN_MS);
      else drafts.lookAgain();
    }
    const isOnline = app.dataset.testConnectionState === "CONNECTED";
    if (isOnline === wasOnline) return;
    wasOnline = isOnline;
    root.dataset.online = String(isOnline);
    clearTimeout(timer);
    if (isOnline) {
      hideRibbon("offline");
      drafts.retry();
      state.rejoin(); // the page came back, but Streamlit does not run it again by itself
    } else timer = setTimeout(() => showRibbon("offline", state.data.words.offline), GRACE_MS);
  };
  const watcher = new MutationObserver(look);
  watcher.observe(app, {attributes: true});
  look();
  return () => {
    watcher.disconnect();
    clearTimeout(timer);
    clearTimeout(runTimer);
    ["busy", "offline", "signedOut"].forEach(hideRibbon);
  };
}

/** Dialogs hang outside Streamlit's element; so the theme is told to the whole document. */
function copyTheme(app, root) {
  const theme = getComputedStyle(app).colorScheme === "dark" ? "dark" : "light";
  if (root.dataset.theme === theme) return;
  root.dataset.theme = theme;
  root.style.colorScheme = theme;
}

/** One ribbon of a kind at a time: `busy`, `offline` or `signedOut`, which covers the others. */
export function showRibbon(kind, sentence, link = null) {
  hideRibbon(kind);
  const anchor = link && el("a", {href: link.href}, link.word);
  document.body.append(el(`div.az-ribbon.${kind}`, {role: "alert"}, el("span", {}, sentence), anchor));
}

export function hideRibbon(kind) {
  document.querySelector(`.az-ribbon.${kind}`)?.remove();
}
