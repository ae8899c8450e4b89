"""The site's hubs, as the masthead of every page names them."""

from articles.models import Hub
from newsroom.page_cache.site_version import cached_for_version


def hubs() -> list[Hub]:
    """In the masthead's order (one query, once for each site version)."""
    return cached_for_version("articles.hubs", lambda: list(Hub.objects.all()))


def hub(slug: str) -> Hub | None:
    """The hub at an address; one that is too new to be known is looked for (one query)."""
    known = (each for each in hubs() if each.slug == slug)
    return next(known, None) or Hub.objects.filter(slug=slug).first()
