"""The blocks of a working copy's body.

Each knows how to freeze itself: ``freeze`` returns what the edition keeps of it, which is
enough to render it without a query and to restore it later; ``thaw`` is the way back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from content_editor.models import create_plugin_base
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import Truncator

from articles.blocks import spoiler_boxes as spoilers
from articles.blocks import video_links as videos
from articles.models.article import REGION, Article, ArticleTitle, Byline
from articles.models.taxonomy import Title
from articles.photos.models import Photo
from newsletter.models import Newsletter
from newsroom.rich_text import RichTextField, plain_text
from polls.models import Poll


@dataclass(frozen=True, slots=True)
class FreezeContext:
    """What blocks need to know of the article: names of titles, and its first one."""

    names: Mapping[int, str]
    first_title: str
    #: Primary key of the first title.
    first_work: int | None = None


def freeze_photo(photo: Photo, *, alt: str = "", caption: str = "") -> dict[str, Any]:
    """A photo as an edition keeps it; ``name`` is the file's in the media storage."""
    return {
        "photo": photo.pk,
        "name": photo.image.name,
        "width": photo.width,
        "height": photo.height,
        "alt": alt or photo.alt,
        "caption": caption or photo.caption,
        "credit": photo.credit,
    }


class Block(create_plugin_base(Article)):  # type: ignore[misc]
    """What all blocks share; ``kind`` names its template and its frozen form."""

    kind: ClassVar[str]

    class Meta:
        abstract = True
        ordering = ["ordering", "id"]
        constraints = [
            # A block elsewhere would be left out at freezing: a spoiler start, say.
            models.CheckConstraint(
                condition=models.Q(region=REGION), name="%(app_label)s_%(class)s_region"
            )
        ]

    def __str__(self) -> str:
        """What tells it from its neighbours in the form, beside its kind; no query."""
        raise NotImplementedError

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        """The block as the edition keeps it, JSON-serialisable."""
        raise NotImplementedError

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a frozen block; what it links to may be gone since."""
        raise NotImplementedError


class TextBlock(Block):
    """Paragraphs, headings, lists and quotes, with spoiler boxes around any of them."""

    kind = "text"
    html = RichTextField("text", extensions=spoilers.EXTENSIONS, sanitize=spoilers.sanitize)

    class Meta(Block.Meta):
        verbose_name = "text"

    def __str__(self) -> str:
        return Truncator(plain_text(self.html[:500])).words(8, truncate="…")

    @cached_property
    def safe_html(self) -> str:
        """The text sanitised again: the row may have been written past the form."""
        try:
            return spoilers.sanitize(self.html)
        except ValidationError:
            return spoilers.seal(self.html)

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "html": spoilers.name_boxes(
                self.safe_html, context.names, context.first_title, context.first_work
            ),
        }

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {"html": spoilers.unname_boxes(frozen["html"])}


class PhotoBlock(Block):
    """A photo in the text."""

    kind = "photo"
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="blocks")
    alt = models.CharField(
        "alternative text", max_length=250, blank=True, help_text="Empty: the photo's own text."
    )
    caption = models.CharField(
        max_length=300, blank=True, help_text="Empty: the photo's own caption."
    )

    class Meta(Block.Meta):
        verbose_name = "photo"

    def __str__(self) -> str:
        return self.caption or self.alt

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            **freeze_photo(self.photo, alt=self.alt, caption=self.caption),
            "own_alt": self.alt,
            "own_caption": self.caption,
        }

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "photo_id": frozen["photo"],
            "alt": frozen["own_alt"],
            "caption": frozen["own_caption"],
        }

    @classmethod
    def get_queryset(cls) -> models.QuerySet[Any]:
        """With the photos, which freezing reads."""
        queryset: models.QuerySet[Any] = cls.objects.select_related("photo")
        return queryset


class PullQuoteBlock(Block):
    """A sentence set large."""

    kind = "pullquote"
    text = models.TextField(max_length=500)
    attribution = models.CharField(max_length=120, blank=True)

    class Meta(Block.Meta):
        verbose_name = "pull quote"

    def __str__(self) -> str:
        return Truncator(self.text).words(8, truncate="…")

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "attribution": self.attribution}

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {"text": frozen["text"], "attribution": frozen["attribution"]}


class VideoBlock(Block):
    """A video of YouTube's or Vimeo's, which the reader loads by a click."""

    kind = "video"
    url = models.CharField(
        "address",
        max_length=300,
        validators=[videos.validate_video],
        help_text="Of the video's page at YouTube or Vimeo, as the browser shows it.",
    )
    name = models.CharField(
        "title", max_length=150, help_text="What the video shows; readers see it on the picture."
    )
    photo = models.ForeignKey(
        Photo,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="videos",
        verbose_name="picture",
        help_text="Shown until the reader starts the video; empty: a plain area.",
    )

    class Meta(Block.Meta):
        verbose_name = "video"

    def __str__(self) -> str:
        return self.name

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "url": self.url,
            "name": self.name,
            "poster": freeze_photo(self.photo) if self.photo else None,
        }

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        poster = frozen["poster"]
        return {
            "url": frozen["url"],
            "name": frozen["name"],
            "photo_id": poster["photo"] if poster else None,
        }

    @classmethod
    def get_queryset(cls) -> models.QuerySet[Any]:
        """With the photos, which freezing reads."""
        queryset: models.QuerySet[Any] = cls.objects.select_related("photo")
        return queryset


class PollBlock(Block):
    """A poll in the text: readers vote where they read."""

    kind = "poll"
    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="blocks")

    class Meta(Block.Meta):
        verbose_name = "poll"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        # The question for those who compare texts; readers get the poll's own, which may be sealed.
        return {"kind": self.kind, "poll": self.poll_id, "question": self.poll.question}

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {"poll_id": frozen["poll"]}

    @classmethod
    def get_queryset(cls) -> models.QuerySet[Any]:
        """With the polls, which freezing reads."""
        queryset: models.QuerySet[Any] = cls.objects.select_related("poll")
        return queryset


class SignUpBlock(Block):
    """A newsletter's box in the text: readers sign up where they read."""

    kind = "signup"
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="blocks")

    class Meta(Block.Meta):
        verbose_name = "sign-up"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        # The name for those who compare texts; readers get the box as it is when they read.
        return {"kind": self.kind, "newsletter": self.newsletter_id, "name": self.newsletter.name}

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {"newsletter_id": frozen["newsletter"]}

    @classmethod
    def get_queryset(cls) -> models.QuerySet[Any]:
        """With the newsletters, which freezing reads."""
        queryset: models.QuerySet[Any] = cls.objects.select_related("newsletter")
        return queryset


