/** A video’s player takes the place of its picture when the reader asks for it, not before. */

function player(link) {
  const { width, height } = link.getBoundingClientRect();
  const frame = Object.assign(document.createElement("iframe"), {
    title: link.dataset.title,
    width: 560,
    height: 315,
    allow: "autoplay; fullscreen; picture-in-picture; encrypted-media",
    allowFullscreen: true,
    referrerPolicy: "strict-origin-when-cross-origin",
    src: link.dataset.player,
  });
  // Where a long name needs more than 16:9, what follows must not move up.
  if (height > (width * 9) / 16 + 1) frame.style.minHeight = `${height}px`;
  return frame;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-player]");
  const withKey = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  // A new tab, a download: what a click means with a key is the browser's business.
  if (!link || withKey || event.button || event.defaultPrevented) return;
  event.preventDefault();
  const frame = player(link);
  link.replaceWith(frame);
  frame.focus();
});
