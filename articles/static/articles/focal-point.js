/**
 * The focal point of a photo: <div data-focal-point> that holds the picture, or that names a file
 * field, whose chosen picture is shown, in data-file.
 *
 * The point is set by clicking, by dragging or with the arrow keys. The number fields always show
 * the same values, and are used alone without this script. Below, the crops are drawn as the
 * server will cut them: by the formula of crop_box in articles/photos/renditions.py, in integers.
 */

const RATIOS = [
  [16, 9],
  [4, 3],
  [1, 1],
];
const CROP_HEIGHT = 90; // pixels of the page
const MAX_SIDE = 1200; // pixels of a chosen picture's longer side

const clamp = (value, lowest, highest) => Math.min(Math.max(value, lowest), highest);

/** The largest rectangle of a ratio, centred on the point as far as the edges allow. */
function cropBox(width, height, [across, down], x, y) {
  const wide = Math.max(1, Math.min(width, Math.floor((height * across) / down)));
  const high = Math.max(1, Math.min(height, Math.floor((width * down) / across)));
  const left = clamp(Math.floor((2 * x * width - 100 * wide) / 200), 0, width - wide);
  const upper = clamp(Math.floor((2 * y * height - 100 * high) / 200), 0, height - high);
  return [left, upper, wide, high];
}

function createElement(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

class FocalPoint {
  constructor(container) {
    this.container = container;
    this.fields = ["x", "y"].map((axis) => document.getElementById(`id_focus_${axis}`));
    this.isFixed = this.fields.includes(null);
    this.point = ["x", "y"].map((axis) => Number(container.dataset[axis] ?? 50));
    this.canvas = createElement("canvas");
    this.mark = createElement("span", { className: "focal-mark" });
    this.area = createElement("div", { className: "focal-area" }, this.canvas, this.mark);
    this.crops = RATIOS.map((ratio) => ({ ratio, canvas: createElement("canvas") }));
    this.describe();
    if (!this.isFixed) this.listen();
  }

  /** Set roles and labels for screen readers. */
  describe() {
    // A slider in two directions: screen readers announce its value in words when it changes.
    this.area.setAttribute("role", "slider");
    this.area.setAttribute("aria-label", "Focal point");
    this.area.setAttribute("aria-valuemin", "0");
    this.area.setAttribute("aria-valuemax", "100");
    if (this.isFixed) this.area.setAttribute("aria-readonly", "true");
    this.area.tabIndex = 0;
    this.canvas.setAttribute("aria-hidden", "true");
    this.mark.setAttribute("aria-hidden", "true");
    for (const { ratio, canvas } of this.crops) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Crop ${ratio.join(" to ")}`);
    }
  }

  listen() {
    this.readFields();
    for (const field of this.fields) field.addEventListener("input", () => this.readFields());
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    this.area.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.area.setPointerCapture(event.pointerId);
      this.pointAt(event);
    });
    this.area.addEventListener("pointermove", (event) => {
      if (this.area.hasPointerCapture(event.pointerId)) this.pointAt(event);
    });
  }

  readFields() {
    const values = this.fields.map((field) => Math.round(Number(field.value)));
    if (this.fields.some((field) => field.value === "" || !field.validity.valid)) return;
    this.point = values;
    this.draw();
  }

  moveTo(...point) {
    this.point = point.map((value) => clamp(Math.round(value), 0, 100));
    this.fields.forEach((field, axis) => {
      field.value = this.point[axis];
    });
    this.draw();
  }

  pointAt(event) {
    const box = this.canvas.getBoundingClientRect();
    this.moveTo(
      (100 * (event.clientX - box.left)) / box.width,
      (100 * (event.clientY - box.top)) / box.height,
    );
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [x, y] = this.point;
    const step = event.shiftKey ? 10 : 1;
    const points = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y - step],
      ArrowDown: [x, y + step],
      Home: [50, 50],
    };
    if (!(event.key in points)) return;
    event.preventDefault();
    this.moveTo(...points[event.key]);
  }

  /** Show a picture (a CanvasImageSource) of a size in pixels. */
  show(picture, width, height) {
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
    this.canvas.width = Math.max(1, Math.round(width * scale));
    this.canvas.height = Math.max(1, Math.round(height * scale));
    this.canvas.getContext("2d").drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    const figures = this.crops.map(({ ratio, canvas }) =>
      createElement(
        "figure",
        {},
        canvas,
        createElement("figcaption", { textContent: ratio.join(":") }),
      ),
    );
    this.container.replaceChildren(
      this.area,
      createElement("div", { className: "focal-crops" }, ...figures),
    );
    this.draw();
  }

  showMessage(text) {
    this.container.replaceChildren(
      createElement("p", { className: "focal-message", textContent: text }),
    );
  }

  draw() {
    const [x, y] = this.point;
    const { width, height } = this.canvas;
    this.mark.style.left = `${x}%`;
    this.mark.style.top = `${y}%`;
    this.area.setAttribute("aria-valuenow", x);
    this.area.setAttribute("aria-valuetext", `${x}% from the left, ${y}% from the top`);
    for (const { ratio, canvas } of this.crops) {
      const box = cropBox(width, height, ratio, x, y);
      canvas.dataset.box = box.join(" ");
      canvas.height = CROP_HEIGHT * devicePixelRatio;
      canvas.width = Math.round((canvas.height * ratio[0]) / ratio[1]);
      canvas.style.height = `${CROP_HEIGHT}px`;
      canvas.getContext("2d").drawImage(this.canvas, ...box, 0, 0, canvas.width, canvas.height);
    }
  }
}

async function showChosenFile(focal, field) {
  const [file] = field.files;
  if (!file) return focal.showMessage("Shown as soon as a file is chosen.");
  try {
    const bitmap = await createImageBitmap(file);
    if (field.files[0] === file) focal.show(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
  } catch {
    focal.showMessage("This browser can’t show the file; the server will check it.");
  }
}

async function initialize(container) {
  const focal = new FocalPoint(container);
  const field = document.getElementById(container.dataset.file ?? "");
  if (field) {
    field.addEventListener("change", () => showChosenFile(focal, field));
    if (field.files.length) showChosenFile(focal, field);
    return;
  }
  const image = container.querySelector("img");
  if (!image) return;
  try {
    await image.decode();
  } catch {
    return; // without the picture, the number fields remain
  }
  focal.show(image, image.naturalWidth, image.naturalHeight);
}

for (const container of document.querySelectorAll("[data-focal-point]")) initialize(container);
