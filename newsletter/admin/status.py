"""Whether readers can sign up to a newsletter, and what is in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from newsletter.models import Newsletter, PolicyVersion, Subscriber, Subscription, Version, Wording
from newsletter.version_status import VersionStatus, with_status


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without which there is no box, and where to mend that."""

    what: str
    #: What is to be added, by the name of its model; "" where this form is the place.
    model: str = ""
    query: str = ""
    todo: str = ""

    @property
    def address(self) -> str:
        """Where it is added."""
        return f"{reverse(f'admin:newsletter_{self.model}_add')}?{self.query}"


@dataclass(frozen=True, slots=True)
class NewsletterStatus:
    """A newsletter, with what its box says and who gets it."""

    newsletter: Newsletter
    wordings: list[Wording]
    #: What a reader who signs up now agrees to.
    in_force: list[Version]
    missing: list[Missing]
    confirmed: int
    waiting: int

    @classmethod
    def of(cls, newsletter: Newsletter) -> "NewsletterStatus":
        """Four queries, and one for each policy that is missing."""
        wordings = list(with_status(Wording.objects.filter(newsletter=newsletter)))
        newest_last = PolicyVersion.objects.valid().reverse().defer("body", "summary")
        policies = {each.document: each for each in newest_last}
        in_force: list[Version] = [
            each for each in wordings if each.state == VersionStatus.IN_FORCE
        ]
        subscriptions = Subscription.objects.filter(newsletter=newsletter)
        return cls(
            newsletter,
            wordings,
            [*in_force, *(policies[key] for key in PolicyVersion.Document if key in policies)],
            list(_missing(newsletter, wordings, in_force, policies)),
            Subscriber.objects.recipients_of(newsletter).count(),
            subscriptions.filter(state=Subscription.State.WAITING).count(),
        )


def _missing(
    newsletter: Newsletter,
    wordings: list[Wording],
    in_force: list[Version],
    policies: dict[str, PolicyVersion],
) -> Iterator[Missing]:
    if not newsletter.is_open:
        yield Missing("It is closed. To open it, tick “open for sign-ups” and save.")
    if not in_force:
        which = f"newsletter={newsletter.pk}"
        yield Missing(_none("wording", wordings), "wording", which, "Write the wording")
    for document in PolicyVersion.Document:
        if document not in policies:
            coming = list(PolicyVersion.objects.filter(document=document, withdrawn_at=None))
            name = str(document.label).lower()
            what = _none(f"version of the {name}", coming)
            which = f"document={document}"
            yield Missing(what, "policyversion", which, f"Write the {name}")


def _none(name: str, coming: list[Wording] | list[PolicyVersion]) -> str:
    """“No wording is in force”, and when one will be."""
    now = timezone.now()
    moments = [each.effective_from for each in coming if each.effective_from > now]
    if not moments:
        return f"No {name} is in force."
    begins = date_format(timezone.localtime(min(moments)), "j F Y, H:i")
    return f"No {name} is in force until {begins}."
