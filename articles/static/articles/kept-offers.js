/**
 * The banner that offers texts which were never saved: to bring one back, or to throw it away.
 */

const UNITS = [
  ["day", 24 * 60 * 60 * 1000],
  ["hour", 60 * 60 * 1000],
  ["minute", 60 * 1000],
];
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const AGO = new Intl.RelativeTimeFormat("en-GB");

/** "14:32" today, "22 November, 14:32" on another day. */
export function clockTime(time) {
  const [day, today] = [time, Date.now()].map((moment) => DAY.format(moment));
  return day === today ? TIME.format(time) : fullTime(time);
}

const fullTime = (time) => `${DAY.format(time)}, ${TIME.format(time)}`;

function ago(time) {
  const age = Date.now() - time;
  const [unit, length] = UNITS.find(([, length]) => age >= length) ?? [];
  return unit ? AGO.format(-Math.floor(age / length), unit) : "less than a minute ago";
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function button(label, className, action) {
  const made = element("button", { type: "button", className, textContent: label });
  made.addEventListener("click", action);
  return made;
}

/** Ask whether to throw a text away; calls `action` if so. */
function ask(kept, action) {
  const question = `Throw away the text from ${fullTime(kept.time)}? It can't be brought back then.`;
  const text = element("p", { id: "desk-confirm-text", textContent: question });
  const dialog = element("dialog", { className: "desk-confirm-dialog" });
  const answer = (agreed) => () => {
    dialog.close();
    if (agreed) action();
  };
  const buttons = [
    button("Keep it", "button desk-autosave-button", answer(false)),
    button("Throw it away for good", "button desk-autosave-button desk-autosave-delete", answer(true)),
  ];
  dialog.setAttribute("aria-labelledby", text.id);
  dialog.append(text, element("div", { className: "desk-autosave-buttons" }, ...buttons));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function nameOf({ entries }) {
  const headline = entries.find(([name]) => name === "headline")?.[1].trim();
  return headline ? `, “${headline}”,` : "";
}

function row(kept, named, { bringBack, throwAway }) {
  const time = element("time", {
    dateTime: new Date(kept.time).toISOString(),
    textContent: fullTime(kept.time),
  });
  const name = named ? nameOf(kept) : "";
  const end = ` (${ago(kept.time)})${name} was not saved. It is kept in this browser.`;
  const text = element("p", { id: `kept-${kept.token}` }, "Text from ", time, end);
  const buttons = [
    button("Bring it back", "button desk-autosave-button", bringBack),
    button("Throw it away", "button desk-autosave-button desk-autosave-delete", () => ask(kept, throwAway)),
  ];
  for (const made of buttons) made.setAttribute("aria-describedby", text.id);
  return element("li", {}, text, element("div", { className: "desk-autosave-buttons" }, ...buttons));
}

/**
 * Offers in an element, newest first; returns the function that adds one.
 *
 * @param {HTMLElement} place where they go
 * @param {{named: boolean, say: Function, bringBack: Function, throwAway: Function}} how whether
 *   a text is told from others by its headline, what says a sentence to those who don't see the
 *   page, and what to do with a text
 */
export function offersIn(place, { named, say, bringBack, throwAway }) {
  let texts = [];
  const list = element("ul");
  const banner = element("section", { className: "desk-autosave-offers" }, list);
  banner.setAttribute("aria-label", "Text that was not saved");

  function end(kept) {
    throwAway(kept);
    texts = texts.filter((other) => other !== kept);
    show();
    say("The text is thrown away.");
    (banner.querySelector("button") ?? place).focus();
  }

  function show() {
    const actions = (kept) => ({ bringBack: () => bringBack(kept), throwAway: () => end(kept) });
    list.replaceChildren(...texts.map((kept) => row(kept, named, actions(kept))));
    if (texts.length) place.append(banner);
    else banner.remove();
  }

  return (kept) => {
    texts = [...texts, kept].sort((a, b) => b.time - a.time);
    show();
    say("There is text of yours that was not saved. It is offered at the top of the form.");
  };
}
