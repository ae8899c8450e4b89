"""What every page of the site knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from articles.models import Hub
from articles.site import masthead


class Site:
    """The site's name, motto, address and hubs; the hubs are read only where they are printed."""

    name: str = settings.SITE_NAME
    tagline: str = settings.SITE_TAGLINE
    url: str = settings.SITE_URL

    @cached_property
    def hubs(self) -> list[Hub]:
        """In the masthead's order."""
        return masthead.hubs()


def site(request: HttpRequest) -> dict[str, Site]:
    """``site`` for the templates."""
    return {"site": Site()}
