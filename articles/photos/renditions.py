"""Renditions: files of a photo in every aspect ratio and width that pages use.

django-pictures provides file names and the widths that a picture is large enough for. This module
crops around the focal point, and makes all renditions from one decoded picture.

The files of a photo whose original is ``photos/<hex>.jpg``::

    photos/<hex>/1200w.jpeg               the fallback, made at upload
    photos/<hex>/640w.avif                the whole picture
    photos/<hex>/16_9-40-30/640w.avif     cropped around 40 % from the left, 30 % from the top
    photos/<hex>/16_9-40-30/1200w.jpeg    the same for browsers without AVIF

A new focal point leads to new file names, so that every file can be cached without limit.
"""

import dataclasses
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models.fields.files import FieldFile
from pictures.models import PillowPicture
from pictures.utils import source_set
from PIL import Image

from articles.photos.uploads import (
    DECODING_LOCK,
    FALLBACK_QUALITY,
    FALLBACK_WIDTH,
    encode,
    flatten,
)

#: The focal point in the middle, as a key.
CENTRE = "50-50"
#: Widths are multiples of this, in pixels. They suit phones, columns and wide screens with one to
#: three device pixels for each CSS pixel.
WIDTH_STEP = 320
#: The number of widths of each aspect ratio, by the largest size that ``site.css`` shows: the whole
#: picture across an article (1216 px), 16:9 and 4:3 on the largest cards (688 px, with two device
#: pixels each), squares on small cards and portraits (144 px). None is the whole picture.
WIDTH_COUNTS: dict[str | None, int] = {None: 6, "16/9": 5, "4/3": 5, "1/1": 3}
_FRACTIONS = {ratio: Fraction(ratio) if ratio else None for ratio in WIDTH_COUNTS}
#: The most pixels of a rendition. A very tall picture has no renditions in the largest widths.
MAX_PIXELS = 4_000_000
#: Pillow's options for AVIF. Measured with tests/benchmarks/renditions.py, Pillow 13 with libaom,
#: one thread of an AMD EPYC, a picture of 1600 × 1067 pixels: speed 6 (Pillow's default) encodes
#: 1.7 megapixels a second, 8 encodes 8, 9 encodes 16 with files no larger than those of 8; 10 is
#: the same as 9. Quality 55 is as good as a JPEG of quality 85 (31.1 and 31.2 dB) in half of the
#: bytes. An upload of 24 megapixels with all renditions takes 2.3 s of CPU and 165 MB, Python and
#: Django included (a bare Pillow loop: 2.1 s and 188 MB).
AVIF = {"quality": 55, "speed": 9, "max_threads": 1}
#: A rendition is scaled from a larger one that is at least so many times as wide. The loss of
#: scaling twice isn't visible.
SCALING_FACTOR = 1.5

Box = tuple[int, int, int, int]


def directory(name: str) -> str:
    """Return the directory of an original's renditions: its name without the suffix."""
    return name.rpartition(".")[0]


def focus_key(x: int, y: int) -> str:
    """Return a focal point as it stands in file names: ``40-30``."""
    return f"{x}-{y}"


def ratio_fraction(ratio: str | None) -> Fraction | None:
    """Return an aspect ratio as a number; None for the whole picture."""
    return _FRACTIONS[ratio]


