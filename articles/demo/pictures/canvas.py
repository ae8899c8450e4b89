"""A canvas for scenes of flat shapes with soft edges, light and grain.

Coordinates are pixels of the finished picture. A shape is drawn at twice its size and scaled down,
because Pillow draws without anti-aliasing.
"""

import io
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]

SIZE = (1600, 900)
OVERSAMPLING = 2
GRAIN_TILE = 400


def gradient(colours: Sequence[str], height: int) -> Image.Image:
    """Return a column one pixel wide that blends the colours from top to bottom."""
    stops = [ImageColor.getrgb(colour)[:3] for colour in colours]
    column = Image.new("RGB", (1, 256), stops[0])
    for y in range(256 if len(stops) > 1 else 0):
        place, share = divmod(y / 255 * (len(stops) - 1), 1)
        above = stops[int(place)]
        below = stops[min(int(place) + 1, len(stops) - 1)]
        blend = [round(a + (b - a) * share) for a, b in zip(above, below, strict=True)]
        column.putpixel((0, y), (blend[0], blend[1], blend[2]))
    return column.resize((1, height), Image.Resampling.BICUBIC)


class Pen:
    """Draws the shape of one layer as a mask; ``ink`` is the mask's value, 0 to 255."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.mask = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
        self._draw = ImageDraw.Draw(self.mask)

    @staticmethod
    def _scaled(points: Iterable[Point]) -> list[Point]:
        return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]

    def polygon(self, *points: Point, ink: int = 255) -> None:
        """Draw a polygon."""
        self._draw.polygon(self._scaled(points), fill=ink)

    def rectangle(self, x: float, y: float, width: float, height: float, *, ink: int = 255) -> None:
        """Draw a rectangle from its top left corner."""
        if width > 0 and height > 0:
            self._draw.rectangle(self._scaled([(x, y), (x + width, y + height)]), fill=ink)

    def rounded_rectangle(
        self, x: float, y: float, width: float, height: float, radius: float
    ) -> None:
        """Draw a rectangle with round corners."""
        corners = self._scaled([(x, y), (x + width, y + height)])
        self._draw.rounded_rectangle(corners, radius * OVERSAMPLING, fill=255)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float | None = None, ink: int = 255
    ) -> None:
        """Draw a circle or an ellipse around its centre; ``ink=0`` erases."""
        ry = rx if ry is None else ry
        self._draw.ellipse(self._scaled([(x - rx, y - ry), (x + rx, y + ry)]), fill=ink)

    def ring(self, x: float, y: float, rx: float, ry: float, width: float) -> None:
        """Draw the outline of an ellipse."""
        corners = self._scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse(corners, outline=255, width=round(width * OVERSAMPLING))

    def arc(self, x: float, y: float, r: float, start: float, end: float, width: float) -> None:
        """Draw a part of a circle's outline, in degrees clockwise from three o'clock."""
        corners = self._scaled([(x - r, y - r), (x + r, y + r)])
        self._draw.arc(corners, start, end, fill=255, width=round(width * OVERSAMPLING))

    def line(self, *points: Point, width: float = 2, ink: int = 255) -> None:
        """Draw a line through points."""
        stroke = round(width * OVERSAMPLING)
        self._draw.line(self._scaled(points), fill=ink, width=stroke, joint="curve")


class Canvas:
    """A picture that is being drawn; its random numbers are the same each time."""

    def __init__(self, seed: str, *background: str, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.image = gradient(background, size[1]).resize(size)
        self.random = random.Random(seed)  # noqa: S311  (not for security)

    @contextmanager
    def layer(
        self, *colours: str, blur: float = 0, opacity: float = 1, light: bool = False
    ) -> Iterator[Pen]:
        """Fill a shape with a gradient that runs from the top of the picture to its bottom.

        ``light`` adds the colours to those below instead of covering them.
        """
        pen = Pen(self.size)
        yield pen
        box = self._bounds(pen.mask, margin=blur * 4)
        if box is None:
            return
        mask = pen.mask.reduce(OVERSAMPLING).crop(box)
        if blur:
            # Blurring a small copy is many times faster and looks the same.
            small = mask.reduce(4).filter(ImageFilter.GaussianBlur(blur / 4))
            mask = small.resize(mask.size, Image.Resampling.BICUBIC)
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        column = gradient(colours, self.size[1]).crop((0, box[1], 1, box[3]))
        self._apply(column.resize(mask.size), mask, box, light=light)

    def _bounds(self, mask: Image.Image, *, margin: float) -> tuple[int, int, int, int] | None:
        drawn = mask.getbbox()
        if drawn is None:
            return None
        left, top, right, bottom = (edge / OVERSAMPLING for edge in drawn)
        width, height = self.size
        return (
            max(0, math.floor(left - margin)),
            max(0, math.floor(top - margin)),
            min(width, math.ceil(right + margin)),
            min(height, math.ceil(bottom + margin)),
        )

    def _apply(
        self, fill: Image.Image, mask: Image.Image, box: tuple[int, int, int, int], *, light: bool
    ) -> None:
        if light:
            fill = ImageChops.screen(self.image.crop(box), fill)
        self.image.paste(fill, box, mask)

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 1) -> None:
        """Add light that fades from a centre."""
        side = round(radius * 2)
        left, top = round(x - radius), round(y - radius)
        # Pillow's gradient is 255 in the corners and 181 in the middle of a side.
        fade = [max(0, 1 - value / 181) ** 1.6 * 255 * strength for value in range(256)]
        disc = Image.radial_gradient("L").point([round(value) for value in fade])
        disc = disc.resize((side, side), Image.Resampling.BICUBIC)
        box = (
            max(0, left),
            max(0, top),
            min(self.size[0], left + side),
            min(self.size[1], top + side),
        )
        mask = disc.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
        self._apply(Image.new("RGB", mask.size, colour), mask, box, light=True)

    def stars(self, count: int, below: float, colour: str = "#ffffff") -> None:
        """Draw stars from the top down to a height, with fewer stars further down."""
        width = self.size[0]
        with self.layer(colour, light=True) as pen:
            for _ in range(count):
                x = self.random.uniform(0, width)
                y = below * self.random.random() ** 1.4
                ink = self.random.randint(60, 255)
                pen.ellipse(x, y, self.random.choice((0.7, 0.9, 1.1, 1.6)), ink=ink)

    def ridge(self, base: float, height: float, step: float) -> list[Point]:
        """Return the outline of mountains across the picture, closed along its lower edge."""
        width, bottom = self.size
        points: list[Point] = [(-step, bottom), (-step, base)]
        x = -step
        while x < width + step:
            x += step * self.random.uniform(0.5, 1.4)
            points.append((x, base - height * self.random.random()))
        return [*points, (x, bottom)]

    def jpeg(self) -> bytes:
        """Return the picture, with a little grain and darker corners, as a JPEG file."""
        self._vignette()
        self._grain()
        buffer = io.BytesIO()
        self.image.save(buffer, format="JPEG", quality=92)
        return buffer.getvalue()

    def _vignette(self) -> None:
        shade = Image.radial_gradient("L").point(
            [255 - round(max(0, value - 110) * 0.6) for value in range(256)]
        )
        shade = shade.resize(self.size, Image.Resampling.BICUBIC)
        self.image = ImageChops.multiply(self.image, Image.merge("RGB", (shade,) * 3))

    def _grain(self) -> None:
        noise = Image.frombytes(
            "L", (GRAIN_TILE, GRAIN_TILE), self.random.randbytes(GRAIN_TILE**2)
        ).filter(ImageFilter.GaussianBlur(0.6))
        noise = noise.point([round(128 + (value - 128) * 0.2) for value in range(256)])
        paper = Image.new("L", self.size)
        for x in range(0, self.size[0], GRAIN_TILE):
            for y in range(0, self.size[1], GRAIN_TILE):
                paper.paste(noise, (x, y))
        self.image = ImageChops.soft_light(self.image, Image.merge("RGB", (paper,) * 3))
