/** Give each text editor the label of the field that it replaces; editors are created late. */

const EDITOR = ".ProseMirror[contenteditable]:not([aria-label])";

function labelEditors() {
  for (const editor of document.querySelectorAll(`.form-row ${EDITOR}`)) {
    const label = editor.closest(".form-row").querySelector("label");
    if (label) editor.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
}

const form = document.querySelector("#content-main form");
if (form) new MutationObserver(labelEditors).observe(form, { childList: true, subtree: true });
labelEditors();
