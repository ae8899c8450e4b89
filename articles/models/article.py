"""Articles: the working copies, which editors edit and readers never see."""

from typing import TYPE_CHECKING, ClassVar, Self

from content_editor.models import Region
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from articles.models.author import Author
from articles.models.hub import Hub
from articles.models.title import Title
from articles.models.topic import Topic
from articles.photos.models import Photo
from newsroom.desk.transitions import TransitionRefused

if TYPE_CHECKING:
    from newsroom.models import User

#: The name of the only region of blocks.
REGION = "body"


class Spoiler(models.TextChoices):
    """Whether an article contains spoilers."""

    NONE = "none", "No spoilers"
    MARKED = "marked", "Marked in the text"
    THROUGHOUT = "throughout", "Throughout"


class ArticleQuerySet(models.QuerySet["Article"]):
    """Filters by stage and by permission."""

    def editable_by(self, user: "User") -> Self:
        """Return a user's own articles, or all articles with ``edit_any_article``."""
        if user.has_perm("articles.edit_any_article"):
            return self
        own = Byline.objects.filter(author__user=user).values("article")
        return self.filter(models.Q(created_by=user) | models.Q(pk__in=own))

    def in_review(self) -> Self:
        """Return the articles that wait for an editor."""
        return self.filter(stage=Article.Stage.IN_REVIEW)

    def ready(self) -> Self:
        """Return the articles that an editor has approved."""
        return self.filter(stage=Article.Stage.READY)


class Article(models.Model):
    """The working copy of an article; a draft may consist of a headline only."""

    class Stage(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        READY = "ready", "Ready"

    hub = models.ForeignKey(
        Hub, null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    headline = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=120, blank=True, help_text="The last part of the address; may change later."
    )
    standfirst = models.TextField(
        max_length=500,
        blank=True,
        help_text="One or two sentences under the headline and on cards, free of spoilers.",
    )
    photo = models.ForeignKey(
        Photo,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        verbose_name="lead photo",
    )
    photo_alt = models.CharField(
        "alternative text",
        max_length=250,
        blank=True,
        help_text="What matters about the photo here. If empty, the photo's own text is used.",
    )
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles", blank=True)
    titles = models.ManyToManyField(
        Title, through="ArticleTitle", related_name="articles", blank=True
    )
    topics = models.ManyToManyField(Topic, related_name="articles", blank=True)
    spoiler = models.CharField(
        "spoiler flag",
        max_length=10,
        choices=Spoiler.choices,
        default=Spoiler.NONE,
        help_text="A spoiler box in the text changes “No spoilers” to “Marked in the text”.",
    )
    lead = models.BooleanField(
        "lead story",
        default=False,
        help_text="Shown at the top of the front page until there is a newer lead story.",
    )
    seo_title = models.CharField(
        "SEO title", max_length=120, blank=True, help_text="If empty, the headline is used."
    )
    seo_description = models.CharField(
        "SEO description", max_length=300, blank=True, help_text="If empty, the standfirst is used."
    )
    noindex = models.BooleanField(
        "hide from search engines",
        default=False,
        help_text="Search engines are asked not to list it, and it isn't in the sitemaps. "
        "It is still shown on fronts and in feeds.",
    )
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="The number of the latest revision."
    )
    stage = models.CharField(
        max_length=10, choices=Stage.choices, default=Stage.DRAFT, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True, db_index=True)

    objects = ArticleQuerySet.as_manager()

    #: For django-content-editor.
    regions: ClassVar[list[Region]] = [Region(key=REGION, title="Body")]

    class Meta:
        ordering = ["-updated_at", "-id"]
        permissions = [
            ("publish_article", "Can publish, schedule, expire and withdraw articles"),
            ("edit_any_article", "Can work on the articles of others"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "slug"],
                condition=~models.Q(slug=""),
                name="article_address_unique",
                violation_error_message="Another article in this hub has this address.",
            )
        ]

    def __str__(self) -> str:
        return self.headline

    def clean(self) -> None:
        """Refuse line breaks in single-line fields."""
        super().clean()
        for field in ("headline", "seo_title", "seo_description"):
            if "\n" in getattr(self, field) or "\r" in getattr(self, field):
                raise ValidationError({field: "Keep this on one line."})

    def missing_for_publication(self) -> list[str]:
        """Return what is missing before it can be published, in the order of the form."""
        missing = []
        if self.hub_id is None:
            missing.append("a hub")
        if not self.headline.strip():
            missing.append("a headline")
        if not self.slug:
            missing.append("a slug")
        return missing

    def mark_spoilers(self) -> bool:
        """Change the spoiler flag from “none” to “marked”; return whether it was changed."""
        if self.spoiler != Spoiler.NONE:
            return False
        self.spoiler = Spoiler.MARKED
        self.save(update_fields=["spoiler"])
        return True

    # Stages of the working copy before it is published.

    def submit(self) -> None:
        """Submit a draft for review."""
        self._change_stage(
            self.Stage.IN_REVIEW, {self.Stage.DRAFT}, "Only a draft can be submitted."
        )

    def approve(self) -> None:
        """Mark it as ready to publish."""
        self._change_stage(
            self.Stage.READY,
            {self.Stage.DRAFT, self.Stage.IN_REVIEW},
            "This article is already marked as ready.",
        )

    def send_back(self) -> None:
        """Send it back to its writer as a draft."""
        self._change_stage(
            self.Stage.DRAFT,
            {self.Stage.IN_REVIEW, self.Stage.READY},
            "Only an article in review or ready can be sent back.",
        )

    def _change_stage(self, to: Stage, allowed: set[Stage], refusal: str) -> None:
        # One conditional UPDATE: if two people do it at once, the second is refused.
        moved = Article.objects.filter(pk=self.pk, stage__in=allowed).update(stage=to)
        if not moved:
            raise TransitionRefused(refusal)
        self.stage = to


class Byline(models.Model):
    """An author of an article, with the position of the name in the byline."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_unique",
                violation_error_message="This author already signs the article.",
            )
        ]

    def __str__(self) -> str:
        return str(self.author)


class ArticleTitle(models.Model):
    """A title that an article is about; the first is the default title of spoiler boxes."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="title_links")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="article_links")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = "title"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "title"],
                name="article_title_unique",
                violation_error_message="The article already names this title.",
            )
        ]

    def __str__(self) -> str:
        return str(self.title)
