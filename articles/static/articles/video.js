/** Replace a video's picture with its player when the reader clicks on it, not before. */

function createPlayer(link) {
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
  // A long name makes the link higher than 16:9; the content below must not move up.
  if (height > (width * 9) / 16 + 1) frame.style.minHeight = `${height}px`;
  return frame;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-player]");
  const hasModifier = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  // With a modifier key or another button the browser follows the link: new tab, download.
  if (!link || hasModifier || event.button || event.defaultPrevented) return;
  event.preventDefault();
  const player = createPlayer(link);
  link.replaceWith(player);
  player.focus();
});
