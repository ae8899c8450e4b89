/**
 * Texts that this browser keeps: one item of its storage for each page that somebody typed in.
 *
 * An item's name holds whose text it is, of which article, and the page's token; its value the
 * time and the form's entries. Where storage fails, nothing here throws.
 */

const PREFIX = "desk:text:";
const LONGEST = 30 * 24 * 60 * 60 * 1000; // milliseconds that a text is kept
const COOKIE = /(?:^|; )desk-saved=([\w.-]*)/;

/** The result of an action on the storage, or `otherwise` where that is disabled or full. */
function attempt(action, otherwise) {
  try {
    return action(window.localStorage);
  } catch {
    return otherwise;
  }
}

export const keyOf = (person, article, token) => `${PREFIX}${person}:${article}:${token}`;

const names = () =>
  attempt((storage) => Object.keys(storage), []).filter((name) => name.startsWith(PREFIX));

/** A kept text as {key, token, time, entries}, or null. */
export function read(key) {
  const text = attempt((storage) => JSON.parse(storage.getItem(key)), null);
  if (!Number.isFinite(text?.time) || !Array.isArray(text.entries)) return null;
  return { key, token: key.split(":").pop(), ...text };
}

/** Keep a form's entries; whether that worked. */
export function write(key, entries) {
  return attempt((storage) => {
    storage.setItem(key, JSON.stringify({ time: Date.now(), entries }));
    return true;
  }, false);
}

export const remove = (key) => attempt((storage) => storage.removeItem(key));

/** Whether anything can be kept at all. */
export function works() {
  const key = `${PREFIX}probe`;
  const written = write(key, []);
  remove(key);
  return written;
}

/** Somebody's texts of one article. */
export const textsOf = (person, article) =>
  names()
    .filter((name) => name.startsWith(keyOf(person, article, "")))
    .map(read)
    .filter(Boolean);

/** Drop what has been kept for too long, or can't be read, whosever it is. */
export function dropOld() {
  for (const name of names())
    if (!(read(name)?.time > Date.now() - LONGEST)) remove(name);
}

/** Forget the texts that the server says are saved, and that it said so. */
export function forgetSaved() {
  const tokens = document.cookie.match(COOKIE)?.[1].split(".") ?? [];
  if (!tokens.length) return;
  for (const name of names()) if (tokens.includes(name.split(":").pop())) remove(name);
  // A cookie is deleted on the path that it was set for: one of those above this page.
  const parts = location.pathname.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++)
    document.cookie = `desk-saved=; path=${parts.slice(0, depth).join("/")}/; max-age=0`;
}
