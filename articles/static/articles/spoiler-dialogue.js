/** The dialogue that asks what a spoiler box gives away. */

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

/** Put found titles at the end of the list; one that is chosen from there stays. */
function listFound(select, group, found) {
  const chosen = [...group.children].filter((element) => element.selected);
  group.replaceChildren(...chosen);
  select.append(group);
  const known = new Set([...select.options].map(({ value }) => value));
  group.append(...found.filter(({ id }) => !known.has(id)).map(option));
  if (!group.children.length) group.remove();
}

/** A search field that adds what it finds to the titles to choose from. */
function titleSearch(select, source, onChoice) {
  // No search field: in one of those, Escape empties it and leaves the dialogue open.
  const input = crel("input", { type: "text", autocomplete: "off" });
  const status = crel("p", { className: "spoiler-dialog__status", role: "status" });
  const group = crel("optgroup", { label: "Found" });
  let current = { term: "", titles: [] };
  let timer;

  const show = async (term) => {
    const found = term ? await searchTitles(source, term).catch(() => null) : [];
    if (term !== current.term) return [];
    status.textContent = searchStatus(term, found);
    listFound(select, group, found ?? []);
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

function dialogueFields(attrs, titles) {
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

// As a number, since a number field also takes "1e2".
const readField = ({ type, value, valueAsNumber }) => (type === "number" ? valueAsNumber : value);

const readFields = (fields) =>
  cleanAttributes(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, readField(field)])),
  );

function dialogueForm(fields, { source, existing, onChoice }, answer) {
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
    crel("p", { className: "spoiler-dialog__preview" }, [
      "Readers will see: ",
      crel("strong"),
    ]),
    crel("div", { className: "prose-editor-dialog-buttons" }, [
      submit,
      cancel,
      ...(existing ? [remove] : []),
    ]),
  ]);
}

/**
 * Ask what a box gives away: resolves to its attributes, to "remove", or to null.
 *
 * The dialogue stands at the end of the page and not in the editor, because it would be in
 * the admin's form there: a form in a form, whose events reach the outer one.
 */
export function askWhatItGivesAway(attrs, { titles, source, existing }) {
  return new Promise((resolve) => {
    const fields = dialogueFields(attrs, titles);
    const preview = () => {
      form.querySelector("strong").textContent = summary(readFields(fields), titles);
    };
    const answer = (value) => {
      resolve(value);
      dialogue.close();
    };
    const form = dialogueForm(fields, { source, existing, onChoice: preview }, answer);
    const heading = crel("h3", {
      id: `spoiler-dialog-${++lastId}`,
      className: "prose-editor-dialog-title",
      textContent: "Spoiler box",
    });
    const dialogue = crel(
      "dialog",
      { className: "prose-editor-dialog spoiler-dialog", "aria-labelledby": heading.id },
      [heading, form],
    );
    form.addEventListener("input", preview);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(readFields(fields));
    });
    dialogue.addEventListener("close", () => {
      dialogue.remove();
      resolve(null);
    });
    document.body.append(dialogue);
    preview();
    dialogue.showModal();
  });
}
