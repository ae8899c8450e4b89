/** Select the content of a field when it gets the focus: <input data-select-on-focus>. */

for (const field of document.querySelectorAll("[data-select-on-focus]")) {
  field.addEventListener("focus", () => field.select());
  // The click that gives the focus also removes the selection.
  field.addEventListener("click", () => {
    if (field.selectionStart === field.selectionEnd) field.select();
  });
}
