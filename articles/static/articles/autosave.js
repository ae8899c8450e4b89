/**
 * What is typed into a form is kept in this browser until the server says that it is saved:
 * <div data-autosave-form data-user="3" data-article="17"> in the form.
 *
 * Each page keeps its text under a token of its own, which is sent with the form as `_kept`;
 * after a save a cookie brings it back. Text of a page that is gone without that is offered
 * when the form is opened again. `data-unsaved` says that the form shows what isn't stored,
 * `data-previous-token` the token that it was kept under before.
 */

import { entriesOf, meaning } from "./form-entries.js";
import { clockTime, offersIn } from "./kept-offers.js";
import { dropOld, forgetSaved, keyOf, read, remove, textsOf, works, write } from "./kept-texts.js";

const PAUSE = 3000; // milliseconds
// A page that is left holds its lock for a moment longer; one in another tab for good.
const PATIENCE = 2000;
const CANNOT = "This browser can't keep your text: save often.";

const place = document.querySelector("[data-autosave-form]");
const form = place.closest("form");
const { user: person, article, previousToken: continues } = place.dataset;
const unsaved = "unsaved" in place.dataset;
const token = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
const key = keyOf(person, article, token);

/** What the form says where nobody has touched it, or null before that is known. */
let untouched = unsaved ? "" : null;
/** What is kept of it. */
let kept = null;
let leaving = false;

/* What is said about it */

const state = document.querySelector("[data-autosave-state]");
const spoken = document.createElement("p");
spoken.className = "visually-hidden";
spoken.setAttribute("role", "status");

const say = (sentence) => (spoken.textContent = sentence);

function warnOfLeaving(event) {
  if (!leaving && meaning(entriesOf(form)) !== untouched) event.preventDefault();
}

function tell(worked) {
  const failed = state.classList.toggle("desk-autosave-state--failed", !worked);
  if (!failed) {
    state.textContent = kept === null ? "" : `Kept in this browser at ${clockTime(Date.now())}`;
    removeEventListener("beforeunload", warnOfLeaving);
  } else if (state.textContent !== CANNOT) {
    state.textContent = CANNOT;
    say(CANNOT);
    addEventListener("beforeunload", warnOfLeaving);
  }
}

/* Keeping */

function begin() {
  untouched ??= meaning(entriesOf(form));
}

function keep() {
  if (untouched === null) return;
  const entries = entriesOf(form);
  const now = meaning(entries);
  if (now === kept || (now === untouched && kept === null)) return;
  if (now === untouched) {
    remove(key);
    kept = null;
    tell(true);
  } else if (write(key, entries)) {
    // Never the other way round: for a moment there are two, and never none.
    if (continues) remove(keyOf(person, article, continues));
    kept = now;
    tell(true);
  } else {
    tell(false);
  }
}

function keepOn() {
  // Before the first touch scripts may still be at work; what they do is nobody's text.
  for (const touch of ["pointerdown", "keydown", "beforeinput", "paste", "drop"])
    document.addEventListener(touch, begin, { capture: true, once: true });
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
  setInterval(keep, PAUSE);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", keep);
  addEventListener("submit", (event) => {
    keep();
    if (event.target === form && !event.defaultPrevented) leaving = true;
  });
  if (unsaved) keep();
}

/* Offering */

/** Whether no page is left that keeps a text. */
async function isAbandoned(key) {
  if (!navigator.locks) return true;
  const signal = AbortSignal.timeout(PATIENCE);
  return navigator.locks.request(key, { signal }, () => true).catch(() => false);
}

function bringBack({ key }) {
  const text = read(key);
  if (!text) return;
  keep();
  const { value } = form.elements.csrfmiddlewaretoken;
  const own = [["csrfmiddlewaretoken", value], ["_recover", text.token]];
  const sender = Object.assign(document.createElement("form"), { method: "post", hidden: true });
  sender.action = location.pathname + location.search;
  sender.addEventListener("formdata", ({ formData }) => {
    for (const entry of [...text.entries, ...own]) formData.append(...entry);
  });
  leaving = true;
  document.body.append(sender);
  sender.submit();
}

async function offerAll() {
  const shown = meaning(entriesOf(form));
  const visit = performance.getEntriesByType("navigation")[0]?.type;
  // A page that is gone back to may show what the browser filled in, and not what is stored.
  const stored = () => (!unsaved && visit === "navigate") || kept === shown;
  const add = offersIn(place, {
    named: article === "new",
    say,
    bringBack,
    throwAway: (text) => remove(text.key),
  });
  for (const text of textsOf(person, article)) {
    if ([token, continues].includes(text.token)) continue;
    isAbandoned(text.key).then((abandoned) => {
      const left = abandoned && read(text.key); // another tab may have saved it meanwhile
      if (!left) return;
      if (meaning(left.entries) !== shown) add(left);
      else if (stored()) remove(left.key);
    });
  }
}

function tellWhen() {
  const text = continues && read(keyOf(person, article, continues));
  const when = place.querySelector("[data-autosave-time]");
  if (text && when) when.textContent = ` of ${clockTime(text.time)}`;
}

const sent = Object.assign(document.createElement("input"), { type: "hidden", name: "_kept" });
sent.value = token;
place.tabIndex = -1;
place.append(spoken, sent);
navigator.locks?.request(key, () => new Promise(() => {}));
forgetSaved();
dropOld();
tellWhen();
if (!works()) tell(false);
keepOn();
offerAll();
