/**
 * The spoiler box of the text editor: an extension for django-prose-editor.
 *
 * <spoiler-box data-title="12" data-season="1" data-episode="12" data-label="…">…</spoiler-box>
 *
 * A box names its scope, which is what it gives away: a title (by default the article's first),
 * optionally a season and an episode, or a label. Missing attributes are left out.
 */

import { crel, mergeAttributes, Node, Plugin, pm } from "django-prose-editor/editor";

import { askForScope, button } from "./spoiler-dialog.js";
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

/** The box that holds the whole selection or is selected itself, or null. */
function boxAround({ $from, $to, from, node }) {
  if (node?.type.name === NAME) return { node, pos: from };
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    const ancestor = $from.node(depth);
    if (ancestor.type.name === NAME) return { node: ancestor, pos: $from.before(depth), depth };
  }
  return null;
}

/** The innermost range of whole blocks around the selection that a box may hold, or null. */
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

/** Remove a box and keep its blocks. */
function unwrap(tr, pos) {
  const box = tr.doc.nodeAt(pos);
  const start = tr.doc.resolve(pos + 1);
  const range = new NodeRange(start, tr.doc.resolve(pos + box.nodeSize - 1), start.depth);
  return tr.lift(range, start.depth - 1).setMeta(NAME, true);
}

/** The positions of boxes inside other boxes, in document order. */
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

// A schema can't forbid a box in a quote in a box, so nested boxes from pasting, dragging or
// wrapping are removed afterwards; their text stays in the outer box.
const flattenNested = (type) =>
  new Plugin({
    appendTransaction(transactions, _before, state) {
      if (!transactions.some((tr) => tr.docChanged)) return null;
      const nested = nestedBoxes(state.doc, type);
      return nested.reduceRight((tr, pos) => unwrap(tr ?? state.tr, pos), null);
    },
  });

/* A selection that ends inside a box and begins outside it: replacing it would move hidden text
   out of the box, so the change is refused, and a line below the editor says why. */

const REFUSAL =
  "This would cut a spoiler box in two. Select the whole box, or only text inside it.";

/** The position before the outermost box around a position, or null. */
function outermostBox($position) {
  for (let depth = 1; depth <= $position.depth; depth++) {
    if ($position.node(depth).type.name === NAME) return $position.before(depth);
  }
  return null;
}

/** The commands of the box, and undoing them, may cross its edge. */
const isAllowed = (tr) => tr.getMeta(NAME) || tr.getMeta("history$");

/** Whether a step's positions are in different boxes, or partly outside a box. */
function crossesEdge({ from, to, gapFrom = from, gapTo = to }, doc) {
  const [box, ...others] = [from, to, gapFrom, gapTo].map((at) => outermostBox(doc.resolve(at)));
  return others.some((other) => other !== box);
}

const cutsBox = (tr) =>
  !isAllowed(tr) && tr.steps.some((step, index) => step.slice && crossesEdge(step, tr.docs[index]));

function refuseCuts() {
  const notice = crel("p", { className: "spoiler-box-notice", role: "status" });
  return new Plugin({
    filterTransaction(tr) {
      const cut = tr.docChanged && cutsBox(tr);
      if (cut || tr.docChanged) notice.textContent = cut ? REFUSAL : "";
      return !cut;
    },
    view(view) {
      view.dom.after(notice);
      return { destroy: () => notice.remove() };
    },
  });
}

/* Keys */

/** Enter in an empty last paragraph moves the paragraph out of the box. */
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

/** Whether the caret is at the start (side -1) or end (1) of a box. */
function atEdge({ doc, selection }, box, side) {
  const edge = side < 0 ? box.pos + 1 : box.pos + box.node.nodeSize - 1;
  return Selection.near(doc.resolve(edge), -side).head === selection.head;
}

/**
 * Backspace and Delete don't cross the edge of a box: the browser would join the paragraphs, and
 * hidden text would leave the box. Backspace removes a blank box.
 */
