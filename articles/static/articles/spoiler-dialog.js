/** The dialog that asks for the scope of a spoiler box: title, season, episode, label. */

import { crel } from "django-prose-editor/editor";

import {
  cleanAttributes,
  LABEL_LENGTH,
  LARGEST_NUMBER,
  nameOf,
  searchTitles,
  summary,
} from "./spoiler-scope.js";

const LABEL_HELP = "Own words in place of title, season and episode.";

let lastId = 0;

function labelled(text, control, ...more) {
  control.id = `spoiler-dialog-${++lastId}`;
  const label = crel("label", { htmlFor: control.id, textContent: text });
  return crel("div", { className: "prose-editor-dialog-field" }, [label, control, ...more]);
}

function help(control, text) {
  const id = `spoiler-dialog-${++lastId}`;
  const paragraph = crel("p", { id, className: "spoiler-dialog__help", textContent: text });
  control.setAttribute("aria-describedby", id);
  return paragraph;
}

const option = ({ id, name }) => crel("option", { value: id, textContent: name });

/**
 * Create a button.
 *
 * @param {string} text
 * @param {string} type
 * @param {string} className
 * @returns {HTMLButtonElement}
 */
export const button = (text, type = "button", className = "") =>
  crel("button", { type, textContent: text, className });

const numberInput = (value) =>
  crel("input", { type: "number", min: 1, max: LARGEST_NUMBER, step: 1, value: value ?? "" });

function titleSelect(chosen, titles) {
  const others = chosen && !titles.some(({ id }) => id === chosen);
  return crel("select", { value: chosen ?? "" }, [
    option({ id: "", name: "The article's first title" }),
    ...titles.map(option),
    ...(others ? [option({ id: chosen, name: nameOf(chosen) })] : []),
  ]);
}

/** Show found titles at the end of the list; a chosen one stays. */
function showFound(select, group, found) {
  const chosen = [...group.children].filter((element) => element.selected);
  group.replaceChildren(...chosen);
  select.append(group);
  const known = new Set([...select.options].map(({ value }) => value));
  group.append(...found.filter(({ id }) => !known.has(id)).map(option));
  if (!group.children.length) group.remove();
}

/** A search field that adds the found titles to the select element. */
function titleSearch(select, source, onChoice) {
  // Not type="search": there, Escape clears the field instead of closing the dialog.
  const input = crel("input", { type: "text", autocomplete: "off" });
  const status = crel("p", { className: "spoiler-dialog__status", role: "status" });
  const group = crel("optgroup", { label: "Found" });
  let current = { term: "", titles: [] };
  let timer;

  const show = async (term) => {
    const found = term ? await searchTitles(source, term).catch(() => null) : [];
    if (term !== current.term) return [];
    status.textContent = searchStatus(term, found);
    showFound(select, group, found ?? []);
    if (!found) current = {};
    return found ?? [];
  };
  const search = () => {
    clearTimeout(timer);
    const term = input.value.trim();
    if (term !== current.term) {
      current = { term };
      current.titles = show(term);
    }
    return current.titles;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const [first] = await search();
    if (!first) return;
    select.value = first.id;
    select.focus();
    onChoice();
  });
  return labelled("Search another title…", input, status);
}

function searchStatus(term, found) {
  if (!term) return "";
  if (!found) return "The search failed. Try again.";
  if (!found.length) return "No title found.";
  const count = found.length === 1 ? "1 title" : `${found.length} titles`;
  return `${count} added to the list above. Enter takes “${found[0].name}”.`;
}

function dialogFields(attrs, titles) {
  return {
    title: titleSelect(attrs.title, titles),
    season: numberInput(attrs.season),
    episode: numberInput(attrs.episode),
    label: crel("input", {
      type: "text",
      maxLength: LABEL_LENGTH,
      autocomplete: "off",
      value: attrs.label ?? "",
    }),
  };
}

// valueAsNumber, because a number field also accepts "1e2".
const readField = ({ type, value, valueAsNumber }) => (type === "number" ? valueAsNumber : value);

const readFields = (fields) =>
  cleanAttributes(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readField(field)])),
  );

function dialogForm(fields, { source, existing, onChoice }, answer) {
  const submit = button(existing ? "Update the box" : "Put in a box", "submit");
  const remove = button("Remove the box, keep the text", "button", "spoiler-dialog__remove");
  const cancel = button("Cancel");
  remove.addEventListener("click", () => answer("remove"));
  cancel.addEventListener("click", () => answer(null));
  return crel("form", {}, [
    labelled("Which title does it give away?", fields.title),
    ...(source ? [titleSearch(fields.title, source, onChoice)] : []),
    crel("div", { className: "spoiler-dialog__numbers" }, [
      labelled("Season", fields.season),
      labelled("Episode", fields.episode),
    ]),
    labelled("Own label", fields.label, help(fields.label, LABEL_HELP)),
    crel("p", { className: "spoiler-dialog__preview" }, ["Readers will see: ", crel("strong")]),
    crel("div", { className: "prose-editor-dialog-buttons" }, [
      submit,
      cancel,
      ...(existing ? [remove] : []),
    ]),
  ]);
}

/**
 * Ask for the scope of a box.
 *
 * The dialog is appended to the page's body: inside the editor it would be a form in the admin's
 * form, which would receive its events.
 *
 * @param {object} attrs the attributes of the box
 * @param {object} options
 * @param {Array<{id: string, name: string}>} options.titles the titles of the article
 * @param {HTMLSelectElement|null} options.source the select element whose search is used
 * @param {boolean} options.existing whether the box exists already
 * @returns {Promise<object|"remove"|null>} the new attributes; null if cancelled
 */
export function askForScope(attrs, { titles, source, existing }) {
  return new Promise((resolve) => {
    const fields = dialogFields(attrs, titles);
    const preview = () => {
      form.querySelector("strong").textContent = summary(readFields(fields), titles);
    };
    const answer = (value) => {
      resolve(value);
      dialog.close();
    };
    const form = dialogForm(fields, { source, existing, onChoice: preview }, answer);
    const heading = crel("h3", {
      id: `spoiler-dialog-${++lastId}`,
      className: "prose-editor-dialog-title",
      textContent: "Spoiler box",
    });
    const dialog = crel(
      "dialog",
      { className: "prose-editor-dialog spoiler-dialog", "aria-labelledby": heading.id },
      [heading, form],
    );
    form.addEventListener("input", preview);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(readFields(fields));
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(null);
    });
    document.body.append(dialog);
    preview();
    dialog.showModal();
  });
}