def crop_box(size: tuple[int, int], ratio: Fraction | None, focus: str) -> Box:
    """Return left, upper, right and lower edge of the crop, in pixels of a picture of this size.

    It is the largest rectangle of that ratio inside the picture, as near to the focal point as
    possible. ``focal-point.js`` uses the same formula with whole numbers.
    """
    width, height = size
    if ratio is None:
        return 0, 0, width, height
    x, y = map(int, focus.split("-"))
    wide = max(1, min(width, height * ratio.numerator // ratio.denominator))
    high = max(1, min(height, width * ratio.denominator // ratio.numerator))
    left = min(max(0, (2 * x * width - 100 * wide) // 200), width - wide)
    upper = min(max(0, (2 * y * height - 100 * high) // 200), height - high)
    return left, upper, left + wide, upper + high


@dataclasses.dataclass(eq=False)
class Rendition(PillowPicture):
    """A rendition; ``focus`` is a focal point's key, ``original`` the original's size in pixels."""

    focus: str = CENTRE
    original: tuple[int, int] = (0, 0)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, (*arguments, self.focus, self.original), options

    @property
    def height(self) -> int:
        """The file's height in pixels."""
        if ratio := self.aspect_ratio:
            return max(1, int(self.width * ratio.denominator // ratio.numerator))
        width, height = self.original
        return max(1, round(int(self.width) * height / width))

    @property
    def name(self) -> str:
        path = directory(self.parent_name)
        if ratio := self.aspect_ratio:
            path += f"/{ratio.numerator}_{ratio.denominator}-{self.focus}"
        return f"{path}/{self.width}w.{self.file_type.lower()}"

    def resize(self, image: Image.Image) -> Image.Image:
        """Return the original, or a larger rendition of the same ratio, cropped and scaled."""
        # A larger rendition has the ratio already, so it isn't cropped again.
        box = crop_box(image.size, self.aspect_ratio, self.focus)
        return image.resize((self.width, self.height), Image.Resampling.LANCZOS, box=box)

    def write(self, image: Image.Image) -> None:
        """Encode a resized picture into its file, and replace a file that exists."""
        if self.file_type == "JPEG":
            content = encode(flatten(image), "JPEG", quality=FALLBACK_QUALITY)
        else:
            content = encode(image, self.file_type, **AVIF)
        self.storage.delete(self.name)
        stored = self.storage.save(self.name, ContentFile(content))
        if stored != self.name:  # another worker has just written the same file
            self.storage.delete(stored)

    def save(self, image: Image.Image) -> None:
        """Make the file from the original; called by django-pictures."""
        self.write(self.resize(image))


@lru_cache(maxsize=1000)
def _widths(size: tuple[int, int], ratio: str | None) -> list[int]:
    count = WIDTH_COUNTS[ratio]
    exact = ratio_fraction(ratio) or Fraction(*size)
    widths: Iterable[int] = source_set(size, ratio=ratio, max_width=count * WIDTH_STEP, cols=count)
    return sorted(width for width in widths if width * width / exact <= MAX_PIXELS)


def avif_renditions(
    file: FieldFile, size: tuple[int, int], ratio: str | None, focus: str
) -> list[Rendition]:
    """Return the AVIF renditions of one ratio, narrowest first; none of a very small picture."""
    return [
        Rendition(str(file.name), "AVIF", ratio, file.storage, width, focus, size)
        for width in _widths(size, ratio)
    ]


def fallback_rendition(
    file: FieldFile, size: tuple[int, int], ratio: str | None, focus: str
) -> Rendition:
    """Return the JPEG of one ratio."""
    left, _, right, _ = crop_box(size, ratio_fraction(ratio), focus)
    width = min(FALLBACK_WIDTH, right - left)
    return Rendition(str(file.name), "JPEG", ratio, file.storage, width, focus, size)


def all_renditions(file: FieldFile, size: tuple[int, int], focus: str) -> list[Rendition]:
    """Return every rendition for a focal point, including the fallback of the whole picture."""
    found: list[Rendition] = []
    for ratio in WIDTH_COUNTS:
        found += avif_renditions(file, size, ratio, focus)
        found.append(fallback_rendition(file, size, ratio, focus))
    return found


def _write_ratio(renditions: list[Rendition], image: Image.Image) -> None:
    """Write the renditions of one ratio, largest first, and scale small ones from larger ones."""
    made: list[Image.Image] = []
    for rendition in sorted(renditions, key=lambda one: -one.width):
        min_width = SCALING_FACTOR * rendition.width
        large_enough = (one for one in reversed(made) if one.width >= min_width)
        resized = rendition.resize(next(large_enough, image))
        rendition.write(resized)
        made.append(resized)


def write(file: FieldFile, renditions: list[Rendition]) -> int:
    """Write renditions of a stored original, which is decoded once; return their number.

    Raises ``FileNotFoundError`` if the original doesn't exist.
    """
    if not renditions:
        return 0
    with DECODING_LOCK, file.storage.open(str(file.name)) as opened, Image.open(opened) as image:
        image.load()
        for ratio in WIDTH_COUNTS:
            of_ratio = [one for one in renditions if one.aspect_ratio == ratio_fraction(ratio)]
            _write_ratio(of_ratio, image)
    return len(renditions)


def delete_directory(storage: Storage, path: str) -> None:
    """Delete a directory with all its files, if it exists."""
    try:
        directories, files = storage.listdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    for inner in directories:
        delete_directory(storage, f"{path}/{inner}")
    for file in files:
        storage.delete(f"{path}/{file}")
    storage.delete(path)


def delete_crops(storage: Storage, name: str, *, keep: set[str]) -> None:
    """Delete the crops of an original, except those around the focal points to keep."""
    try:
        directories, _ = storage.listdir(directory(name))
    except FileNotFoundError:
        return
    for crop in directories:
        if crop.partition("-")[2] not in keep:
            delete_directory(storage, f"{directory(name)}/{crop}")
