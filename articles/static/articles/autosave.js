/**
 * Autosave: store the content of an article's form in this browser until the server has saved it.
 *
 * The form holds <div data-autosave-form data-user="3" data-article="17">. Each page stores its
 * text under its own token, which is sent with the form as `_autosave`; after a save, a cookie
 * names the token. A text that was not saved is offered when the form is opened again.
 *
 * `data-unsaved` says that the form shows a text that the server has not saved,
 * `data-previous-token` the token under which that text was stored before.
 */

import { clockTime, createOffers } from "./autosave-offers.js";
import {
  isAvailable,
  keyOf,
  read,
  remove,
  removeOld,
  removeSaved,
  textsOf,
  write,
} from "./autosave-storage.js";
import { contentKey, entriesOf } from "./form-entries.js";

const INTERVAL = 3000; // milliseconds between two saves
// A page that was left holds its lock a moment longer; a page in another tab holds it on.
const LOCK_TIMEOUT = 2000; // milliseconds
const FAILURE = "This browser can't keep your text: save often.";

const container = document.querySelector("[data-autosave-form]");
const form = container.closest("form");
const { user, article, previousToken } = container.dataset;
const isUnsaved = "unsaved" in container.dataset;
const token = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
const key = keyOf(user, article, token);

/** The content of the form before anybody changed it, as a content key; null until it is known. */
let initialContent = isUnsaved ? "" : null;
/** The content that is stored in the browser, as a content key; null where nothing is. */
let storedContent = null;
let isLeaving = false;

/* Messages */

const stateElement = document.querySelector("[data-autosave-state]");
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");

function announce(sentence) {
  status.textContent = sentence;
}

function warnBeforeLeaving(event) {
  if (!isLeaving && contentKey(entriesOf(form)) !== initialContent) event.preventDefault();
}

function showState(succeeded) {
  stateElement.classList.toggle("desk-autosave-state--failed", !succeeded);
  if (succeeded) {
    const time = storedContent === null ? "" : clockTime(Date.now());
    stateElement.textContent = time && `Kept in this browser at ${time}`;
    removeEventListener("beforeunload", warnBeforeLeaving);
  } else if (stateElement.textContent !== FAILURE) {
    stateElement.textContent = FAILURE;
    announce(FAILURE);
    addEventListener("beforeunload", warnBeforeLeaving);
  }
}

/* Saving */

function recordInitialContent() {
  initialContent ??= contentKey(entriesOf(form));
}

function save() {
  if (initialContent === null) return;
  const entries = entriesOf(form);
  const content = contentKey(entries);
  if (content === storedContent || (content === initialContent && storedContent === null)) return;
  if (content === initialContent) {
    remove(key);
    storedContent = null;
    showState(true);
  } else if (write(key, entries)) {
    // After writing, so that the text is always stored at least once.
    if (previousToken) remove(keyOf(user, article, previousToken));
    storedContent = content;
    showState(true);
  } else {
    showState(false);
  }
}

function startSaving() {
  // Before the first input of the user, scripts may still change the form.
  for (const type of ["pointerdown", "keydown", "beforeinput", "paste", "drop"]) {
    document.addEventListener(type, recordInitialContent, { capture: true, once: true });
  }
  if (document.readyState === "complete") recordInitialContent();
  else addEventListener("load", recordInitialContent);
  setInterval(save, INTERVAL);
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
  addEventListener("submit", (event) => {
    save();
    if (event.target === form && !event.defaultPrevented) isLeaving = true;
  });
  if (isUnsaved) save();
}

/* Offering stored texts */

/** Whether no open page holds the lock of a stored text. */
async function isAbandoned(textKey) {
  if (!navigator.locks) return true;
  const signal = AbortSignal.timeout(LOCK_TIMEOUT);
  return navigator.locks.request(textKey, { signal }, () => true).catch(() => false);
}

/** Send a stored text to the server, which answers with a form that shows it. */
function restore(offered) {
  const text = read(offered.key);
  if (!text) return;
  save();
  const { value } = form.elements.csrfmiddlewaretoken;
  const added = [
    ["csrfmiddlewaretoken", value],
    ["_recover", text.token],
  ];
  const sender = Object.assign(document.createElement("form"), { method: "post", hidden: true });
  sender.action = location.pathname + location.search;
  sender.addEventListener("formdata", ({ formData }) => {
    for (const entry of [...text.entries, ...added]) formData.append(...entry);
  });
  isLeaving = true;
  document.body.append(sender);
  sender.submit();
}

function offerTexts() {
  const shown = contentKey(entriesOf(form));
  const navigation = performance.getEntriesByType("navigation")[0]?.type;
  // After going back in the history, the browser may have filled in the form.
  const showsSaved = () => (!isUnsaved && navigation === "navigate") || storedContent === shown;
  const addOffer = createOffers(container, {
    showHeadline: article === "new",
    announce,
    restore,
    discard: (text) => remove(text.key),
  });
  for (const text of textsOf(user, article)) {
    if ([token, previousToken].includes(text.token)) continue;
    isAbandoned(text.key).then((abandoned) => {
      const current = abandoned && read(text.key); // another tab may have saved it meanwhile
      if (!current) return;
      if (contentKey(current.entries) !== shown) addOffer(current);
      else if (showsSaved()) remove(current.key);
    });
  }
}

/** Show when the restored text was stored. */
function showTime() {
  const text = previousToken && read(keyOf(user, article, previousToken));
  const element = container.querySelector("[data-autosave-time]");
  if (text && element) element.textContent = ` of ${clockTime(text.time)}`;
}

const tokenField = document.createElement("input");
Object.assign(tokenField, { type: "hidden", name: "_autosave", value: token });
container.tabIndex = -1;
container.append(status, tokenField);
// Held until the page is closed.
navigator.locks?.request(key, () => new Promise(() => {}));
removeSaved();
removeOld();
showTime();
if (!isAvailable()) showState(false);
startSaving();
offerTexts();
