"""Variables of the templates of all pages."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from articles.models import Hub
from articles.site import masthead


class Site:
    """The site's name, tagline, address and hubs; hubs are read only if a template prints them."""

    name: str = settings.SITE_NAME
    tagline: str = settings.SITE_TAGLINE
    url: str = settings.SITE_URL

    @cached_property
    def hubs(self) -> list[Hub]:
        """All hubs in the masthead's order."""
        return masthead.hubs()


def site(request: HttpRequest) -> dict[str, Site]:
    """Return the variable ``site``."""
    return {"site": Site()}
