"""The box in which readers sign up, on pages of the site and in articles."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.forms import SignUpForm
from newsletter.models import Newsletter
from newsletter.offers import NOTE, Offer, Shown, offers
from newsroom.page_cache import cached_for_version

#: Where a box may stand on a page, in the ledger's words.
ARTICLE, FRONT, LIST, OWN_PAGE = "article", "hub front", "list", "own page"


@dataclass(frozen=True, slots=True)
class Box:
    """What the template ``newsletter/box.html`` needs."""

    newsletter: Newsletter
    form: SignUpForm
    #: Where nobody can sign up: in previews of articles.
    inert: bool = False
    #: Said at the top, once a form was refused.
    error: str = ""
    note: str = NOTE


def make(offer: Offer, *, page: str, placement: str, inert: bool = False) -> Box:
    """A box with an empty form."""
    shown = Shown.of(offer, page, placement)
    return Box(offer.newsletter, SignUpForm(offer, initial={"shown": shown.token()}), inert)


def boxes(
    newsletters: Iterable[int], *, page: str, placement: str, inert: bool = False
) -> dict[int, Box]:
    """A box for each newsletter that takes sign-ups, by its primary key, in the order of names.

    Two queries, once for each site version; none for no newsletter.
    """
    wanted = tuple(newsletters)
    offered = (
        cached_for_version(("newsletter.offers", wanted), lambda: offers(wanted)) if wanted else {}
    )
    return {
        pk: make(offer, page=page, placement=placement, inert=inert)
        for pk, offer in offered.items()
    }
