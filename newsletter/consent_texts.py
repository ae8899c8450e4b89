"""The texts that readers agree to when they sign up: wording, terms and privacy policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from newsletter import ledger, tokens
from newsletter.models import Newsletter, PolicyVersion, Wording
from newsletter.tokens import Purpose
from newsroom.canonical_json import Document

#: The label of the checkbox; the ledger keeps it with each consent.
CONSENT_LABEL_FORMAT = "I agree to the {terms} and have read the {privacy}"
TERMS_NAME, PRIVACY_NAME = "terms and conditions", "privacy policy"
CONSENT_LABEL = CONSENT_LABEL_FORMAT.format(terms=TERMS_NAME, privacy=PRIVACY_NAME)
#: The note below each sign-up form; the ledger keeps it too.
UNSUBSCRIBE_NOTE = "You can unsubscribe at any time."


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of the terms and one of the privacy policy."""

    terms: PolicyVersion
    privacy: PolicyVersion

    @classmethod
    def in_force(cls) -> "Policies | None":
        """Return the versions in force (one query); None if either is missing."""
        found = _in_force(PolicyVersion.objects.all(), "document")
        terms, privacy = (
            found.get(PolicyVersion.Document.TERMS),
            found.get(PolicyVersion.Document.PRIVACY),
        )
        return cls(terms, privacy) if terms and privacy else None

    def agreed_document(self) -> Document:
        """Return the ``agreed`` part of a consent event."""
        words = {"consent_label": CONSENT_LABEL}
        return ledger.agreed_document(words, terms=self.terms, privacy=self.privacy)

    def can_be_agreed_to(self, at: datetime | None = None) -> bool:
        """Whether a form that displays them is still accepted (up to two queries)."""
        return self.terms.can_be_agreed_to(at) and self.privacy.can_be_agreed_to(at)

    def token(self) -> str:
        """Return a signed token for the hidden field of a form that displays them."""
        return tokens.make(Purpose.POLICIES, [self.terms.pk, self.privacy.pk])

    @classmethod
    def from_token(cls, token: str) -> "Policies | None":
        """Return the versions of a token; None if one was deleted. Raises ``BadToken``."""
        return _policies(*tokens.read(Purpose.POLICIES, token))


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    """The texts that a reader agrees to by signing up to a newsletter."""

    newsletter: Newsletter
    wording: Wording
    policies: Policies

    def agreed_document(self) -> Document:
        """Return the ``agreed`` part of a consent event."""
        words = {
            "sentence": self.wording.sentence,
            "button": self.wording.button,
            "note": UNSUBSCRIBE_NOTE,
        }
        return {
            **self.policies.agreed_document(),
            **ledger.agreed_document(words, wording=self.wording),
        }

    def can_be_agreed_to(self, at: datetime | None = None) -> bool:
        """Whether a form that displays them is still accepted (up to three queries)."""
        now = at or timezone.now()
        return self.wording.can_be_agreed_to(now) and self.policies.can_be_agreed_to(now)


def current_consent_texts(newsletters: Iterable[Newsletter | int]) -> dict[int, ConsentTexts]:
    """Return the texts in force of each newsletter that is open, by primary key.

    ``newsletters``: objects or primary keys. A newsletter that takes no sign-ups is left out. The
    result is ordered by the newsletters' names. Two queries; none without newsletters.
    """
    wanted = list(newsletters)
    policies = Policies.in_force() if wanted else None
    if policies is None:
        return {}
    of_open_ones = Wording.objects.filter(newsletter__in=wanted, newsletter__is_open=True)
    wordings = _in_force(of_open_ones.select_related("newsletter"), "newsletter_id").values()
    return {
        wording.newsletter_id: ConsentTexts(wording.newsletter, wording, policies)
        for wording in sorted(wordings, key=lambda each: each.newsletter.name)
    }


def _in_force(versions: Any, series_field: str) -> dict[Any, Any]:
    """Return the version in force of each series, by the value of the series' field."""
    found: dict[Any, Any] = {}
    for version in versions.valid():
        found.setdefault(getattr(version, series_field), version)
    return found


@dataclass(frozen=True, slots=True)
class DisplayedForm:
    """The versions that a sign-up form displayed and its place, signed in a hidden field."""

    #: Primary keys.
    newsletter: int
    wording: int
    terms: int
    privacy: int
    #: Path of the page, and the place on it.
    page: str
    placement: str
    #: When the form was rendered, in seconds since 1970.
    rendered_at: int

    @classmethod
    def create(cls, texts: ConsentTexts, page: str, placement: str) -> "DisplayedForm":
        """Return the record of a form that is rendered now."""
        return cls(
            texts.newsletter.pk,
            texts.wording.pk,
            texts.policies.terms.pk,
            texts.policies.privacy.pk,
            page,
            placement,
            int(timezone.now().timestamp()),
        )

    def token(self) -> str:
        """Return the signed token for the form's hidden field."""
        return tokens.make(Purpose.FORM, [getattr(self, name) for name in self.__slots__])

    @classmethod
    def from_token(cls, token: str) -> "DisplayedForm":
        """Return the record that a token holds. Raises ``tokens.BadToken``."""
        return cls(*tokens.read(Purpose.FORM, token))

    def consent_texts(self, newsletter: Newsletter) -> ConsentTexts | None:
        """Return the displayed texts (two queries); None for another newsletter's form."""
        if self.newsletter != newsletter.pk:
            return None
        return stored_consent_texts(newsletter, self.wording, self.terms, self.privacy)


def stored_consent_texts(
    newsletter: Newsletter, wording: int, terms: int, privacy: int
) -> ConsentTexts | None:
    """Return the texts with these primary keys (two queries); None if one was deleted."""
    words = Wording.objects.filter(pk=wording, newsletter=newsletter).first()
    policies = _policies(terms, privacy)
    return ConsentTexts(newsletter, words, policies) if words and policies else None


def _policies(terms: int, privacy: int) -> Policies | None:
    found = PolicyVersion.objects.in_bulk([terms, privacy])
    return Policies(found[terms], found[privacy]) if len(found) == 2 else None
