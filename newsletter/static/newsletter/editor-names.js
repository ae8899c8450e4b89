/** The name of the field for the text editor that takes its place, which comes when it is ready. */

const EDITOR = ".ProseMirror[contenteditable]:not([aria-label])";

function nameEditors() {
  for (const editor of document.querySelectorAll(`.form-row ${EDITOR}`)) {
    const label = editor.closest(".form-row").querySelector("label");
    if (label) editor.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
}

const form = document.querySelector("#content-main form");
if (form) new MutationObserver(nameEditors).observe(form, { childList: true, subtree: true });
nameEditors();
