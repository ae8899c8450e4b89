"""Variables of the templates of all pages."""

from django.conf import settings
from django.http import HttpRequest


class Site:
    """The site's name, tagline and address."""

    name: str = settings.SITE_NAME
    tagline: str = settings.SITE_TAGLINE
    url: str = settings.SITE_URL


def site(request: HttpRequest) -> dict[str, Site]:
    """Return the variable ``site``."""
    return {"site": Site()}
