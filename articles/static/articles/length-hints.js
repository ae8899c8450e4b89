/**
 * A count of characters below fields with an ideal length: <input data-length-hint="60">.
 *
 * The count describes its field; screen readers announce it only after a pause in typing.
 */

const PAUSE = 1000; // milliseconds

/** The number of code points, as the server counts. */
const lengthOf = (field) => [...field.value].length;

const countOf = (field) => document.getElementById(`${field.id}_length`);

function describe(length, ideal) {
  if (length <= ideal) return `${length} of about ${ideal} characters`;
  return `${length} of about ${ideal} characters: ${length - ideal} more than will surely be shown`;
}

function createElement(className, attributes = {}) {
  const element = document.createElement("div");
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function addCount(field) {
  const ideal = Number(field.dataset.lengthHint);
  if (!(ideal > 0) || !field.id || field.id.includes("__prefix__") || countOf(field)) return;

  const count = createElement("help length-hint", { id: `${field.id}_length` });
  const status = createElement("visually-hidden", { role: "status" });
  (field.closest(".flex-container") ?? field).after(count, status);
  const describedBy = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", [describedBy, count.id].filter(Boolean).join(" "));

  let timer;
  const update = () => {
    const length = lengthOf(field);
    count.textContent = describe(length, ideal);
    count.classList.toggle("length-hint--over", length > ideal);
  };
  const announce = () => {
    status.textContent = count.textContent;
  };
  field.addEventListener("input", () => {
    update();
    clearTimeout(timer);
    timer = setTimeout(announce, PAUSE);
  });
  update();
}

function addCounts(container) {
  for (const field of container.querySelectorAll("[data-length-hint]")) addCount(field);
}

addCounts(document);
document.addEventListener("formset:added", (event) => addCounts(event.target));
