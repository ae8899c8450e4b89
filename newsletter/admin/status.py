"""Whether readers can sign up to a newsletter, and what is missing if not."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from newsletter.models import Newsletter, PolicyVersion, Subscriber, Subscription, Version, Wording
from newsletter.version_states import VersionState, with_state


@dataclass(frozen=True, slots=True)
class Missing:
    """A reason why readers can't sign up, with a link to the form that fixes it."""

    problem: str
    #: The name of the model to add; "" if the newsletter's own form fixes it.
    model: str = ""
    query: str = ""
    link_text: str = ""

    @property
    def address(self) -> str:
        """The address of the form that adds it."""
        return f"{reverse(f'admin:newsletter_{self.model}_add')}?{self.query}"


@dataclass(frozen=True, slots=True)
class NewsletterStatus:
    """A newsletter with its wordings and the numbers of its subscribers."""

    newsletter: Newsletter
    wordings: list[Wording]
    #: The versions that a reader who signs up now agrees to.
    in_force: list[Version]
    missing: list[Missing]
    confirmed: int
    waiting: int

    @classmethod
    def of(cls, newsletter: Newsletter) -> "NewsletterStatus":
        """Return the status (four queries, and one for each missing policy)."""
        wordings = list(with_state(Wording.objects.filter(newsletter=newsletter)))
        newest_last = PolicyVersion.objects.valid().reverse().defer("body", "summary")
        policies = {each.document: each for each in newest_last}
        in_force: list[Version] = [each for each in wordings if each.state == VersionState.IN_FORCE]
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
            scheduled = list(PolicyVersion.objects.filter(document=document, withdrawn_at=None))
            name = str(document.label).lower()
            problem = _none(f"version of the {name}", scheduled)
            which = f"document={document}"
            yield Missing(problem, "policyversion", which, f"Write the {name}")


def _none(name: str, versions: list[Wording] | list[PolicyVersion]) -> str:
    """Return “No wording is in force”, and until when."""
    now = timezone.now()
    moments = [each.effective_from for each in versions if each.effective_from > now]
    if not moments:
        return f"No {name} is in force."
    begins = date_format(timezone.localtime(min(moments)), "j F Y, H:i")
    return f"No {name} is in force until {begins}."
