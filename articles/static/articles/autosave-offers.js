/** The banner that offers autosaved texts: each can be restored or discarded. */

const UNITS = [
  ["day", 24 * 60 * 60 * 1000],
  ["hour", 60 * 60 * 1000],
  ["minute", 60 * 1000],
];
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const AGO = new Intl.RelativeTimeFormat("en-GB");

const fullTime = (time) => `${DAY.format(time)}, ${TIME.format(time)}`;

/**
 * A time for readers: "14:32" today, "22 November, 14:32" on another day.
 *
 * @param {number} time milliseconds since 1970
 * @returns {string}
 */
export function clockTime(time) {
  const isToday = DAY.format(time) === DAY.format(Date.now());
  return isToday ? TIME.format(time) : fullTime(time);
}

function ago(time) {
  const age = Date.now() - time;
  const [unit, length] = UNITS.find(([, milliseconds]) => age >= milliseconds) ?? [];
  return unit ? AGO.format(-Math.floor(age / length), unit) : "less than a minute ago";
}

function createElement(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function createButton(label, className, action) {
  const button = createElement("button", { type: "button", className, textContent: label });
  button.addEventListener("click", action);
  return button;
}

/** Ask whether to discard a text; call `action` if so. */
function confirmDiscard(text, action) {
  const question = `Throw away the text from ${fullTime(text.time)}? It can't be brought back then.`;
  const paragraph = createElement("p", { id: "desk-confirm-text", textContent: question });
  const dialog = createElement("dialog", { className: "desk-confirm-dialog" });
  const answer = (agreed) => () => {
    dialog.close();
    if (agreed) action();
  };
  const buttons = [
    createButton("Keep it", "button desk-autosave-button", answer(false)),
    createButton(
      "Throw it away for good",
      "button desk-autosave-button desk-autosave-delete",
      answer(true),
    ),
  ];
  dialog.setAttribute("aria-labelledby", paragraph.id);
  dialog.append(
    paragraph,
    createElement("div", { className: "desk-autosave-buttons" }, ...buttons),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function headlineOf({ entries }) {
  const headline = entries.find(([name]) => name === "headline")?.[1].trim();
  return headline ? `, “${headline}”,` : "";
}

function createRow(text, showHeadline, { restore, discard }) {
  const time = createElement("time", {
    dateTime: new Date(text.time).toISOString(),
    textContent: fullTime(text.time),
  });
  const headline = showHeadline ? headlineOf(text) : "";
  const end = ` (${ago(text.time)})${headline} was not saved. It is kept in this browser.`;
  const paragraph = createElement("p", { id: `kept-${text.token}` }, "Text from ", time, end);
  const buttons = [
    createButton("Bring it back", "button desk-autosave-button", restore),
    createButton("Throw it away", "button desk-autosave-button desk-autosave-delete", () =>
      confirmDiscard(text, discard),
    ),
  ];
  for (const button of buttons) button.setAttribute("aria-describedby", paragraph.id);
  const row = createElement("div", { className: "desk-autosave-buttons" }, ...buttons);
  return createElement("li", {}, paragraph, row);
}

/**
 * Create a banner of offers, newest first; return the function that adds a text to it.
 *
 * @param {HTMLElement} container
 * @param {object} options
 * @param {boolean} options.showHeadline whether an offer shows the text's headline
 * @param {(sentence: string) => void} options.announce tells a sentence to screen readers
 * @param {(text: import("./autosave-storage.js").Text) => void} options.restore
 * @param {(text: import("./autosave-storage.js").Text) => void} options.discard
 * @returns {(text: import("./autosave-storage.js").Text) => void}
 */
export function createOffers(container, { showHeadline, announce, restore, discard }) {
  let texts = [];
  const list = createElement("ul");
  const banner = createElement("section", { className: "desk-autosave-offers" }, list);
  banner.setAttribute("aria-label", "Text that was not saved");

  function discardAndRemove(text) {
    discard(text);
    texts = texts.filter((other) => other !== text);
    show();
    announce("The text is thrown away.");
    (banner.querySelector("button") ?? container).focus();
  }

  function show() {
    const rows = texts.map((text) =>
      createRow(text, showHeadline, {
        restore: () => restore(text),
        discard: () => discardAndRemove(text),
      }),
    );
    list.replaceChildren(...rows);
    if (texts.length) container.append(banner);
    else banner.remove();
  }

  return (text) => {
    texts = [...texts, text].sort((a, b) => b.time - a.time);
    show();
    announce("There is text of yours that was not saved. It is offered at the top of the form.");
  };
}
