/**
 * Accessible names for elements to which Django's admin gives none: fields in tables, which have
 * only the column's heading, and the elements that Select2 shows instead of a field.
 */

const { jQuery } = window.django ?? {};

const textOf = (element) =>
  element?.textContent
    .replace(/\s+/g, " ")
    .replace(/[:?]\s*$/, "")
    .trim();

/** The heading of a table's cell. */
const headingOf = (cell) => cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];

function nameFieldsInTables() {
  const fields = "td :is(input:not([type=hidden]), select, textarea)";
  for (const field of document.querySelectorAll(`:is(.tabular, #result_list) ${fields}`)) {
    if (field.labels?.length || field.hasAttribute("aria-label")) continue;
    const name = textOf(headingOf(field.closest("td")));
    if (name) field.setAttribute("aria-label", name);
  }
  // The empty heading of the column with the stored row's name.
  for (const heading of document.querySelectorAll("th.original:empty")) {
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = "Stored as";
    heading.append(name);
  }
}

function nameSelect2(select) {
  const shown = select.nextElementSibling;
  const name = select.getAttribute("aria-label") || textOf(select.labels[0]);
  if (!shown?.matches(".select2-container") || !name) return;
  shown.querySelector("[role=textbox]")?.setAttribute("aria-label", name);
  shown.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
  const box = shown.querySelector("[role=combobox]");
  const value = box?.getAttribute("aria-labelledby");
  if (value) {
    const label = document.createElement("span");
    label.id = `${value}-name`;
    label.hidden = true;
    label.textContent = name;
    if (!document.getElementById(label.id)) shown.append(label);
    box.setAttribute("aria-labelledby", `${label.id} ${value.split(" ").pop()}`);
  }
  // It holds the choices and a button, so it is not a list.
  shown.querySelector("ul.select2-selection__rendered")?.setAttribute("role", "none");
}

function nameSearch() {
  const search = document.getElementById("searchbar");
  search?.setAttribute("aria-label", textOf(document.querySelector("#content h1")) ?? "Search");
}

function namePictures() {
  for (const link of document.querySelectorAll("#result_list .field-thumbnail a")) {
    link.setAttribute("aria-label", textOf(link.closest("tr").querySelector(".field-alt")));
  }
}

function nameAll() {
  nameFieldsInTables();
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    nameSelect2(select);
  }
  nameSearch();
  namePictures();
}

// Select2 renders its elements again after each choice, and triggers events only in jQuery.
jQuery?.(document).on("select2:open select2:select select2:unselect change", ({ target }) => {
  if (!target.matches("select.select2-hidden-accessible")) return;
  nameSelect2(target);
  document
    .querySelector(".select2-dropdown .select2-search__field")
    ?.setAttribute("aria-label", "Search");
});
document.addEventListener("formset:added", nameAll);
// After the admin's own scripts, which wait for the same event.
if (jQuery) jQuery(nameAll);
else nameAll();
