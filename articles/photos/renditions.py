"""Renditions: a photo in every shape and width that pages ask for.

django-pictures names the files and says which widths a picture is large enough for; here they
are cut around the focal point, and all of them are made from one decoded picture.

A photo's files, its original being ``photos/<hex>.jpg``::

    photos/<hex>/1200w.jpeg               the fallback, made at upload
    photos/<hex>/640w.avif                the whole picture
    photos/<hex>/16_9-40-30/640w.avif     cut around 40 % from the left, 30 % from the top
    photos/<hex>/16_9-40-30/1200w.jpeg    the same for browsers without AVIF

A moved focal point gives new names, so that every file may be cached for ever.
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

from articles.photos.uploads import DECODING, FALLBACK_QUALITY, FALLBACK_WIDTH, encode, on_white

CENTRE = "50-50"
#: Widths are multiples of this, in pixels: what a phone, a column and a wide screen ask for,
#: at one, two and three device pixels.
STEP = 320
#: How many widths each shape comes in, for what ``site.css`` shows of it at most: the whole
#: picture across an article (1216 px), 16:9 and 4:3 on the largest cards (688 px, twice as
#: many device pixels), squares on small cards and portraits (144 px).
COLUMNS: dict[str | None, int] = {None: 6, "16/9": 5, "4/3": 5, "1/1": 3}
SHAPES = {ratio: Fraction(ratio) if ratio else None for ratio in COLUMNS}
#: No rendition has more pixels: a picture far taller than wide goes without the widest ones.
MAX_PIXELS = 4_000_000
#: Measured with tests/benchmarks/renditions.py, Pillow 13 with libaom, one thread of an AMD
#: EPYC, a photograph-like picture of 1600 × 1067: speed 6 (Pillow's own) encodes 1.7 megapixels
#: a second, 8 does 8, 9 does 16, with files no larger than those of 8; 10 is the same as 9.
#: Quality 55 keeps what a JPEG of 85 keeps (31.1 dB against 31.2) in half its bytes. An upload of
#: 24 megapixels with all its renditions takes 2.3 s of CPU and 165 MB, Python and Django
#: included (a bare Pillow loop: 2.1 s and 188 MB).
AVIF = {"quality": 55, "speed": 9, "max_threads": 1}
#: A smaller rendition is made from a larger one of at least this many times its width; the
#: second scaling takes away nothing that the eye finds.
LARGE_ENOUGH = 1.5

Box = tuple[int, int, int, int]


def directory(name: str) -> str:
    """Where all renditions of an original are: its name without the suffix."""
    return name.rpartition(".")[0]


def focus_key(x: int, y: int) -> str:
    """A focal point as it stands in file names: ``40-30``."""
    return f"{x}-{y}"


def shape(ratio: str | None) -> Fraction | None:
    """A ratio as a number; None for the whole picture."""
    return SHAPES[ratio]


def crop_box(size: tuple[int, int], ratio: Fraction | None, focus: str) -> Box:
    """Left, upper, right and lower edge of the crop, in pixels of a picture of this size.

    The largest rectangle of that ratio, centred on the focal point as far as the edges let it.
    ``focal-point.js`` draws by the same formula, in whole numbers too.
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
class FocalPicture(PillowPicture):
    """One rendition; ``focus`` is a focal point's key, ``original`` the picture's size."""

    focus: str = CENTRE
    original: tuple[int, int] = (0, 0)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, (*arguments, self.focus, self.original), options

    @property
    def height(self) -> int:
        """In pixels, as in the file."""
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
        """The picture, or a larger rendition of the same shape, cut and scaled."""
        # What is cut already has the ratio, so that nothing is cut a second time.
        box = crop_box(image.size, self.aspect_ratio, self.focus)
        return image.resize((self.width, self.height), Image.Resampling.LANCZOS, box=box)

    def write(self, image: Image.Image) -> None:
        """Encode a resized picture into its file; one that is there is replaced."""
        if self.file_type == "JPEG":
            content = encode(on_white(image), "JPEG", quality=FALLBACK_QUALITY)
        else:
            content = encode(image, self.file_type, **AVIF)
        self.storage.delete(self.name)
        stored = self.storage.save(self.name, ContentFile(content))
        if stored != self.name:  # another worker was quicker with the same file
            self.storage.delete(stored)

    def save(self, image: Image.Image) -> None:
        """As django-pictures has it: from the whole picture to the file."""
        self.write(self.resize(image))


@lru_cache(maxsize=1000)
def _widths(size: tuple[int, int], ratio: str | None) -> list[int]:
    columns = COLUMNS[ratio]
    exact = shape(ratio) or Fraction(*size)
    wanted: Iterable[int] = source_set(size, ratio=ratio, max_width=columns * STEP, cols=columns)
    return sorted(width for width in wanted if width * width / exact <= MAX_PIXELS)


def sources(file: FieldFile, size: tuple[int, int], ratio: str | None, focus: str) -> list[Any]:
    """The AVIF renditions of one shape, narrowest first; none of a very small picture."""
    return [
        FocalPicture(str(file.name), "AVIF", ratio, file.storage, width, focus, size)
        for width in _widths(size, ratio)
    ]


def fallback(file: FieldFile, size: tuple[int, int], ratio: str | None, focus: str) -> FocalPicture:
    """The JPEG of one shape."""
    left, _, right, _ = crop_box(size, shape(ratio), focus)
    width = min(FALLBACK_WIDTH, right - left)
    return FocalPicture(str(file.name), "JPEG", ratio, file.storage, width, focus, size)


def all_pictures(file: FieldFile, size: tuple[int, int], focus: str) -> list[FocalPicture]:
    """Every rendition that belongs to a focal point, the fallback of the whole included."""
    return [
        picture
        for ratio in COLUMNS
        for picture in (*sources(file, size, ratio, focus), fallback(file, size, ratio, focus))
    ]


def _make_shape(pictures: list[FocalPicture], image: Image.Image) -> None:
    """Make the renditions of one shape, largest first, the small ones from the larger ones."""
    made: list[Image.Image] = []
    for picture in sorted(pictures, key=lambda one: -one.width):
        wide_enough = (one for one in reversed(made) if one.width >= LARGE_ENOUGH * picture.width)
        resized = picture.resize(next(wide_enough, image))
        picture.write(resized)
        made.append(resized)


def make(file: FieldFile, pictures: list[FocalPicture]) -> int:
    """Make renditions of a stored original, which is decoded once; how many there are.

    Raises ``FileNotFoundError`` where the original is gone.
    """
    if not pictures:
        return 0
    with DECODING, file.storage.open(str(file.name)) as opened, Image.open(opened) as image:
        image.load()
        for ratio in COLUMNS:
            of_shape = [one for one in pictures if one.aspect_ratio == shape(ratio)]
            _make_shape(of_shape, image)
    return len(pictures)


def remove(storage: Storage, path: str) -> None:
    """Delete a directory with all that is in it; one that is not there is no fault."""
    try:
        directories, files = storage.listdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    for inner in directories:
        remove(storage, f"{path}/{inner}")
    for file in files:
        storage.delete(f"{path}/{file}")
    storage.delete(path)


def remove_crops(storage: Storage, name: str, *, except_of: set[str]) -> None:
    """Delete the crops of an original around any other focal point than these."""
    try:
        directories, _ = storage.listdir(directory(name))
    except FileNotFoundError:
        return
    for crop in directories:
        if crop.partition("-")[2] not in except_of:
            remove(storage, f"{directory(name)}/{crop}")
