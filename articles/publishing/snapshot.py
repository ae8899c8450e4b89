"""Freeze a working copy into content, the JSON document inside an edition.

Content is ``{"version", "headline", "standfirst", "seo_title", "seo_description", "noindex",
"spoiler", "lead", "hub", "slug", "photo", "bylines", "titles", "topics", "body"}``: all that is
needed to render the article without a query, and to restore the working copy. That of an edition
may have ``"corrections"`` too, a list of ``{"at", "note"}``, oldest first; that of former days
has no ``"noindex"``, which is to say false.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from content_editor.contents import contents_for_item
from django.utils.text import Truncator, get_text_list

from articles.blocks import BLOCKS, Block, FreezeContext, SpoilerStartBlock, TextBlock, freeze_photo
from articles.blocks import spoiler_boxes as spoilers
from articles.models import Article, Author, Title, Topic
from articles.models.article import Spoiler
from newsroom.rich_text import plain_text

VERSION = 1
#: Words of the text on a card where there is no standfirst.
SUMMARY_WORDS = 32
#: And its characters, whatever counts as a word.
SUMMARY_LENGTH = 300

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """An article with all that belongs to it, as it is stored or as a form holds it."""

    article: Article
    blocks: Sequence[Block]
    titles: Sequence[Title]
    authors: Sequence[Author]
    topics: Sequence[Topic]

    @classmethod
    def stored(cls, article: Article) -> "WorkingCopy":
        """Read a saved one (one query per kind of block, three more)."""
        return cls(
            article=article,
            blocks=list(contents_for_item(article, plugins=BLOCKS)),
            titles=[link.title for link in article.title_links.select_related("title")],
            authors=[byline.author for byline in article.bylines.select_related("author")],
            topics=list(article.topics.order_by("name")),
        )


def freeze(article: Article) -> Content:
    """Freeze a saved working copy, complete or not; raises nothing on an incomplete one."""
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
    """Whether two contents say the same; corrections come with publishing, not with a text."""
    keys = (one.keys() | other.keys()) - {"corrections", "noindex"}
    same_elsewhere = all(one.get(key) == other.get(key) for key in keys)
    return same_elsewhere and is_noindex(one) == is_noindex(other)


def is_noindex(content: Content) -> bool:
    """Whether search engines are asked not to list it."""
    return bool(content.get("noindex"))


def _names(titles: Iterable[Title], blocks: Iterable[Block]) -> Mapping[int, str]:
    names = {title.pk: title.name for title in titles}
    wanted: set[int] = set()
    for block in blocks:
        if isinstance(block, TextBlock):
            boxes = spoilers.boxes(block.safe_html)
            wanted |= {int(box["data-title"]) for box in boxes if "data-title" in box}
        elif isinstance(block, SpoilerStartBlock) and block.title_id:
            wanted.add(block.title_id)
    missing = wanted - names.keys()
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
    """“A”, “A and B”, “A, B and C”."""
    names = [byline["name"] for byline in content["bylines"]]
    return str(get_text_list(names, "and"))


def reader_safe_text(content: Content) -> str:
    """The text outside every spoiler box, a line per paragraph; "" for “throughout”."""
    if content["spoiler"] == Spoiler.THROUGHOUT:
        return ""
    pieces: list[str] = []
    for block in spoilers.reader_safe_blocks(content["body"]):
        if block["kind"] == "text":
            pieces.append(plain_text(block["html"]))
        elif block["kind"] == "pullquote":
            pieces.append(block["text"])
        elif block["kind"] == "photo":
            pieces.append(block["caption"])
        elif block["kind"] == "video":
            pieces.append(block["name"])
    return "\n".join(filter(None, pieces))


def summary(content: Content, text: str) -> str:
    """What a card prints under the headline: the standfirst, else the beginning of the text.

    ``text`` is the content's :func:`reader_safe_text`.
    """
    if content["standfirst"]:
        return str(content["standfirst"])
    beginning = text[: 10 * SUMMARY_LENGTH].replace("\n", " ")
    words = Truncator(beginning).words(SUMMARY_WORDS, truncate="…")
    return str(Truncator(words).chars(SUMMARY_LENGTH, truncate="…"))


def photos(content: Content) -> set[int]:
    """Primary keys of the photos that the content shows."""
    lead = [content["photo"]] if content["photo"] else []
    body = content["body"]
    shown = [block for block in body if block["kind"] == "photo"]
    posters = [block["poster"] for block in body if block["kind"] == "video" and block["poster"]]
    return {photo["photo"] for photo in (*lead, *shown, *posters)}


def polls(content: Content) -> list[int]:
    """Primary keys of the polls in the content."""
    keys = (block["poll"] for block in content["body"] if block["kind"] == "poll")
    return list(dict.fromkeys(keys))


def newsletters(content: Content) -> list[int]:
    """Primary keys of the newsletters whose box is in the content."""
    keys = (block["newsletter"] for block in content["body"] if block["kind"] == "signup")
    return list(dict.fromkeys(keys))


def gives_something_away(content: Content) -> bool:
    """Whether the body holds a box or a spoiler section."""
    return any(
        block["kind"] == "spoiler_start"
        or (block["kind"] == "text" and spoilers.has_box(block["html"]))
        for block in content["body"]
    )


def scope_throughout(content: Content) -> spoilers.Scope:
    """What the one box of a “throughout” article gives away: its first title."""
    first = next(iter(content["titles"]), None)
    return spoilers.Scope(first["name"], work=first["id"]) if first else spoilers.Scope()


def scopes(content: Content) -> Iterator[spoilers.Scope]:
    """The scope of every box and spoiler section, those in another too."""
    if content["spoiler"] == Spoiler.THROUGHOUT:
        yield scope_throughout(content)
    for block in content["body"]:
        if block["kind"] == "spoiler_start":
            yield spoilers.section_scope(block)
        elif block["kind"] == "text":
            pieces = spoilers.split_boxes(block["html"])
            yield from (piece for piece in pieces if isinstance(piece, spoilers.Scope))


def spoiled_names(content: Content) -> list[str]:
    """The titles that readers are told the article gives away, in the order of their boxes.

    Only what the closed boxes say themselves: not a title that a box's own label stands
    for, and nothing of a box that is itself in a box.
    """
    if content["spoiler"] == Spoiler.THROUGHOUT:
        return [title["name"] for title in content["titles"][:1]]
    scopes: list[spoilers.Scope] = []
    in_section = False
    for block in content["body"]:
        if block["kind"] in ("spoiler_start", "spoiler_end"):
            in_section = block["kind"] == "spoiler_start"
            if in_section:
                scopes.append(spoilers.section_scope(block))
        elif block["kind"] == "text" and not in_section:
            scopes += spoilers.outer_scopes(block["html"])
    names = (scope.name for scope in scopes if not scope.label)
    return list(dict.fromkeys(filter(None, names)))
