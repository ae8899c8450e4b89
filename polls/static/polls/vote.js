/**
 * Vote without leaving the page, and keep the shown result up to date.
 *
 * Before a vote nothing is stored in the browser; after it, only that this browser has voted.
 */

import { findInResponse, replaceSection, submitInPlace } from "../newsroom/submit-in-place.js";

const REFRESH_INTERVAL = 10_000; // milliseconds
const ANNOUNCEMENT_DELAY = 100; // milliseconds
const HEADING = ".poll-question";

/* The vote of this browser */

const storageKey = (slug) => `voted:${slug}`;

function hasVoted(slug) {
  try {
    return localStorage.getItem(storageKey(slug)) !== null;
  } catch {
    return false; // the browser may forbid storage
  }
}

function storeVoted(slug) {
  try {
    localStorage.setItem(storageKey(slug), "1");
  } catch {
    // The form is shown again, and the server says that this reader has voted.
  }
}

/* Replacing a poll */

const selectorOf = (poll) => `[data-poll="${poll.dataset.poll}"]`;

/** Replace a poll with a fetched one and announce its message; return the new poll. */
function show(poll, fetched) {
  // Screen readers announce changes of a live region, so it is empty at first.
  const message = fetched.querySelector("[data-message]");
  const text = message?.textContent ?? "";
  if (message) message.textContent = "";
  const shown = replaceSection(poll, fetched, HEADING);
  enhance(shown);
  setTimeout(() => {
    const region = shown.querySelector("[data-message]");
    if (region) region.textContent = text;
  }, ANNOUNCEMENT_DELAY);
  return shown;
}

function onVoted(poll, fetched, response) {
  if (response.ok) storeVoted(poll.dataset.poll);
  const shown = show(poll, fetched);
  const error = shown.querySelector(".poll-error");
  const target = error ?? shown.querySelector(HEADING);
  target.tabIndex = -1;
  target.focus({ preventScroll: !error });
}

/** Show the result to a browser that has voted; the page is the same for all, with the form. */
async function showOwnResult(poll) {
  const response = await fetch(poll.dataset.ownResultUrl);
  if (!response.ok || !new URL(response.url).pathname.endsWith("/result/")) return;
  const fetched = await findInResponse(response, selectorOf(poll));
  if (!fetched) return;
  const isOpen = poll.querySelector("details")?.open ?? false;
  fetched.querySelector("details")?.toggleAttribute("open", isOpen);
  show(poll, fetched);
}

/* Updating the figures */

const inWords = (count, unit) =>
  `${count.toLocaleString("en-GB")} ${unit}${count === 1 ? "" : "s"}`;

async function refresh(poll) {
  if (document.hidden) return;
  const response = await fetch(poll.dataset.resultsUrl);
  const { result } = response.ok ? await response.json() : {};
  if (!result) return;
  for (const choice of result.choices) {
    const line = poll.querySelector(`[data-choice="${choice.id}"]`);
    if (!line) continue;
    line.querySelector("[data-share]").textContent = choice.share;
    line.querySelector("[data-votes]").textContent = inWords(choice.votes, "vote");
    line.querySelector("[data-bar]").setAttribute("width", `${choice.share}%`);
  }
  const unit = result.several ? "voter" : "vote";
  poll.querySelector("[data-ballots]").textContent = inWords(result.ballots, unit);
}

function refreshRegularly(poll) {
  const timer = setInterval(() => {
    if (poll.isConnected) refresh(poll).catch(() => {});
    else clearInterval(timer);
  }, REFRESH_INTERVAL);
}

function enhance(poll) {
  submitInPlace(poll, {
    form: "[data-vote]",
    replacement: selectorOf(poll),
    onResponse: (fetched, response) => onVoted(poll, fetched, response),
  });
  if (poll.dataset.ownResultUrl && hasVoted(poll.dataset.poll)) {
    showOwnResult(poll).catch(() => {});
  }
  if (poll.dataset.resultsUrl) refreshRegularly(poll);
}

document.querySelectorAll("[data-poll]").forEach(enhance);
