"""Sign-up forms on the pages of the site and in articles."""

from collections.abc import Iterable
from enum import StrEnum

from newsletter.consent_texts import ConsentTexts, DisplayedForm, current_consent_texts
from newsletter.forms import SignUpForm
from newsroom.page_cache import cached_for_version


class Placement(StrEnum):
    """The place of a sign-up form, as recorded in the consent ledger."""

    ARTICLE = "article"
    FRONT = "hub front"
    LIST = "list"
    OWN_PAGE = "own page"


def new_form(
    texts: ConsentTexts, *, page: str, placement: Placement, preview: bool = False
) -> SignUpForm:
    """Return an empty form; ``preview``: without a working submit button."""
    displayed = DisplayedForm.create(texts, page, placement)
    return SignUpForm(texts, initial={"shown": displayed.token()}, preview=preview)


def new_forms(
    newsletters: Iterable[int], *, page: str, placement: Placement, preview: bool = False
) -> dict[int, SignUpForm]:
    """Return an empty form for each newsletter that is open, by primary key, ordered by name.

    ``newsletters``: primary keys. Two queries for each site version; none without newsletters.
    """
    wanted = tuple(newsletters)
    found = (
        cached_for_version(
            ("newsletter.consent_texts", wanted), lambda: current_consent_texts(wanted)
        )
        if wanted
        else {}
    )
    return {
        pk: new_form(texts, page=page, placement=placement, preview=preview)
        for pk, texts in found.items()
    }
