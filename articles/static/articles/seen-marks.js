/**
 * “I’ve seen this: always show”: seen marks are stored in this browser, and open the spoiler boxes
 * that they cover.
 *
 * Nothing is stored before a reader ticks a box, and nothing is sent to the server. A mark opens
 * only boxes about what its reader certainly knows.
 */

/**
 * `work` is the title's id; season and episode are null where they aren't known.
 *
 * @typedef {{work: number|null, season: number|null, episode: number|null}} Scope
 */

const KEY = "newsroom.seen";
const VERSION = 1;
const MAX_MARKS = 1000;
const MAX_NAME_LENGTH = 200;

/**
 * Whether a mark covers a box.
 *
 * A later season includes the earlier ones. A box without a season may be about any season, so a
 * mark with a season doesn't cover it, nor the other way round.
 *
 * @param {Scope} mark
 * @param {Scope} box
 * @returns {boolean}
 */
export function covers(mark, box) {
  if (!mark.work || mark.work !== box.work || !mark.season !== !box.season) return false;
  if (mark.season !== box.season) return box.season < mark.season;
  if (!mark.episode) return Boolean(mark.season) || !box.episode;
  return Boolean(box.episode) && box.episode <= mark.episode;
}

/* Storage: {"version": 1, "marks": [{work, season, episode, name}]} */

const positiveInteger = (value, max) =>
  Number.isInteger(value) && value > 0 && value <= max ? value : null;

function clean(mark) {
  return {
    work: positiveInteger(mark?.work, Number.MAX_SAFE_INTEGER),
    season: positiveInteger(mark?.season, 9999),
    episode: positiveInteger(mark?.episode, 9999),
    name: String(mark?.name ?? "").slice(0, MAX_NAME_LENGTH),
  };
}

/** The stored marks; none where they can't be read, null where the browser forbids storage. */
function readMarks() {
  let text;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    return null;
  }
  try {
    const { version, marks } = JSON.parse(text);
    return version === VERSION ? marks.map(clean).filter(({ work }) => work) : [];
  } catch {
    return [];
  }
}

/** Store marks; return false where the browser refuses. */
function writeMarks(marks) {
  try {
    if (marks.length) {
      const stored = { version: VERSION, marks: marks.slice(-MAX_MARKS) };
      localStorage.setItem(KEY, JSON.stringify(stored));
    } else {
      localStorage.removeItem(KEY);
    }
    return true;
  } catch {
    return false;
  }
}

/* The boxes of the page */

let marks = [];
let boxes = [];

