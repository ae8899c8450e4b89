"""Classes for the demo's data.

Moments are texts in local time, such as ``2022-02-01 09:30``; an empty text means none.
"""

import re
from dataclasses import dataclass, field

from articles.models.article import Spoiler

_BLOCK_TAG = re.compile(r"</?(?:h2|h3|ul|ol|blockquote|spoiler-box)\b")
_BETWEEN_ITEMS = re.compile(r"> (?=</?(?:ul|ol|li)\b)")


@dataclass(frozen=True, slots=True)
class Text:
    """A text block."""

    html: str


def prose(source: str) -> Text:
    """Return paragraphs, which are separated by blank lines, as HTML.

    A paragraph that begins with a block element's tag gets no ``<p>``.
    """
    paragraphs = []
    for paragraph in source.strip().split("\n\n"):
        line = _BETWEEN_ITEMS.sub(">", " ".join(paragraph.split()))
        paragraphs.append(line if _BLOCK_TAG.match(line) else f"<p>{line}</p>")
    return Text("".join(paragraphs))


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo block; the name is a key of ``pictures.SCENES``."""

    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PullQuote:
    """A pull quote block."""

    text: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class AdvertSlot:
    """An advert slot block."""

    name: str
    size: str


@dataclass(frozen=True, slots=True)
class SpoilerStart:
    """The start of a spoiler section."""

    season: int | None = None
    episode: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class SpoilerEnd:
    """The end of a spoiler section."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll block; the name is a key of ``site.POLLS``."""

    name: str


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up block; the name is a key of ``newsletters.NEWSLETTERS``."""

    name: str


#: A block of an article's body.
BlockData = Text | Photo | PullQuote | Poll | SignUp | AdvertSlot | SpoilerStart | SpoilerEnd


@dataclass(frozen=True, slots=True)
class SecondEdition:
    """A second edition: at another address, with more text, or both."""

    at: str
    former_slug: str = ""
    addition: Text | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalData:
    """A withdrawal."""

    at: str
    reason: str
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleData:
    """An article; it is published if ``published`` is given."""

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
    body: tuple[BlockData, ...] = ()
    published: str = ""
    second_edition: SecondEdition | None = None
    withdrawal: WithdrawalData | None = None
    #: Scheduled for so many days from now.
    days_ahead: int = 0
    in_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollData:
    """A poll; without ``closes`` it stays open."""

    question: str
    #: The number of ballots of each choice.
    choices: dict[str, int]
    introduction: str = ""
    max_choices: int = 1
    shown: str = "after_voting"
    spoiler_warning: str = ""
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyData:
    """A version of the terms or the privacy policy."""

    effective: str
    body: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsletterData:
    """A newsletter of a hub."""

    name: str
    hub: str
    strapline: str
    description: str
    frequency: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SubscriberData:
    """A subscriber of one newsletter, with the times of signing up and unsubscribing."""

    signed_up: str
    newsletter: str
    confirmed: bool = True
    unsubscribed: str = ""


@dataclass(frozen=True, slots=True)
class PhotoData:
    """The texts of a photo."""

    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleData:
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
