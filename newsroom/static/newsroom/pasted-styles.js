/**
 * Keep bold and italic in pasted text under a strict content security policy.
 *
 * The policy blocks (and reports) style attributes even in the detached document in which the
 * editor parses pasted HTML. Google Docs wraps copied text in a <b> whose style says "normal":
 * without that style, all pasted text would be bold.
 */

import { Extension, Plugin } from "django-prose-editor/editor";

const STYLE = "data-pasted-style";

/** Replace the styles of pasted HTML for bold and italic with elements. */
function stylesToElements(html) {
  if (!/\sstyle\s*=/i.test(html)) return html;
  // Renamed in the text, before it is parsed.
  const renamed = html.replace(/<[^>]+>/g, (tag) => tag.replace(/\sstyle\s*=/gi, ` ${STYLE}=`));
  const { body } = new DOMParser().parseFromString(renamed, "text/html");
  for (const element of body.querySelectorAll(`[${STYLE}]`)) applyStyle(element);
  return body.innerHTML;
}

function applyStyle(element) {
  const style = element.getAttribute(STYLE);
  element.removeAttribute(STYLE);
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1] ?? "";
  if (element.matches("b, strong") && /^(normal|[1-5]00)$/i.test(weight)) {
    element.replaceWith(...element.childNodes);
  } else if (element.matches("span")) {
    if (/^(bold|bolder|[6-9]00)$/i.test(weight)) wrapContent(element, "strong");
    if (/font-style:\s*italic/i.test(style)) wrapContent(element, "em");
  }
}

function wrapContent(element, tag) {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

/** The extension for django-prose-editor. */
export const PastedStyles = Extension.create({
  name: "pastedStyles",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: stylesToElements } })],
});
