/**
 * The spoiler box of the text editor: an extension for django-prose-editor.
 *
 * <spoiler-box data-title="12" data-season="1" data-episode="12" data-label="…">…</spoiler-box>
 *
 * A box says what it gives away: a title (absent: the article's first), where it applies a
 * season and an episode, and if wanted a label of its own. What is absent is left out.
 */

import { crel, mergeAttributes, Node, Plugin, pm } from "django-prose-editor/editor";

const { NodeRange } = pm.model;
const { Selection } = pm.state;

const NAME = "spoilerBox";
const TAG = "spoiler-box";
const LABEL_LENGTH = 120;
const LABEL_HELP = "Own words in place of title, season and episode.";
const LARGEST_NUMBER = 9999;

/* Attributes: what isn't plainly right is dropped, by the same rules as on the server. */

const number = (value) => (/^[1-9]\d{0,3}$/.test(value ?? "") ? Number(value) : null);

const cleaners = {
  title: (value) => (/^\d{1,18}$/.test(value ?? "") ? String(value) : null),
  season: number,
  episode: number,
  label(value) {
    const oneLine = (value ?? "").replace(/[\x00-\x1f\x7f<>]+/g, " ").trim();
    return [...oneLine].slice(0, LABEL_LENGTH).join("").trim() || null;
  },
};

const cleanAttributes = (attrs) =>
  Object.fromEntries(Object.entries(cleaners).map(([name, clean]) => [name, clean(attrs[name])]));

const attribute = (name, clean) => ({
  default: null,
  parseHTML: (element) => clean(element.getAttribute(`data-${name}`)),
  renderHTML: (attrs) => (attrs[name] === null ? {} : { [`data-${name}`]: attrs[name] }),
});

/* Titles: those of the article are read from its form, which may change at any time. */

// Names that were seen in the form or in a search, so that a box can still show the name of
// a title that has left the form since.
const knownNames = new Map();

const inSameRow = (select, field) =>
  document.getElementsByName(select.name.replace(/-title$/, `-${field}`))[0];

const position = (select) => Number(inSameRow(select, "position")?.value) || 0;

/** The titles chosen in the article's form, in its order: [{id, name}]. */
function articleTitles(selector) {
  const titles = [...document.querySelectorAll(selector)]
    .filter((select) => select.value && !inSameRow(select, "DELETE")?.checked)
    .sort((a, b) => position(a) - position(b))
    .map((select) => ({ id: select.value, name: select.selectedOptions[0].text }));
  for (const { id, name } of titles) knownNames.set(id, name);
  return titles;
}

const nameOf = (id) => knownNames.get(id) ?? `Title no. ${id}`;

/** What readers will see on the closed box. */
function summary({ title, season, episode, label }, titles) {
  if (label) return `Spoilers: ${label}`;
  const name = title ? nameOf(title) : titles[0]?.name;
  const part = [season && `season ${season}`, episode && `episode ${episode}`];
  const known = [name, part.filter(Boolean).join(" ")].filter(Boolean);
  return known.length ? `Spoilers: ${known.join(", ")}` : "Spoilers";
}

