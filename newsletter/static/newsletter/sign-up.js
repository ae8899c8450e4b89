/** Sign up without leaving the page: the next step, or the form with its errors, replaces it. */

import { replaceSection, submitInPlace } from "../newsroom/submit-in-place.js";

const HEADINGS = "h1, h2, h3";
/** Selectors of the element that gets the focus afterwards; the first that exists is used. */
const FOCUS = [".sign-up-error", "[aria-invalid=true]", HEADINGS];

function show(section, fetched) {
  const shown = replaceSection(section, fetched, HEADINGS);
  enhance(shown);
  const target = FOCUS.map((selector) => shown.querySelector(selector)).find(Boolean);
  if (!target.matches("input")) target.tabIndex = -1;
  target.focus();
}

function enhance(section) {
  const slug = section.dataset.signUpSection;
  submitInPlace(section, {
    form: "[data-sign-up-form]",
    replacement: `[data-sign-up-answer="${slug}"], [data-sign-up-section="${slug}"]`,
    onResponse: (fetched) => show(section, fetched),
  });
}

document.querySelectorAll("[data-sign-up-section]").forEach(enhance);
