/**
 * The blocks of an article for the keyboard, for touch and for screen readers.
 *
 * The content editor adds blocks by clicks on elements that no keyboard reaches, and moves
 * them by dragging alone. Here its buttons become buttons, and each block can be moved by
 * buttons of its own.
 */

const PLACES = ".order-machine-insert-target";
const KINDS = ".plugin-button[data-plugin-prefix]";
const BLOCKS = ".order-machine .inline-related:not(.empty-form)";
const ICONS = ".order-machine h3 > .material-icons, .plugin-button-icon .material-icons";
const EDITOR = ".ProseMirror[contenteditable]";
const FIELDS = `${EDITOR}, input, select, textarea:not([data-django-prose-editor-configurable])`;

const machine = () => document.querySelector(".order-machine");
const kindOf = (block) => block.querySelector(":scope > h3 > b")?.textContent.replace(/:$/, "");
const orderOf = (block) => block.querySelector(".order-machine-ordering");
const inOrder = () =>
  [...document.querySelectorAll(BLOCKS)].sort((a, b) => a.style.order - b.style.order);

function makeButton(element, label) {
  element.setAttribute("role", "button");
  element.tabIndex = 0;
  element.setAttribute("aria-label", label);
}

/* Moving */

function swap(one, other) {
  const [first, second] = [orderOf(one), orderOf(other)];
  [first.value, second.value] = [second.value, first.value];
  one.style.order = first.value;
  other.style.order = second.value;
}

/** Swap a block with the one before (-1) or after (1) it; whether there was one. */
function move(block, step) {
  const blocks = inOrder();
  const other = blocks[blocks.indexOf(block) + step];
  if (!other) return false;
  swap(block, other);
  return true;
}

let status;

function announce(block) {
  const blocks = inOrder();
  status.textContent = `${kindOf(block)} is block ${blocks.indexOf(block) + 1} of ${blocks.length}`;
}

function moveButton(block, step, sign, where) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "block-move-button";
  button.textContent = sign;
  button.setAttribute("aria-label", `Move ${kindOf(block)} ${where}`);
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // a click on the heading folds the block
    if (!move(block, step)) return;
    block.scrollIntoView({ block: "nearest" });
    announce(block);
  });
  return button;
}

/* Making ready */

/** The block that was added last, until the caret is in it: its text editor comes later. */
let unfilled = null;

function fill() {
  const fields = unfilled?.querySelectorAll(`:scope > fieldset :is(${FIELDS})`) ?? [];
  const first = [...fields].find((field) => field.checkVisibility());
  if (!first) return;
  unfilled = null;
  first.focus();
}

function nameEditors() {
  for (const editor of document.querySelectorAll(`.order-machine ${EDITOR}:not([aria-label])`))
    editor.setAttribute("aria-label", kindOf(editor.closest(".inline-related")));
}

function prepare(block) {
  const heading = block.querySelector(":scope > h3");
  if (!heading || block.querySelector(".block-move-buttons")) return;
  const moves = document.createElement("span");
  moves.className = "block-move-buttons";
  moves.append(moveButton(block, -1, "↑", "up"), moveButton(block, 1, "↓", "down"));
  (heading.querySelector(".delete, .inline-deletelink") ?? heading.lastElementChild).before(moves);
}

function prepareAll() {
  if (!machine()) return;
  for (const place of document.querySelectorAll(PLACES))
    makeButton(place, place.matches(".last") ? "Add a block at the end" : "Add a block here");
  for (const kind of document.querySelectorAll(KINDS)) makeButton(kind, kind.title);
  // Its text is the icon's name, and would be read out.
  for (const icon of document.querySelectorAll(ICONS))
    icon.setAttribute("aria-hidden", "true");
  if (!machine().closest(".order-machine-readonly"))
    for (const block of document.querySelectorAll(BLOCKS)) prepare(block);
  nameEditors();
  if (status) return;
  new MutationObserver(() => {
    nameEditors();
    fill();
  }).observe(machine(), { childList: true, subtree: true });
  status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  machine().parentElement.after(status);
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.(`${PLACES}, ${KINDS}`);
  if (!button || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  button.click();
  if (button.matches(`${PLACES}.selected`))
    document.querySelector(`${KINDS}:not(.content-editor-hide)`)?.focus();
});

// A new block is there to be filled: the caret goes into it.
document.addEventListener("formset:added", ({ target }) => {
  setTimeout(() => {
    prepareAll();
    if (!target.matches(BLOCKS)) return;
    unfilled = target;
    fill();
  });
});
document.addEventListener("content-editor:ready", prepareAll);
prepareAll();
