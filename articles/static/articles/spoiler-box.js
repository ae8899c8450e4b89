/**
 * The spoiler box of the text editor: an extension for django-prose-editor.
 *
 * <spoiler-box data-title="12" data-season="1" data-episode="12" data-label="…">…</spoiler-box>
 *
 * A box says what it gives away: a title (absent: the article's first), where it applies a
 * season and an episode, and if wanted a label of its own. What is absent is left out.
 */

import { crel, mergeAttributes, Node, Plugin, pm } from "django-prose-editor/editor";

import { askWhatItGivesAway, button } from "./spoiler-dialogue.js";
import { articleTitles, cleanAttributes, cleaners, summary } from "./spoiler-scope.js";

const { NodeRange } = pm.model;
const { Selection } = pm.state;

const NAME = "spoilerBox";
const TAG = "spoiler-box";

const attribute = (name, clean) => ({
  default: null,
  parseHTML: (element) => clean(element.getAttribute(`data-${name}`)),
  renderHTML: (attrs) => (attrs[name] === null ? {} : { [`data-${name}`]: attrs[name] }),
});

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
  return tr.lift(range, start.depth - 1).setMeta(NAME, true);
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

/* A selection that cuts through a box: replacing it would pull the rest of the hidden text
   into the open, so it is left alone, and a line below the editor says why. */

const CUT = "This would cut a spoiler box in two. Select the whole box, or only text inside it.";

/** Where the outermost box around a position begins, or null. */
function outermostBox($position) {
  for (let depth = 1; depth <= $position.depth; depth++) {
    if ($position.node(depth).type.name === NAME) return $position.before(depth);
  }
  return null;
}

/** What the box's own commands do, and what undoes it, crosses its edge on purpose. */
const onPurpose = (tr) => tr.getMeta(NAME) || tr.getMeta("history$");

/** Whether a step has one of its edges in a box and another outside, or in another box. */
function crossesEdge({ from, to, gapFrom = from, gapTo = to }, doc) {
  const [box, ...others] = [from, to, gapFrom, gapTo].map((at) => outermostBox(doc.resolve(at)));
  return others.some((other) => other !== box);
}

const cutsBox = (tr) =>
  !onPurpose(tr) &&
  tr.steps.some((step, index) => step.slice && crossesEdge(step, tr.docs[index]));

function keepWhole() {
  const notice = crel("p", { className: "spoiler-box-notice", role: "status" });
  return new Plugin({
    filterTransaction(tr) {
      const cut = tr.docChanged && cutsBox(tr);
      if (cut || tr.docChanged) notice.textContent = cut ? CUT : "";
      return !cut;
    },
    view(view) {
      view.dom.after(notice);
      return { destroy: () => notice.remove() };
    },
  });
}

/* Keys */

/** Enter on an empty last paragraph leaves the box. */
function leaveAtEnd({ state, view }) {
  const { $from, empty } = state.selection;
  const box = empty && boxAround(state.selection);
  if (!box || box.depth !== $from.depth - 1) return false;
  if ($from.parent.type.name !== "paragraph" || $from.parent.content.size) return false;
  if ($from.indexAfter(box.depth) !== box.node.childCount) return false;
  const tr = state.tr.lift($from.blockRange(), box.depth - 1).setMeta(NAME, true);
  view.dispatch(tr.scrollIntoView());
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
  const what = crel("span", { className: "spoiler-box__summary" });
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
          if (dispatch) tr.setNodeMarkup(pos, null, cleanAttributes(attrs)).setMeta(NAME, true);
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
    return [flattenNested(this.type), keepWhole()];
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