function createElement(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const isCovered = (box) => marks.some((mark) => covers(mark, box));
const isInClosedBox = ({ section }) =>
  Boolean(section.parentElement.closest("details:not([open])"));

function setOpen(box, open) {
  box.open = open; // set before the toggle event, so that the change isn't taken for the reader's
  box.details.open = open;
}

/** Update boxes, checkboxes and the summary at the top from the marks. */
function update() {
  for (const box of boxes) {
    const covered = isCovered(box);
    box.checkbox.checked = covered;
    if (box.isManual) continue;
    if (covered && !box.details.open) {
      box.isAutomatic = true;
      setOpen(box, true);
    } else if (!covered && box.isAutomatic) {
      box.isAutomatic = false;
      setOpen(box, false);
    }
  }
  showSummary();
}

/** A box that the reader has changed stays as it is, and so do those around it. */
function markAsManual(chosen) {
  for (const box of boxes) box.isManual ||= box.section.contains(chosen.section);
}

function onMarkChange(box) {
  markAsManual(box);
  const before = readMarks() ?? [];
  const { work, season, episode, name } = box;
  const wanted = box.checkbox.checked
    ? [...before, { work, season, episode, name }]
    : before.filter((mark) => !covers(mark, box));
  const isStored = writeMarks(wanted);
  box.status.textContent = isStored ? "" : "This browser refuses to keep it.";
  marks = isStored ? wanted : before;
  update();
}

function addCheckbox(box) {
  box.checkbox = createElement("input", { type: "checkbox" });
  box.checkbox.addEventListener("change", () => onMarkChange(box));
  box.status = createElement("span", { role: "status" });
  const scope = box.section.querySelector("summary .spoiler-scope > span")?.textContent ?? "";
  const text = createElement("span", {}, createElement("b", {}, "I’ve seen this: always show "));
  text.append(createElement("small", {}, `${scope}. Kept in this browser only.`));
  const label = createElement("label", {}, box.checkbox, text);
  box.details
    .querySelector(".spoiler-body")
    .prepend(createElement("div", { className: "seen-mark" }, label, box.status));
}

function onToggle(box) {
  if (box.details.open === box.open) return;
  box.open = box.details.open;
  box.isManual = true;
  showSummary(); // boxes inside it may be shown or hidden now
}

/* The summary at the top names the marks that opened boxes here, and removes them on request. */

const summary = document.querySelector("[data-opened-boxes]");
const status = summary?.querySelector("[role=status]");
const button = createElement(
  "button",
  { type: "button", className: "button" },
  "Close them and forget",
);
button.addEventListener("click", removeMarks);

const openedBoxes = () =>
  boxes.filter((box) => box.isAutomatic && isCovered(box) && !isInClosedBox(box));

/** The mark that covers the other; both are on one work, with or without seasons. */
const wider = (one, other) => (covers(one, other) ? one : other);

function describe({ work, season, episode, name }) {
  const named = boxes.find((box) => box.work === work && box.name && !isInClosedBox(box));
  const parts = [season && `season ${season}`, episode && `episode ${episode}`].filter(Boolean);
  const extent = parts.length ? `up to ${parts.join(", ")}` : "";
  return [named?.name || name, extent].filter(Boolean).join(" ");
}

function showSummary() {
  if (!summary) return;
  const widest = new Map();
  for (const box of openedBoxes()) {
    for (const mark of marks.filter((each) => covers(each, box))) {
      const group = `${mark.work} ${mark.season ? "season" : mark.episode ? "episode" : ""}`;
      widest.set(group, wider(widest.get(group) ?? mark, mark));
    }
  }
  const names = [...widest.values()].map(describe).filter(Boolean).join("; ");
  const text = names && `Opened for you, because you said that you have seen it: ${names}.`;
  if (status.textContent === text) return;
  status.textContent = text;
  if (text) summary.append(button);
  else button.remove();
}

function removeMarks() {
  const opened = openedBoxes();
  const wanted = (readMarks() ?? []).filter((mark) => !opened.some((box) => covers(mark, box)));
  if (!writeMarks(wanted)) return;
  marks = wanted;
  // Including boxes that the reader has closed and opened again: the button says so.
  for (const box of opened) box.isManual = false;
  update();
  status.textContent = "Closed again and forgotten.";
  status.tabIndex = -1;
  status.focus();
}

function reload() {
  marks = readMarks() ?? [];
  update();
}

/** The number in a data attribute of a section, or null. */
const numberOf = (section, name) => Number(section.dataset[name]) || null;

function start() {
  const stored = readMarks();
  if (!stored) return;
  boxes = [...document.querySelectorAll(".spoiler[data-work]")].map((section) => {
    const details = section.querySelector("details");
    return {
      section,
      details,
      work: numberOf(section, "work"),
      season: numberOf(section, "season"),
      episode: numberOf(section, "episode"),
      name: section.dataset.name ?? "",
      open: details.open,
      // The reader may have opened it before this script ran.
      isManual: details.open,
      isAutomatic: false,
    };
  });
  for (const box of boxes) {
    addCheckbox(box);
    box.details.addEventListener("toggle", () => onToggle(box));
  }
  marks = stored;
  update();
  addEventListener("storage", ({ key }) => (key === KEY || key === null) && reload());
  addEventListener("pageshow", ({ persisted }) => persisted && reload());
}

start();