class AdvertSlotBlock(Block):
    """A place for an advert, its size reserved so that the page never jumps."""

    class Size(models.TextChoices):
        RECTANGLE = "300x250", "Rectangle, 300 × 250"
        BANNER = "320x100", "Large mobile banner, 320 × 100"
        LEADERBOARD = "728x90", "Leaderboard, 728 × 90"
        BILLBOARD = "970x250", "Billboard, 970 × 250"
        HALF_PAGE = "300x600", "Half page, 300 × 600"

    kind = "advert"
    name = models.SlugField(max_length=60, help_text="The slot's name at the advert server.")
    size = models.CharField(max_length=10, choices=Size.choices, default=Size.RECTANGLE)

    class Meta(Block.Meta):
        verbose_name = "advert slot"

    def __str__(self) -> str:
        return f"{self.name}, {self.size}"

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "size": self.size}

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": frozen["name"], "size": frozen["size"]}


_NUMBER = (MinValueValidator(1), MaxValueValidator(9999))


class SpoilerStartBlock(Block):
    """From here on everything is in a spoiler box."""

    kind = "spoiler_start"
    title = models.ForeignKey(
        Title,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What it gives away; empty: the article's first title.",
    )
    season = models.PositiveSmallIntegerField(null=True, blank=True, validators=_NUMBER)
    episode = models.PositiveSmallIntegerField(null=True, blank=True, validators=_NUMBER)
    label = models.CharField(
        max_length=spoilers.MAX_LABEL,
        blank=True,
        help_text="Own words on the box, instead of title, season and episode.",
    )

    class Meta(Block.Meta):
        verbose_name = "spoiler start"

    def __str__(self) -> str:
        return str(spoilers.Scope("", self.season, self.episode, self.label))

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.title_id,
            "name": context.names.get(self.title_id or 0, context.first_title),
            "season": self.season,
            "episode": self.episode,
            "label": self.label,
            "work": spoilers.work_of(self.title_id, self.label, context.names, context.first_work),
        }

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "title_id": frozen["title"],
            "season": frozen["season"],
            "episode": frozen["episode"],
            "label": frozen["label"],
        }


class SpoilerEndBlock(Block):
    """The spoiler section ends here; without one it runs to the end of the article."""

    kind = "spoiler_end"

    class Meta(Block.Meta):
        verbose_name = "spoiler end"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        return {"kind": self.kind}

    @classmethod
    def thaw(cls, frozen: Mapping[str, Any]) -> dict[str, Any]:
        return {}


#: Every kind of block, in the order of the editor's buttons.
BLOCKS: tuple[type[Block], ...] = (
    TextBlock,
    PhotoBlock,
    PullQuoteBlock,
    VideoBlock,
    PollBlock,
    SignUpBlock,
    AdvertSlotBlock,
    SpoilerStartBlock,
    SpoilerEndBlock,
)
#: All that belongs to a working copy and is a row of its own.
PARTS: tuple[type[models.Model], ...] = (*BLOCKS, Byline, ArticleTitle)
