/**
 * Pasted text keeps its bold and italic under a strict content security policy.
 *
 * The policy blocks (and reports) style attributes even in the detached document that the
 * editor parses a paste in. Google Docs wraps all it copies in a <b> whose style says
 * "normal": without that style, everything pasted would turn bold.
 */

import { Extension, Plugin } from "django-prose-editor/editor";

const STYLE = "data-pasted-style";

/** Say with elements what the styles of pasted HTML say about bold and italic. */
function stylesToElements(html) {
  if (!/\sstyle\s*=/i.test(html)) return html;
  // Renamed as text, before anything parses it.
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

export const PastedStyles = Extension.create({
  name: "pastedStyles",
  addProseMirrorPlugins: () => [
    new Plugin({ props: { transformPastedHTML: stylesToElements } }),
  ],
});
