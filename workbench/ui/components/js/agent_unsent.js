// Words that could not be sent before the page went: the session had ended, the server was away. They
// lie in the store of this tab (it ends with the tab) under the user who typed them; his next page
// sends them and is read again with them. Another user's page throws them away.
const STORE = "arzyab.unsent";

export function keepUnsent(owner, entries) {
  if (!owner || !entries.length) return;
  write(owner, {...wordsOf(owner), ...Object.fromEntries(entries)});
}

export function forgetUnsent(key) {
  const kept = read();
  if (!kept || !(key in kept.words)) return;
  delete kept.words[key];
  write(kept.owner, kept.words);
}

/** Send what is kept; when all of it was taken the page is read again, now with these words. */
export async function sendUnsent(owner, post) {
  const entries = Object.entries(wordsOf(owner));
  if (!entries.length) return sessionStorage.removeItem(STORE);
  for (const [key, value] of entries) {
    const status = await post(key, value);
    if (status === 0 || status === 401 || status >= 500) return undefined; // a later page tries again
    forgetUnsent(key);
  }
  return location.reload();
}

function wordsOf(owner) {
  const kept = read();
  return kept && kept.owner === owner ? kept.words : {};
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE));
  } catch {
    return null;
  }
}

function write(owner, words) {
  if (!Object.keys(words).length) sessionStorage.removeItem(STORE);
  else sessionStorage.setItem(STORE, JSON.stringify({owner, words}));
}
