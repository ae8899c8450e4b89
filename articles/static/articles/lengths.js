/**
 * A live count below fields that have an ideal length: <input data-length-hint="60">.
 *
 * The count is tied to its field, and read out only after a pause in typing.
 */

const PAUSE = 1000; // milliseconds

// Code points, as the server counts.
const lengthOf = (field) => [...field.value].length;

function describe(length, ideal) {
  if (length <= ideal) return `${length} of about ${ideal} characters`;
  return `${length} of about ${ideal} characters: ${length - ideal} more than will surely be shown`;
}

function element(className, attributes = {}) {
  const made = document.createElement("div");
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function addCount(field) {
  const ideal = Number(field.dataset.lengthHint);
  if (!(ideal > 0) || !field.id || field.id.includes("__prefix__") || countOf(field)) return;

  const count = element("help length-hint", { id: `${field.id}_length` });
  const spoken = element("visually-hidden", { role: "status" });
  (field.closest(".flex-container") ?? field).after(count, spoken);
  const described = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", [described, count.id].filter(Boolean).join(" "));

  let timer;
  const update = () => {
    const length = lengthOf(field);
    count.textContent = describe(length, ideal);
    count.classList.toggle("length-hint--over", length > ideal);
  };
  field.addEventListener("input", () => {
    update();
    clearTimeout(timer);
    timer = setTimeout(() => (spoken.textContent = count.textContent), PAUSE);
  });
  update();
}

const countOf = (field) => document.getElementById(`${field.id}_length`);

function addCounts(container) {
  for (const field of container.querySelectorAll("[data-length-hint]")) addCount(field);
}

addCounts(document);
document.addEventListener("formset:added", (event) => addCounts(event.target));
