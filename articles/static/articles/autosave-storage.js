/**
 * The autosaved texts of this browser: one item of its storage for each page with a form.
 *
 * An item's name holds the user, the article and the page's token; its value holds the time and
 * the form's entries. Where storage fails, no function here throws.
 */

const PREFIX = "desk:text:";
const LONGEST_AGE = 30 * 24 * 60 * 60 * 1000; // milliseconds
const SAVED_COOKIE = /(?:^|; )desk-saved=([\w.-]*)/;

/**
 * A stored text: `time` in milliseconds since 1970, `entries` as [name, value] pairs.
 *
 * @typedef {{key: string, token: string, time: number, entries: Array<[string, string]>}} Text
 */

/** The result of an action on the storage, or `fallback` where storage is disabled or full. */
function tryStorage(action, fallback) {
  try {
    return action(window.localStorage);
  } catch {
    return fallback;
  }
}

/**
 * The name of the storage item for the text of one page.
 *
 * @param {string} user
 * @param {string} article
 * @param {string} token
 * @returns {string}
 */
export const keyOf = (user, article, token) => `${PREFIX}${user}:${article}:${token}`;

const tokenOf = (key) => key.split(":").pop();

const allKeys = () =>
  tryStorage((storage) => Object.keys(storage), []).filter((key) => key.startsWith(PREFIX));

/**
 * Read a stored text.
 *
 * @param {string} key
 * @returns {Text|null} null where there is none, or where it can't be read
 */
export function read(key) {
  const text = tryStorage((storage) => JSON.parse(storage.getItem(key)), null);
  if (!Number.isFinite(text?.time) || !Array.isArray(text.entries)) return null;
  return { key, token: tokenOf(key), ...text };
}

/**
 * Store a form's entries with the current time.
 *
 * @param {string} key
 * @param {Array<[string, string]>} entries
 * @returns {boolean} false where the browser refuses
 */
export function write(key, entries) {
  return tryStorage((storage) => {
    storage.setItem(key, JSON.stringify({ time: Date.now(), entries }));
    return true;
  }, false);
}

/**
 * Remove a stored text.
 *
 * @param {string} key
 */
export function remove(key) {
  tryStorage((storage) => storage.removeItem(key));
}

/**
 * Whether this browser can store texts.
 *
 * @returns {boolean}
 */
export function isAvailable() {
  const key = `${PREFIX}probe`;
  const written = write(key, []);
  remove(key);
  return written;
}

/**
 * A user's stored texts of one article.
 *
 * @param {string} user
 * @param {string} article
 * @returns {Text[]}
 */
export const textsOf = (user, article) =>
  allKeys()
    .filter((key) => key.startsWith(keyOf(user, article, "")))
    .map(read)
    .filter(Boolean);

/** Remove texts of all users that are too old or can't be read. */
export function removeOld() {
  const oldest = Date.now() - LONGEST_AGE;
  for (const key of allKeys()) if (!(read(key)?.time > oldest)) remove(key);
}

/** Remove the texts that the server has saved, which it names in a cookie, and the cookie. */
export function removeSaved() {
  const tokens = document.cookie.match(SAVED_COOKIE)?.[1].split(".") ?? [];
  if (!tokens.length) return;
  for (const key of allKeys()) if (tokens.includes(tokenOf(key))) remove(key);
  // A cookie is deleted on the path that it was set for: one of those above this page.
  const parts = location.pathname.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    document.cookie = `desk-saved=; path=${parts.slice(0, depth).join("/")}/; max-age=0`;
  }
}
