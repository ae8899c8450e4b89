/**
 * What a spoiler box gives away: its attributes, cleaned by the server's own rules, and the
 * titles that the article's form knows.
 */

export const LABEL_LENGTH = 120;
export const LARGEST_NUMBER = 9999;

/* Attributes: what isn't plainly right is dropped, by the same rules as on the server. */

const number = (value) => (/^[1-9]\d{0,3}$/.test(value ?? "") ? Number(value) : null);

export const cleaners = {
  title: (value) => (/^\d{1,18}$/.test(value ?? "") ? String(value) : null),
  season: number,
  episode: number,
  label(value) {
    const oneLine = (value ?? "").replace(/[\x00-\x1f\x7f<>]+/g, " ").trim();
    return [...oneLine].slice(0, LABEL_LENGTH).join("").trim() || null;
  },
};

export const cleanAttributes = (attrs) =>
  Object.fromEntries(Object.entries(cleaners).map(([name, clean]) => [name, clean(attrs[name])]));

/* Titles: those of the article are read from its form, which may change at any time. */

// Names that were seen in the form or in a search, so that a box can still show the name of
// a title that has left the form since.
const knownNames = new Map();

// The admin shows a title with its year; readers get the name alone.
const bare = (text) => text.replace(/ \(\d{4}\)$/, "");

const inSameRow = (select, field) =>
  document.getElementsByName(select.name.replace(/-title$/, `-${field}`))[0];

const position = (select) => Number(inSameRow(select, "position")?.value) || 0;

/** The titles chosen in the article's form, in its order: [{id, name}]. */
export function articleTitles(selector) {
  const titles = [...document.querySelectorAll(selector)]
    .filter((select) => select.value && !inSameRow(select, "DELETE")?.checked)
    .sort((a, b) => position(a) - position(b))
    .map((select) => ({ id: select.value, name: bare(select.selectedOptions[0].text) }));
  for (const { id, name } of titles) knownNames.set(id, name);
  return titles;
}

export const nameOf = (id) => knownNames.get(id) ?? `Title no. ${id}`;

/** What readers will see on the closed box. */
export function summary({ title, season, episode, label }, titles) {
  if (label) return `Spoilers: ${label}`;
  const name = title ? nameOf(title) : titles[0]?.name;
  const part = [season && `season ${season}`, episode && `episode ${episode}`];
  const known = [name, part.filter(Boolean).join(" ")].filter(Boolean);
  return known.length ? `Spoilers: ${known.join(", ")}` : "Spoilers";
}

/** Ask the admin's autocomplete view, as the form's own title field does: [{id, name}]. */
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
  for (const { id, text } of results) knownNames.set(String(id), bare(text));
  return results.map(({ id, text }) => ({ id: String(id), name: text }));
}
