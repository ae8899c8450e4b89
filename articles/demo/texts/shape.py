"""The shape of the demo's articles as data."""

import re
from dataclasses import dataclass, field

from articles.models.article import Spoiler

_BLOCK = re.compile(r"</?(?:h2|h3|ul|ol|blockquote|spoiler-box)\b")
_BETWEEN_ITEMS = re.compile(r"> (?=</?(?:ul|ol|li)\b)")


@dataclass(frozen=True, slots=True)
class Text:
    """HTML of a text block."""

    html: str


def prose(source: str) -> Text:
    """Paragraphs parted by blank lines; one that begins with a block's tag stays as it is."""
    pieces = []
    for paragraph in source.strip().split("\n\n"):
        line = _BETWEEN_ITEMS.sub(">", " ".join(paragraph.split()))
        pieces.append(line if _BLOCK.match(line) else f"<p>{line}</p>")
    return Text("".join(pieces))


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo block; the name is one of ``pictures.SCENES``."""

    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PullQuote:
    """A sentence set large."""

    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Advert:
    """A slot for an advert."""

    name: str
    size: str


@dataclass(frozen=True, slots=True)
class SpoilerStart:
    """From here on everything is in a spoiler box."""

    season: int | None = None
    episode: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class SpoilerEnd:
    """The spoiler box ends here."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A poll block; the name is one of ``desk.POLLS``."""

    name: str


@dataclass(frozen=True, slots=True)
class SignUp:
    """A newsletter's box; the name is one of ``letters.LETTERS``."""

    name: str


Piece = Text | Picture | PullQuote | Vote | SignUp | Advert | SpoilerStart | SpoilerEnd


@dataclass(frozen=True, slots=True)
class Change:
    """A second edition: at another address, with more text, or both."""

    at: str
    former_slug: str = ""
    addition: Text | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A withdrawal."""

    at: str
    reason: str
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article. Moments are local, such as ``2022-02-01 09:30``; none: not published."""

    headline: str
    hub: str = ""
    slug: str = ""
    standfirst: str = ""
    photo: str = ""
    authors: tuple[str, ...] = ("max-mustermann",)
    titles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    spoiler: Spoiler = Spoiler.NONE
    lead: bool = False
    body: tuple[Piece, ...] = ()
    published: str = ""
    changed: Change | None = None
    taken: Taken | None = None
    days_ahead: int = 0
    in_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A poll. Moments as in ``Story``; none: open until further notice, from now on."""

    question: str
    #: Choice → ballots.
    choices: dict[str, int]
    introduction: str = ""
    max_choices: int = 1
    shown: str = "after_voting"
    spoiler_warning: str = ""
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A version of terms or privacy policy. Moments as in ``Story``."""

    effective: str
    body: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A newsletter of a hub."""

    name: str
    hub: str
    strapline: str
    description: str
    frequency: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who signs up to a newsletter. Moments as in ``Story``; none: stays."""

    came: str
    letter: str
    confirmed: bool = True
    left: str = ""


@dataclass(frozen=True, slots=True)
class Photograph:
    """What goes with a picture."""

    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A title."""

    name: str
    kind: str
    year: int
    description: str
    photo: str
    original_name: str = ""
    released: str | None = None
    episodes: int | None = None
    availability: dict[str, str] = field(default_factory=dict)
