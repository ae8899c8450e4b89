"""Freeze a working copy into content, the JSON document inside an edition.

Content is ``{"version", "headline", "standfirst", "seo_title", "seo_description", "noindex",
"spoiler", "lead", "hub", "slug", "photo", "bylines", "titles", "topics", "body"}``: everything
that is needed to render the article without a query, and to restore the working copy. The content
of an edition may also have ``"corrections"``, a list of ``{"at", "note"}``, oldest first. Content
that was frozen before ``"noindex"`` existed does not have it, which means false.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content_editor.contents import contents_for_item
from django.utils.text import Truncator, get_text_list

from articles.blocks import BLOCKS, Block, FreezeContext, freeze_photo
from articles.models import Article, Author, Title, Topic

VERSION = 1
#: The number of words of a card's text where there is no standfirst.
SUMMARY_WORDS = 32
#: The greatest number of characters of that text.
SUMMARY_LENGTH = 300

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """An article with its blocks and links, as they are stored or as a form holds them."""

    article: Article
    blocks: Sequence[Block]
    titles: Sequence[Title]
    authors: Sequence[Author]
    topics: Sequence[Topic]

    @classmethod
    def stored(cls, article: Article) -> "WorkingCopy":
        """Read a saved working copy (a query for each kind of block, and three)."""
        return cls(
            article=article,
            blocks=list(contents_for_item(article, plugins=BLOCKS)),
            titles=[link.title for link in article.title_links.select_related("title")],
            authors=[byline.author for byline in article.bylines.select_related("author")],
            topics=list(article.topics.order_by("name")),
        )


def freeze(article: Article) -> Content:
    """Freeze a saved working copy, which may be incomplete."""
    return freeze_copy(WorkingCopy.stored(article))


def freeze_copy(copy: WorkingCopy) -> Content:
    """Freeze a working copy, whether its rows are saved or not."""
    article, titles = copy.article, copy.titles
    context = FreezeContext(
        names=_names(titles, copy.blocks),
        first_title=titles[0].name if titles else "",
        first_work=titles[0].pk if titles else None,
    )
    return {
        "version": VERSION,
        "headline": article.headline,
        "standfirst": article.standfirst,
        "seo_title": article.seo_title,
        "seo_description": article.seo_description,
        "noindex": article.noindex,
        "slug": article.slug,
        "spoiler": article.spoiler,
        "lead": article.lead,
        "hub": _freeze_hub(article),
        "photo": _freeze_lead_photo(article),
        "bylines": [_freeze_author(author) for author in copy.authors],
        "titles": [_freeze_title(title) for title in titles],
        "topics": [_freeze_topic(topic) for topic in copy.topics],
        "body": [block.freeze(context) for block in copy.blocks],
    }


def same_text(one: Content, other: Content) -> bool:
    """Whether two contents have the same text, apart from corrections."""
    keys = (one.keys() | other.keys()) - {"corrections", "noindex"}
    same_elsewhere = all(one.get(key) == other.get(key) for key in keys)
    return same_elsewhere and is_noindex(one) == is_noindex(other)


def is_noindex(content: Content) -> bool:
    """Whether search engines are asked not to list the article."""
    return bool(content.get("noindex"))


def _names(titles: Iterable[Title], blocks: Iterable[Block]) -> Mapping[int, str]:
    """Return the names of the article's titles and of those that blocks name."""
    names = {title.pk: title.name for title in titles}
    missing = {key for block in blocks for key in block.titles_named()} - names.keys()
    if missing:
        names |= dict(Title.objects.filter(pk__in=missing).values_list("pk", "name"))
    return names


def _freeze_hub(article: Article) -> dict[str, Any] | None:
    hub = article.hub
    return {"id": hub.pk, "name": hub.name, "slug": hub.slug} if hub else None


def _freeze_lead_photo(article: Article) -> dict[str, Any] | None:
    if article.photo is None:
        return None
    return {**freeze_photo(article.photo, alt=article.photo_alt), "own_alt": article.photo_alt}


def _freeze_author(author: Author) -> dict[str, Any]:
    return {"id": author.pk, "name": author.name, "slug": author.slug, "role": author.role}


def _freeze_topic(topic: Topic) -> dict[str, Any]:
    return {"id": topic.pk, "name": topic.name, "slug": topic.slug}


def _freeze_title(title: Title) -> dict[str, Any]:
    return {
        "id": title.pk,
        "name": title.name,
        "slug": title.slug,
        "kind": title.kind,
        "year": title.year,
        "availability": list(title.availability.values("service", "url")),
    }


def byline_text(content: Content) -> str:
    """Return the authors' names: “A”, “A and B”, “A, B and C”."""
    names = [byline["name"] for byline in content["bylines"]]
    return str(get_text_list(names, "and"))


def summary(content: Content, text: str) -> str:
    """Return the text of a card under the headline: the standfirst, or the text's beginning.

    ``text`` is the body's reader-safe text (``Body.search_text``).
    """
    if content["standfirst"]:
        return str(content["standfirst"])
    beginning = text[: 10 * SUMMARY_LENGTH].replace("\n", " ")
    words = Truncator(beginning).words(SUMMARY_WORDS, truncate="…")
    return str(Truncator(words).chars(SUMMARY_LENGTH, truncate="…"))
