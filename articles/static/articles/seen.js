/**
 * “I’ve seen this: always show”: what a reader says to have seen is kept in this browser, and
 * boxes up to there open by themselves. Nothing is kept before a reader says so, and nothing is
 * ever sent. No mark opens more than its reader can be sure to know.
 */

const KEY = "newsroom.seen";
const VERSION = 1;
const MOST_MARKS = 1000;
const LONGEST_NAME = 200;

/**
 * Whether a mark reaches a box; both are {work, season, episode}, null where it isn't known.
 *
 * A later season includes the earlier ones. Where the season isn't known a box may be about
 * any, so a mark with a season opens none of those, and the other way round.
 */
export function covers(mark, box) {
  if (!mark.work || mark.work !== box.work || !mark.season !== !box.season) return false;
  if (mark.season !== box.season) return box.season < mark.season;
  if (!mark.episode) return Boolean(mark.season) || !box.episode;
  return Boolean(box.episode) && box.episode <= mark.episode;
}

/* What is kept: {"version": 1, "marks": [{work, season, episode, name}]} */

const number = (value, most) =>
  Number.isInteger(value) && value > 0 && value <= most ? value : null;

function clean(mark) {
  return {
    work: number(mark?.work, Number.MAX_SAFE_INTEGER),
    season: number(mark?.season, 9999),
    episode: number(mark?.episode, 9999),
    name: String(mark?.name ?? "").slice(0, LONGEST_NAME),
  };
}

/** The marks of this browser; none where they can't be read, null where none can be kept. */
function read() {
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

/** Keep marks; false where the browser refuses. */
function keep(marks) {
  try {
    if (marks.length) {
      const kept = { version: VERSION, marks: marks.slice(-MOST_MARKS) };
      localStorage.setItem(KEY, JSON.stringify(kept));
    } else {
      localStorage.removeItem(KEY);
    }
    return true;
  } catch {
    return false;
  }
}

/* The page */

let marks = [];
let boxes = [];

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const isCovered = (box) => marks.some((mark) => covers(mark, box));
const isInClosedBox = ({ section }) =>
  Boolean(section.parentElement.closest("details:not([open])"));

function setOpen(box, open) {
  box.open = open; // known before the event tells, so that it isn't taken for the reader's doing
  box.details.open = open;
}

/** Bring boxes, ticks and the line at the top in step with the marks. */
function show() {
  for (const box of boxes) {
    const covered = isCovered(box);
    box.tick.checked = covered;
    if (box.byHand) continue;
    if (covered && !box.details.open) {
      box.byItself = true;
      setOpen(box, true);
    } else if (!covered && box.byItself) {
      box.byItself = false;
      setOpen(box, false);
    }
  }
  showLine();
}

/** A box where the reader has a hand in stays as it is, and so do those around it. */
function leaveToReader(chosen) {
  for (const box of boxes) box.byHand ||= box.section.contains(chosen.section);
}

function onTick(box) {
  leaveToReader(box);
  const now = read() ?? [];
  const { work, season, episode, name } = box;
  const wanted = box.tick.checked
    ? [...now, { work, season, episode, name }]
    : now.filter((mark) => !covers(mark, box));
  const kept = keep(wanted);
  box.note.textContent = kept ? "" : "This browser refuses to keep it.";
  marks = kept ? wanted : now;
  show();
}

function offer(box) {
  box.tick = make("input", { type: "checkbox" });
  box.tick.addEventListener("change", () => onTick(box));
  box.note = make("span", { role: "status" });
  const scope = box.section.querySelector("summary .spoiler-scope > span")?.textContent ?? "";
  const words = make("span", {}, make("b", {}, "I’ve seen this: always show "));
  words.append(make("small", {}, `${scope}. Kept in this browser only.`));
  const label = make("label", {}, box.tick, words);
  box.details.querySelector(".spoiler-body").prepend(
    make("div", { className: "seen-mark" }, label, box.note),
  );
}

function onToggle(box) {
  if (box.details.open === box.open) return;
  box.open = box.details.open;
  box.byHand = true;
  showLine(); // what it holds may have come to light, or gone
}

/* The line at the top names and takes back what opened something here. */

const line = document.querySelector("[data-opened-boxes]");
const status = line?.querySelector("[role=status]");
const button = make("button", { type: "button", className: "button" }, "Close them and forget");
button.addEventListener("click", takeBack);

const opened = () => boxes.filter((box) => box.byItself && isCovered(box) && !isInClosedBox(box));

/** The mark that reaches farthest; those compared are on one work and in one way of counting. */
const farther = (one, other) => (covers(one, other) ? one : other);

function reach({ work, season, episode, name }) {
  const known = boxes.find((box) => box.work === work && box.name && !isInClosedBox(box));
  const parts = [season && `season ${season}`, episode && `episode ${episode}`].filter(Boolean);
  const place = parts.length ? `up to ${parts.join(", ")}` : "";
  return [known?.name || name, place].filter(Boolean).join(" ");
}

function showLine() {
  if (!line) return;
  const farthest = new Map();
  for (const box of opened()) {
    for (const mark of marks.filter((each) => covers(each, box))) {
      const chain = `${mark.work} ${mark.season ? "season" : mark.episode ? "episode" : ""}`;
      farthest.set(chain, farther(farthest.get(chain) ?? mark, mark));
    }
  }
  const names = [...farthest.values()].map(reach).filter(Boolean).join("; ");
  const text = names && `Opened for you, because you said that you have seen it: ${names}.`;
  if (status.textContent === text) return;
  status.textContent = text;
  if (text) line.append(button);
  else button.remove();
}

function takeBack() {
  const here = opened();
  const wanted = (read() ?? []).filter((mark) => !here.some((box) => covers(mark, box)));
  if (!keep(wanted)) return;
  marks = wanted;
  // Those too that the reader has closed and opened again: it says that it closes them.
  for (const box of here) box.byHand = false;
  show();
  status.textContent = "Closed again and forgotten.";
  status.tabIndex = -1;
  status.focus();
}

function refresh() {
  marks = read() ?? [];
  show();
}

function start() {
  const stored = read();
  if (!stored) return;
  const attribute = (section, name) => Number(section.dataset[name]) || null;
  boxes = [...document.querySelectorAll(".spoiler[data-work]")].map((section) => {
    const details = section.querySelector("details");
    return {
      section,
      details,
      work: attribute(section, "work"),
      season: attribute(section, "season"),
      episode: attribute(section, "episode"),
      name: section.dataset.name ?? "",
      open: details.open,
      // The reader may have been quicker than this script.
      byHand: details.open,
      byItself: false,
    };
  });
  for (const box of boxes) {
    offer(box);
    box.details.addEventListener("toggle", () => onToggle(box));
  }
  marks = stored;
  show();
  addEventListener("storage", ({ key }) => (key === KEY || key === null) && refresh());
  addEventListener("pageshow", ({ persisted }) => persisted && refresh());
}

start();
