"""The hubs of the masthead, which every page prints."""

from articles.models import Hub
from newsroom.page_cache import cached_for_version


def hubs() -> list[Hub]:
    """Return all hubs in the masthead's order (one query for each site version)."""
    return cached_for_version("articles.hubs", lambda: list(Hub.objects.all()))


def hub(slug: str) -> Hub | None:
    """Return the hub with a slug; a hub that is too new for the cache costs a query."""
    known = (each for each in hubs() if each.slug == slug)
    return next(known, None) or Hub.objects.filter(slug=slug).first()