function stayInside({ state, view }, side) {
  const box = state.selection.empty && boxAround(state.selection);
  if (!box?.depth || !atEdge(state, box, side)) return false;
  if (side < 0 && isBlank(box.node)) view.dispatch(unwrap(state.tr, box.pos));
  return true;
}

/* The display of a box in the editor */

function boxView({ node, getPos, editor, titles, views }) {
  const label = crel("span", { className: "spoiler-box__summary" });
  const edit = button("Edit", "button", "spoiler-box__button");
  const remove = button("Remove", "button", "spoiler-box__button");
  const bar = crel("div", { className: "spoiler-box__bar", contentEditable: "false" }, [
    label,
    ...(editor.isEditable ? [edit, remove] : []),
  ]);
  const contentDOM = crel("div", { className: "spoiler-box__body" });
  const dom = crel("div", { className: "spoiler-box", role: "group" }, [bar, contentDOM]);

  const render = () => {
    const text = summary(node.attrs, titles());
    if (label.textContent === text) return;
    label.textContent = text;
    dom.setAttribute("aria-label", `Spoiler box: ${text}`);
    edit.setAttribute("aria-label", `Edit the spoiler box “${text}”`);
    remove.setAttribute("aria-label", `Remove the spoiler box “${text}”, keep the text`);
  };
  edit.addEventListener("click", () => editor.commands.editSpoilerBox(getPos()));
  remove.addEventListener("click", () => editor.chain().focus().unsetSpoilerBox(getPos()).run());
  render();
  views.add(render);

  return {
    dom,
    contentDOM,
    update(updated) {
      if (updated.type !== node.type) return false;
      node = updated;
      render();
      return true;
    },
    stopEvent: ({ target }) => edit.contains(target) || remove.contains(target),
    ignoreMutation: ({ type, target }) => type !== "selection" && !contentDOM.contains(target),
    destroy: () => views.delete(render),
  };
}

/** Call a function whenever the form's titles may have changed; return a function that stops it. */
function watchForm(callback) {
  // Select2 triggers events through jQuery only; jQuery also receives native events.
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
    // A nested box is not parsed as a box: its content belongs to the outer one.
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

      /** Change the scope of the box at a position. */
      updateSpoilerBox:
        (pos, attrs) =>
        ({ tr, dispatch }) => {
          if (tr.doc.nodeAt(pos)?.type !== this.type) return false;
          if (dispatch) tr.setNodeMarkup(pos, null, cleanAttributes(attrs)).setMeta(NAME, true);
          return true;
        },

      /** Remove a box and keep its text; without a position, the box around the caret. */
      unsetSpoilerBox:
        (pos) =>
        ({ tr, dispatch }) => {
          const at = pos ?? boxAround(tr.selection)?.pos;
          if (at === undefined || tr.doc.nodeAt(at)?.type !== this.type) return false;
          if (dispatch) unwrap(tr, at);
          return true;
        },

      /** Open the dialog for the box at a position or around the caret, or for a new box. */
      editSpoilerBox:
        (pos) =>
        ({ editor, tr, dispatch }) => {
          const at = pos ?? boxAround(tr.selection)?.pos;
          if (at === undefined && !boxableRange(tr.selection, this.type)) return false;
          if (dispatch) editWithDialog(editor, at, this.options.titleSelector);
          return true;
        },
    };
  },

  addKeyboardShortcuts() {
    return {
      // S is taken: Mod-Shift-S strikes through, and Mod-Alt-S saves the admin's form.
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
    return [flattenNested(this.type), refuseCuts()];
  },
});

function refresh({ views }) {
  for (const render of views) render();
}

async function editWithDialog(editor, pos, selector) {
  const existing = pos !== undefined;
  const answer = await askForScope(existing ? editor.state.doc.nodeAt(pos).attrs : {}, {
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
