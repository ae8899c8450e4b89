"""Related articles, for the end of an article's page."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from django.db.models import QuerySet, Value

from articles.models import Edition, EditionTitle
from newsroom.page_cache import cached_for_version

#: The number of cards under an article.
RELATED = 4


def related(edition: Edition, titles: Iterable[int], at: datetime | None = None) -> list[Edition]:
    """Return articles about the same titles, then articles of the same hub, newest first.

    ``titles``: primary keys. One query for each site version and combination of titles and hub.
    """
    about, hub = tuple(titles), edition.hub_id
    if at is None:
        found = cached_for_version(
            ("articles.site.related", about, hub), lambda: _candidates(about, hub)
        )
    else:
        found = _candidates(about, hub, at)
    return [other for other in found if other.article_id != edition.article_id][:RELATED]


def _candidates(titles: tuple[int, ...], hub: int, at: datetime | None = None) -> list[Edition]:
    """Return one candidate more of each kind than is needed: one may be the article itself."""
    live = Edition.objects.live(at)
    query = _newest(live.filter(hub=hub), 0)
    if titles:
        links = EditionTitle.objects.filter(title__in=titles).values("edition")
        query = query.union(_newest(live.filter(pk__in=links), 1), all=True)
    rows = sorted(query, key=attrgetter("same_title", "first_published", "pk"), reverse=True)
    return list({each.pk: each for each in rows}.values())


def _newest(editions: QuerySet[Edition], same_title: int) -> QuerySet[Edition]:
    keys = editions.order_by("-first_published", "-id").values("pk")[: RELATED + 1]
    cards = Edition.objects.for_cards().filter(pk__in=keys).order_by()
    return cards.annotate(same_title=Value(same_title))
