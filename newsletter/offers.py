"""What a form offers: a newsletter with the wording and the policies that are agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from newsletter import ledger, tokens
from newsletter.models import Newsletter, PolicyVersion, Wording
from newsletter.tokens import Purpose
from newsroom.canonical_json import Document

#: The words at the checkbox, and below it; the ledger keeps them with each agreement.
AGREE = "I agree to the {terms} and have read the {privacy}"
TERMS, PRIVACY = "terms and conditions", "privacy policy"
BOX = AGREE.format(terms=TERMS, privacy=PRIVACY)
NOTE = "You can unsubscribe at any time."


@dataclass(frozen=True, slots=True)
class Policies:
    """The terms and the privacy policy, each in one version."""

    terms: PolicyVersion
    privacy: PolicyVersion

    @classmethod
    def in_force(cls) -> "Policies | None":
        """Those of this moment (one query); None where one is missing."""
        found = _newest(PolicyVersion.objects.all(), "document")
        terms, privacy = (
            found.get(PolicyVersion.Document.TERMS),
            found.get(PolicyVersion.Document.PRIVACY),
        )
        return cls(terms, privacy) if terms and privacy else None

    def agreed(self) -> Document:
        """As the ledger keeps it."""
        return ledger.agreed({"box": BOX}, terms=self.terms, privacy=self.privacy)

    def may_be_agreed_to(self, at: datetime | None = None) -> bool:
        """Whether a form that shows them may still be sent (up to two queries)."""
        return self.terms.may_be_agreed_to(at) and self.privacy.may_be_agreed_to(at)

    def token(self) -> str:
        """Signed, for a form that shows these."""
        return tokens.make(Purpose.POLICIES, [self.terms.pk, self.privacy.pk])

    @classmethod
    def read(cls, token: str) -> "Policies | None":
        """Those that a form showed, as they are stored. Raises ``tokens.BadToken``."""
        return _policies(*tokens.read(Purpose.POLICIES, token))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a reader who signs up agrees to."""

    newsletter: Newsletter
    wording: Wording
    policies: Policies

    def agreed(self) -> Document:
        """As the ledger keeps it."""
        words = {"sentence": self.wording.sentence, "button": self.wording.button, "note": NOTE}
        return {**self.policies.agreed(), **ledger.agreed(words, wording=self.wording)}

    def may_be_taken_up(self, at: datetime | None = None) -> bool:
        """Whether a form that shows it may still be sent (up to three queries)."""
        now = at or timezone.now()
        return self.wording.may_be_agreed_to(now) and self.policies.may_be_agreed_to(now)


def offers(newsletters: Iterable[Newsletter | int]) -> dict[int, Offer]:
    """What each newsletter offers now, by primary key; nothing for one that takes no sign-ups.

    Two queries, none for no newsletter. They may be given by primary key, and come in the order
    of their names.
    """
    wanted = list(newsletters)
    policies = Policies.in_force() if wanted else None
    if policies is None:
        return {}
    of_open_ones = Wording.objects.filter(newsletter__in=wanted, newsletter__is_open=True)
    wordings = _newest(of_open_ones.select_related("newsletter"), "newsletter_id").values()
    return {
        wording.newsletter_id: Offer(wording.newsletter, wording, policies)
        for wording in sorted(wordings, key=lambda each: each.newsletter.name)
    }


def _newest(versions: Any, series: str) -> dict[Any, Any]:
    """The version of each series that is in force."""
    found: dict[Any, Any] = {}
    for version in versions.standing():
        found.setdefault(getattr(version, series), version)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader's form showed, and where it stood; signed in the form."""

    newsletter: int
    wording: int
    terms: int
    privacy: int
    #: Path of the page, and the place on it.
    page: str
    placement: str
    #: When the form was made, in seconds since 1970.
    made: int

    @classmethod
    def of(cls, offer: Offer, page: str, placement: str) -> "Shown":
        """A form that is made now."""
        return cls(
            offer.newsletter.pk,
            offer.wording.pk,
            offer.policies.terms.pk,
            offer.policies.privacy.pk,
            page,
            placement,
            int(timezone.now().timestamp()),
        )

    def token(self) -> str:
        """Signed, for the form's hidden field."""
        return tokens.make(Purpose.FORM, [getattr(self, name) for name in self.__slots__])

    @classmethod
    def read(cls, token: str) -> "Shown":
        """What a form says that it showed. Raises ``tokens.BadToken``."""
        return cls(*tokens.read(Purpose.FORM, token))

    def offer(self, newsletter: Newsletter) -> Offer | None:
        """What was shown, as it is stored (two queries); None for another newsletter's form."""
        if self.newsletter != newsletter.pk:
            return None
        return offered(newsletter, self.wording, self.terms, self.privacy)


def offered(newsletter: Newsletter, wording: int, terms: int, privacy: int) -> Offer | None:
    """What a newsletter offered in versions given by primary key (two queries)."""
    words = Wording.objects.filter(pk=wording, newsletter=newsletter).first()
    policies = _policies(terms, privacy)
    return Offer(newsletter, words, policies) if words and policies else None


def _policies(terms: int, privacy: int) -> Policies | None:
    found = PolicyVersion.objects.in_bulk([terms, privacy])
    return Policies(found[terms], found[privacy]) if len(found) == 2 else None
