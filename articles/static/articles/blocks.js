/**
 * The blocks of an article for keyboards, touch screens and screen readers.
 *
 * The content editor adds blocks by clicks on elements that the keyboard doesn't reach, and moves
 * blocks only by dragging. This module makes buttons of those elements, and adds buttons to each
 * block that move it up and down.
 */

const INSERT_TARGETS = ".order-machine-insert-target";
const BLOCK_KINDS = ".plugin-button[data-plugin-prefix]";
const BLOCKS = ".order-machine .inline-related:not(.empty-form)";
const ICONS = ".order-machine h3 > .material-icons, .plugin-button-icon .material-icons";
const EDITOR = ".ProseMirror[contenteditable]";
const FIELDS = `${EDITOR}, input, select, textarea:not([data-django-prose-editor-configurable])`;

const orderMachine = () => document.querySelector(".order-machine");
const kindOf = (block) => block.querySelector(":scope > h3 > b")?.textContent.replace(/:$/, "");
const orderFieldOf = (block) => block.querySelector(".order-machine-ordering");
const blocksInOrder = () =>
  [...document.querySelectorAll(BLOCKS)].sort((a, b) => a.style.order - b.style.order);

function makeButton(element, label) {
  element.setAttribute("role", "button");
  element.tabIndex = 0;
  element.setAttribute("aria-label", label);
}

/* Moving */

function swap(block, other) {
  const [first, second] = [orderFieldOf(block), orderFieldOf(other)];
  [first.value, second.value] = [second.value, first.value];
  block.style.order = first.value;
  other.style.order = second.value;
}

/** Swap a block with the one before it (step -1) or after it (1); return whether there is one. */
function move(block, step) {
  const blocks = blocksInOrder();
  const other = blocks[blocks.indexOf(block) + step];
  if (!other) return false;
  swap(block, other);
  return true;
}

/** The element whose text screen readers announce; created with the first blocks. */
let status;

function announcePosition(block) {
  const blocks = blocksInOrder();
  status.textContent = `${kindOf(block)} is block ${blocks.indexOf(block) + 1} of ${blocks.length}`;
}

function createMoveButton(block, step, sign, direction) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "block-move-button";
  button.textContent = sign;
  button.setAttribute("aria-label", `Move ${kindOf(block)} ${direction}`);
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // a click on the heading collapses the block
    if (!move(block, step)) return;
    block.scrollIntoView({ block: "nearest" });
    announcePosition(block);
  });
  return button;
}

/* Preparing the form */

/** The block that was added last, until its first field, which may come later, has the focus. */
let newBlock = null;

function focusNewBlock() {
  const fields = newBlock?.querySelectorAll(`:scope > fieldset :is(${FIELDS})`) ?? [];
  const first = [...fields].find((field) => field.checkVisibility());
  if (!first) return;
  newBlock = null;
  first.focus();
}

function labelEditors() {
  for (const editor of document.querySelectorAll(`.order-machine ${EDITOR}:not([aria-label])`)) {
    editor.setAttribute("aria-label", kindOf(editor.closest(".inline-related")));
  }
}

function addMoveButtons(block) {
  const heading = block.querySelector(":scope > h3");
  if (!heading || block.querySelector(".block-move-buttons")) return;
  const buttons = document.createElement("span");
  buttons.className = "block-move-buttons";
  buttons.append(createMoveButton(block, -1, "↑", "up"), createMoveButton(block, 1, "↓", "down"));
  (heading.querySelector(".delete, .inline-deletelink") ?? heading.lastElementChild).before(
    buttons,
  );
}

function prepareElements() {
  for (const target of document.querySelectorAll(INSERT_TARGETS)) {
    makeButton(target, target.matches(".last") ? "Add a block at the end" : "Add a block here");
  }
  for (const kind of document.querySelectorAll(BLOCK_KINDS)) makeButton(kind, kind.title);
  // An icon's text is its name, which a screen reader would read.
  for (const icon of document.querySelectorAll(ICONS)) icon.setAttribute("aria-hidden", "true");
  if (!orderMachine().closest(".order-machine-readonly")) {
    for (const block of document.querySelectorAll(BLOCKS)) addMoveButtons(block);
  }
  labelEditors();
}

function observeBlocks() {
  new MutationObserver(() => {
    labelEditors();
    focusNewBlock();
  }).observe(orderMachine(), { childList: true, subtree: true });
  status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  orderMachine().parentElement.after(status);
}

function prepare() {
  if (!orderMachine()) return;
  prepareElements();
  if (!status) observeBlocks();
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.(`${INSERT_TARGETS}, ${BLOCK_KINDS}`);
  if (!button || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  button.click();
  if (button.matches(`${INSERT_TARGETS}.selected`)) {
    document.querySelector(`${BLOCK_KINDS}:not(.content-editor-hide)`)?.focus();
  }
});

document.addEventListener("formset:added", ({ target }) => {
  setTimeout(() => {
    prepare();
    if (!target.matches(BLOCKS)) return;
    newBlock = target;
    focusNewBlock();
  });
});
document.addEventListener("content-editor:ready", prepare);
prepare();