/** Ask the admin's autocomplete view, as the form's own title field does: [{id, name}]. */
async function searchTitles(select, term) {
  const url = new URL(select.getAttribute("data-ajax--url"), location.href);
  url.search = new URLSearchParams({
    term,
    app_label: select.dataset.appLabel,
    model_name: select.dataset.modelName,
    field_name: select.dataset.fieldName,
  });
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The title search answered ${response.status}.`);
  const { results } = await response.json();
  for (const { id, text } of results) knownNames.set(String(id), text);
  return results.map(({ id, text }) => ({ id: String(id), name: text }));
}

/* The dialogue */

let lastId = 0;

function labelled(text, control, ...more) {
  control.id = `spoiler-dialogue-${++lastId}`;
  const label = crel("label", { htmlFor: control.id, textContent: text });
  return crel("div", { className: "prose-editor-dialog-field" }, [label, control, ...more]);
}

function help(control, text) {
  const id = `spoiler-dialogue-${++lastId}`;
  const paragraph = crel("p", { id, className: "spoiler-dialogue__help", textContent: text });
  control.setAttribute("aria-describedby", id);
  return paragraph;
}

const option = ({ id, name }) => crel("option", { value: id, textContent: name });

const button = (text, type = "button", className = "") =>
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
  const status = crel("p", { className: "spoiler-dialogue__status", role: "status" });
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
  const remove = button("Remove the box, keep the text", "button", "spoiler-dialogue__remove");
  const cancel = button("Cancel");
  remove.addEventListener("click", () => answer("remove"));
  cancel.addEventListener("click", () => answer(null));
  return crel("form", {}, [
    labelled("Which title does it give away?", fields.title),
    ...(source ? [titleSearch(fields.title, source, onChoice)] : []),
    crel("div", { className: "spoiler-dialogue__numbers" }, [
      labelled("Season", fields.season),
      labelled("Episode", fields.episode),
    ]),
    labelled("Own label", fields.label, help(fields.label, LABEL_HELP)),
    crel("p", { className: "spoiler-dialogue__preview" }, [
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
function askWhatItGivesAway(attrs, { titles, source, existing }) {
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
      id: `spoiler-dialogue-${++lastId}`,
      className: "prose-editor-dialog-title",
      textContent: "Spoiler box",
    });
    const dialogue = crel(
      "dialog",
      { className: "prose-editor-dialog spoiler-dialogue", "aria-labelledby": heading.id },
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

/* Boxes in the document */

/** The box that the whole selection is in, or that is selected itself. */
function boxAround({ $from, $to, from, node }) {
  if (node?.type.name === NAME) return { node, pos: from };
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    const ancestor = $from.node(depth);
    if (ancestor.type.name === NAME) return { node: ancestor, pos: $from.before(depth), depth };
  }
  return null;
}

/** The innermost run of whole blocks around the selection that may stand in a box. */
function boxableRange({ $from, $to }, type) {
  const blocks = $from.blockRange($to);
  for (let depth = blocks?.depth ?? -1; depth >= 0; depth--) {
    const range = new NodeRange($from, $to, depth);
    const { parent, startIndex, endIndex } = range;
    const inside = type.contentMatch.matchFragment(parent.content, startIndex, endIndex);
    if (inside?.validEnd && parent.canReplaceWith(startIndex, endIndex, type)) return range;
  }
  return null;
}

/** Take a box away and leave its blocks where they are. */
function unwrap(tr, pos) {
  const box = tr.doc.nodeAt(pos);
  const start = tr.doc.resolve(pos + 1);
  const range = new NodeRange(start, tr.doc.resolve(pos + box.nodeSize - 1), start.depth);
  return tr.lift(range, start.depth - 1);
}

/** Where boxes stand inside of boxes, in document order. */
function nestedBoxes(doc, type) {
  const nested = [];
  doc.descendants((node, pos) => {
    if (node.type !== type) return true;
    node.descendants((inner, offset) => {
      if (inner.type === type) nested.push(pos + 1 + offset);
    });
    return false;
  });
  return nested;
}

// A schema can't forbid a box in a quote in a box, so what comes in by pasting, dragging or
// wrapping is made flat afterwards; the text stays in the outer box.
const flattenNested = (type) =>
  new Plugin({
    appendTransaction(transactions, _before, state) {
      if (!transactions.some((tr) => tr.docChanged)) return null;
      const nested = nestedBoxes(state.doc, type);
      return nested.reduceRight((tr, pos) => unwrap(tr ?? state.tr, pos), null);
    },
  });

/* Keys */

/** Enter on an empty last paragraph leaves the box. */
function leaveAtEnd({ state, view }) {
  const { $from, empty } = state.selection;
  const box = empty && boxAround(state.selection);
  if (!box || box.depth !== $from.depth - 1) return false;
  if ($from.parent.type.name !== "paragraph" || $from.parent.content.size) return false;
  if ($from.indexAfter(box.depth) !== box.node.childCount) return false;
  view.dispatch(state.tr.lift($from.blockRange(), box.depth - 1).scrollIntoView());
  return true;
}

const isBlank = (box) => box.childCount === 1 && box.firstChild.isTextblock && !box.textContent;

/** Whether the caret stands at the very start (-1) or end (1) of a box. */
function atEdge({ doc, selection }, box, side) {
  const edge = side < 0 ? box.pos + 1 : box.pos + box.node.nodeSize - 1;
  return Selection.near(doc.resolve(edge), -side).head === selection.head;
}

/**
 * Backspace and Delete don't cross the edge of a box, or hidden text would end up in plain
 * sight; left to itself the browser would join the paragraphs. Backspace removes a blank box.
 */
function stayInside({ state, view }, side) {
  const box = state.selection.empty && boxAround(state.selection);
  if (!box?.depth || !atEdge(state, box, side)) return false;
  if (side < 0 && isBlank(box.node)) view.dispatch(unwrap(state.tr, box.pos));
  return true;
}

/* The look of a box while writing */

function boxView({ node, getPos, editor, titles, views }) {
  const what = crel("span", { className: "spoiler-box__what" });
  const edit = button("Edit", "button", "spoiler-box__button");
  const remove = button("Remove", "button", "spoiler-box__button");
  const bar = crel("div", { className: "spoiler-box__bar", contentEditable: "false" }, [
    what,
    ...(editor.isEditable ? [edit, remove] : []),
  ]);
  const contentDOM = crel("div", { className: "spoiler-box__body" });
  const dom = crel("div", { className: "spoiler-box", role: "group" }, [bar, contentDOM]);

  const paint = () => {
    const text = summary(node.attrs, titles());
    if (what.textContent === text) return;
    what.textContent = text;
    dom.setAttribute("aria-label", `Spoiler box: ${text}`);
    edit.setAttribute("aria-label", `Edit the spoiler box “${text}”`);
    remove.setAttribute("aria-label", `Remove the spoiler box “${text}”, keep the text`);
  };
  edit.addEventListener("click", () => editor.commands.editSpoilerBox(getPos()));
  remove.addEventListener("click", () => editor.chain().focus().unsetSpoilerBox(getPos()).run());
  paint();
  views.add(paint);

  return {
    dom,
    contentDOM,
    update(updated) {
      if (updated.type !== node.type) return false;
      node = updated;
      paint();
      return true;
    },
    stopEvent: ({ target }) => edit.contains(target) || remove.contains(target),
    ignoreMutation: ({ type, target }) => type !== "selection" && !contentDOM.contains(target),
    destroy: () => views.delete(paint),
  };
}

/** Call back whenever the form's titles may have changed; returns how to stop that. */
function watchForm(callback) {
  // Select2 tells of a choice through jQuery only, and jQuery hears the native events too.
  const page = window.django?.jQuery?.(document);
  const events = "change formset:added formset:removed";
  page?.on(events, callback);
  return () => page?.off(events, callback);
}

export const SpoilerBox = Node.create({
  name: NAME,
  group: "block",
  content: "block+",
  defining: true,
  isolating: true,

  addOptions() {
    return {
      // The selects of the article's form that hold its titles.
      titleSelector:
        'select[data-model-name="articletitle"][data-field-name="title"],' +
        '[id^="title"] select[name$="-title"], [id^="article_titles"] select[name$="-title"]',
    };
  },

  addStorage() {
    return { views: new Set(), stopWatching: null };
  },

  addAttributes() {
    return Object.fromEntries(
      Object.entries(cleaners).map(([name, clean]) => [name, attribute(name, clean)]),
    );
  },

  parseHTML() {
    // A box in a box is no box: its content is read as the outer one's.
    return [{ tag: TAG, getAttrs: (element) => !element.parentElement?.closest(TAG) && null }];
  },

  renderHTML({ HTMLAttributes }) {
    return [TAG, mergeAttributes(HTMLAttributes), 0];
  },

  addNodeView() {
    const titles = () => articleTitles(this.options.titleSelector);
    return (props) => boxView({ ...props, titles, views: this.storage.views });
  },

  onCreate() {
    this.storage.stopWatching = watchForm(() => refresh(this.storage));
  },

  onFocus() {
    refresh(this.storage);
  },

  onDestroy() {
    this.storage.stopWatching?.();
  },

  addCommands() {
    return {
      /** Put the selected blocks in a box. */
      setSpoilerBox:
        (attrs = {}) =>
        ({ tr, dispatch }) => {
          const range = boxableRange(tr.selection, this.type);
          const box = { type: this.type, attrs: cleanAttributes(attrs) };
          if (range && dispatch) tr.wrap(range, [box]);
          return !!range;
        },

      /** Change what the box at a position gives away. */
      updateSpoilerBox:
        (pos, attrs) =>
        ({ tr, dispatch }) => {
          if (tr.doc.nodeAt(pos)?.type !== this.type) return false;
          if (dispatch) tr.setNodeMarkup(pos, null, cleanAttributes(attrs));
          return true;
        },

      /** Take a box away and keep its text; without a position the one around the caret. */
      unsetSpoilerBox:
        (pos) =>
        ({ tr, dispatch }) => {
          const at = pos ?? boxAround(tr.selection)?.pos;
          if (at === undefined || tr.doc.nodeAt(at)?.type !== this.type) return false;
          if (dispatch) unwrap(tr, at);
          return true;
        },

      /** Open the dialogue for the box at a position or around the caret, else for a new one. */
      editSpoilerBox:
        (pos) =>
        ({ editor, tr, dispatch }) => {
          const at = pos ?? boxAround(tr.selection)?.pos;
          if (at === undefined && !boxableRange(tr.selection, this.type)) return false;
          if (dispatch) editWithDialogue(editor, at, this.options.titleSelector);
          return true;
        },
    };
  },

  addKeyboardShortcuts() {
    return {
      // Not with S: Mod-Shift-S strikes through, and Mod-Alt-S would save the admin's form.
      "Mod-Alt-x": ({ editor }) => editor.commands.editSpoilerBox(),
      Enter: ({ editor }) => leaveAtEnd(editor),
      Backspace: ({ editor }) => stayInside(editor, -1),
      Delete: ({ editor }) => stayInside(editor, 1),
    };
  },

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: NAME,
      groups: "nodes",
      button: buttons.material("visibility_off", "Spoiler box"),
      option: crel("p", { textContent: "Spoiler box" }),
      active: (editor) => editor.isActive(NAME),
      enabled: (editor) => editor.can().editSpoilerBox(),
      command: (editor) => editor.commands.editSpoilerBox(),
    });
  },

  addProseMirrorPlugins() {
    return [flattenNested(this.type)];
  },
});

function refresh({ views }) {
  for (const paint of views) paint();
}

async function editWithDialogue(editor, pos, selector) {
  const existing = pos !== undefined;
  const answer = await askWhatItGivesAway(existing ? editor.state.doc.nodeAt(pos).attrs : {}, {
    existing,
    titles: articleTitles(selector),
    source: document.querySelector(`:is(${selector})[data-ajax--url]`),
  });
  const chain = editor.chain().focus();
  if (answer === "remove") chain.unsetSpoilerBox(pos);
  else if (answer && existing) chain.updateSpoilerBox(pos, answer);
  else if (answer) chain.setSpoilerBox(answer);
  chain.run();
}
