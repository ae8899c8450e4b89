/**
 * What a form of the admin says, as a list of [name, value] in order, and how to tell whether
 * two such lists say the same.
 */

const OWN = new Set(["csrfmiddlewaretoken", "_kept"]);
const ROW = /^(.+-\d+)-(\w+)$/;
const COUNT = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;

/** What a form would send now, without files, buttons and the rows that new ones are made of. */
export function entriesOf(form) {
  return [...new FormData(form)].filter(
    ([name, value]) =>
      typeof value === "string" && !OWN.has(name) && !name.includes("__prefix__"),
  );
}

/**
 * The same text for two lists that say the same: whichever way their rows are numbered, whether
 * stored or not yet. Where a block stands is among its fields; a deleted row says nothing.
 */
export function meaning(entries) {
  const fields = [];
  const rows = new Map();
  for (const [name, value] of entries) {
    const [, row, field] = name.match(ROW) ?? [];
    if (!row) {
      if (name !== "_version" && !COUNT.test(name)) fields.push([name, value]);
    } else if (field !== "id") {
      if (!rows.has(row)) rows.set(row, [row.replace(/\d+$/, "")]);
      rows.get(row).push([field, value]);
    }
  }
  const left = [...rows.values()].filter((row) => !row.some(([field]) => field === "DELETE"));
  return JSON.stringify([fields, left.map((row) => JSON.stringify(row)).sort()]);
}
