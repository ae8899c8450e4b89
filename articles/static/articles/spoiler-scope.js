/**
 * The scope of a spoiler box, which is what it gives away: its attributes, cleaned by the same rules
 * as on the server, and the titles of the article's form.
 */

/** The most characters of a label. */
export const LABEL_LENGTH = 120;
/** The largest season or episode. */
export const LARGEST_NUMBER = 9999;

/* Attributes: an invalid value becomes null, by the same rules as on the server. */

const number = (value) => (/^[1-9]\d{0,3}$/.test(value ?? "") ? Number(value) : null);

/** For each attribute the function that returns its valid value, or null. */
export const cleaners = {
  title: (value) => (/^\d{1,18}$/.test(value ?? "") ? String(value) : null),
  season: number,
  episode: number,
  label(value) {
    // oxlint-disable-next-line no-control-regex -- the server removes them too
    const oneLine = (value ?? "").replace(/[\x00-\x1f\x7f<>]+/g, " ").trim();
    return [...oneLine].slice(0, LABEL_LENGTH).join("").trim() || null;
  },
};

/**
 * The valid attributes of a box.
 *
 * @param {object} attrs
 * @returns {object}
 */
export const cleanAttributes = (attrs) =>
  Object.fromEntries(Object.entries(cleaners).map(([name, clean]) => [name, clean(attrs[name])]));

/* Titles: those of the article are read from its form each time, because they may change. */

// Names from the form and from searches, so that a box can show the name of a title that is no
// longer in the form.
const knownNames = new Map();

// The admin shows a title with its year; readers see the name without it.
const withoutYear = (text) => text.replace(/ \(\d{4}\)$/, "");

const inSameRow = (select, field) =>
  document.getElementsByName(select.name.replace(/-title$/, `-${field}`))[0];

const position = (select) => Number(inSameRow(select, "position")?.value) || 0;

/**
 * The titles chosen in the article's form, in its order.
 *
 * @param {string} selector of the select elements
 * @returns {Array<{id: string, name: string}>}
 */
export function articleTitles(selector) {
  const titles = [...document.querySelectorAll(selector)]
    .filter((select) => select.value && !inSameRow(select, "DELETE")?.checked)
    .sort((a, b) => position(a) - position(b))
    .map((select) => ({ id: select.value, name: withoutYear(select.selectedOptions[0].text) }));
  for (const { id, name } of titles) knownNames.set(id, name);
  return titles;
}

/**
 * The name of a title.
 *
 * @param {string} id
 * @returns {string}
 */
export const nameOf = (id) => knownNames.get(id) ?? `Title no. ${id}`;

/**
 * The text that readers see on the closed box.
 *
 * @param {object} attrs the attributes of the box
 * @param {Array<{id: string, name: string}>} titles the titles of the article
 * @returns {string}
 */
export function summary({ title, season, episode, label }, titles) {
  if (label) return `Spoilers: ${label}`;
  const name = title ? nameOf(title) : titles[0]?.name;
  const part = [season && `season ${season}`, episode && `episode ${episode}`];
  const known = [name, part.filter(Boolean).join(" ")].filter(Boolean);
  return known.length ? `Spoilers: ${known.join(", ")}` : "Spoilers";
}

/**
 * Search titles in the admin's autocomplete view, as the form's title field does.
 *
 * @param {HTMLSelectElement} select the title field
 * @param {string} term
 * @returns {Promise<Array<{id: string, name: string}>>}
 * @throws {Error} if the server refuses
 */
export async function searchTitles(select, term) {
  const url = new URL(select.getAttribute("data-ajax--url"), location.href);
  url.search = new URLSearchParams({
    term,
    app_label: select.dataset.appLabel,
    model_name: select.dataset.modelName,
    field_name: select.dataset.fieldName,
  });
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The title search answered ${response.status}.`);
  const { results } = await response.json();
  for (const { id, text } of results) knownNames.set(String(id), withoutYear(text));
  return results.map(({ id, text }) => ({ id: String(id), name: text }));
}
