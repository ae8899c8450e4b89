/**
 * Submit a form and show the result without leaving the page.
 *
 * The form works without this module. With it, the response, a page like any other, is fetched,
 * and a section of that page replaces the section of this page that holds the form.
 */

/**
 * Return the first element of a fetched page that matches a selector, or null.
 *
 * @param {Response} response
 * @param {string} selector
 * @returns {Promise<Element|null>}
 */
export async function findInResponse(response, selector) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector(selector);
}

/** Give a heading another level ("h1" to "h6"), with the same attributes and content. */
function changeLevel(heading, level) {
  const renamed = document.createElement(level);
  for (const { name, value } of heading.attributes) renamed.setAttribute(name, value);
  renamed.append(...heading.childNodes);
  heading.replaceWith(renamed);
}

/**
 * Replace a section of this page with a fetched element; return the element.
 *
 * The section's heading keeps its level: the same content has another level on other pages.
 *
 * @param {Element} section
 * @param {Element} fetched
 * @param {string} headingSelector
 * @returns {Element}
 */
export function replaceSection(section, fetched, headingSelector) {
  const level = section.querySelector(headingSelector)?.localName;
  const heading = fetched.querySelector(headingSelector);
  if (level && heading && heading.localName !== level) changeLevel(heading, level);
  const replacement = document.adoptNode(fetched);
  section.replaceWith(replacement);
  return replacement;
}

/**
 * Send a section's form in the background, and pass the fetched replacement to a function.
 *
 * Without a usable response, the browser submits the form as it would without this module.
 *
 * @param {Element} section
 * @param {object} options
 * @param {string} options.form the selector of the form in the section
 * @param {string} options.replacement the selector of the replacement in the fetched page
 * @param {(fetched: Element, response: Response) => void} options.onResponse
 */
export function submitInPlace(section, { form: selector, replacement, onResponse }) {
  const form = section.querySelector(selector);

  async function submit(event) {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.action, { method: "POST", body });
      const fetched = await findInResponse(response, replacement);
      if (!fetched) throw new Error(`Status ${response.status}`);
      onResponse(fetched, response);
    } catch {
      form.removeEventListener("submit", submit);
      form.requestSubmit();
    }
  }

  form?.addEventListener("submit", submit);
}
