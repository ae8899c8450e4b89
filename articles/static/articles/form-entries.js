/** The content of an admin form as a list of [name, value] pairs, and how to compare two lists. */

const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "_autosave"]);
const ROW_FIELD = /^(.+-\d+)-(\w+)$/;
const MANAGEMENT_FIELD = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;

/**
 * The entries that a form would send, without files, buttons and the templates of new rows.
 *
 * @param {HTMLFormElement} form
 * @returns {Array<[string, string]>}
 */
export function entriesOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) =>
      typeof value === "string" && !NOT_CONTENT.has(name) && !name.includes("__prefix__"),
  );
}

/**
 * A string that is equal for two lists of entries with the same content.
 *
 * The numbers of rows don't matter, nor whether a row is stored already: a block's position is
 * one of its fields. Deleted rows are left out.
 *
 * @param {Array<[string, string]>} entries
 * @returns {string}
 */
export function contentKey(entries) {
  const fields = [];
  const rows = new Map();
  for (const [name, value] of entries) {
    const [, row, field] = name.match(ROW_FIELD) ?? [];
    if (!row) {
      if (name !== "_version" && !MANAGEMENT_FIELD.test(name)) fields.push([name, value]);
    } else if (field !== "id") {
      if (!rows.has(row)) rows.set(row, [row.replace(/\d+$/, "")]);
      rows.get(row).push([field, value]);
    }
  }
  const remaining = [...rows.values()].filter((row) => !row.some(([field]) => field === "DELETE"));
  return JSON.stringify([fields, remaining.map((row) => JSON.stringify(row)).sort()]);
}
