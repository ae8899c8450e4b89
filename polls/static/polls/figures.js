/** What is there to be copied is selected as soon as one comes to it. */

for (const field of document.querySelectorAll("[data-select-on-focus]")) {
  field.addEventListener("focus", () => field.select());
  // A press of the mouse that brings the focus would take the selection away again.
  field.addEventListener("click", () => {
    if (field.selectionStart === field.selectionEnd) field.select();
  });
}
