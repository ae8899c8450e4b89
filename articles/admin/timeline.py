"""The timeline of an article, newest first: saves, editions, withdrawals and transitions.

Each event appears once, as the row that says most about it: a publication as its edition, and
not as the line in the admin's log too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from articles.admin.as_seen_page import as_seen_address, first_second
from articles.admin.transitions import TRANSITIONS
from articles.models import Article, Edition, Revision, Withdrawal
from articles.publishing import revisions
from newsroom.models import User

#: The name of a user whose account was deleted.
FORMER_USER = "somebody who has left"

# Kinds of rows. Of two at the same moment the higher is the later: a text is saved, then published.
_SAVE, _LOG_LINE, _EDITION, _WITHDRAWAL = 1, 2, 3, 4

_WITH_OWN_ROW = ("publish", "correct", "schedule", "withdraw")
#: Beginnings of the log lines about events that have a row of another kind.
_REPEATED = (
    *(f"{TRANSITIONS[name].plain_label}: " for name in _WITH_OWN_ROW),
    "Saved: ",
    "Restored ",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline; ``version`` names what can be compared and restored."""

    at: datetime
    what: str
    by: str
    version: str = ""
    #: The version before it, to see what it changed; "" for the first.
    before: str = ""
    edition: Edition | None = None
    #: Label and text of what was said about it.
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def day(self) -> date:
        """The newsroom's."""
        return timezone.localdate(self.at)

    @property
    def as_seen(self) -> str:
        """The address of an edition as readers saw it, "" where they never did."""
        if self.edition is None or self.edition.is_cancelled:
            return ""
        return as_seen_address(self.edition.article_id, first_second(self.edition))


def rows(article: Article) -> QuerySet[Any, tuple[datetime, int, int]]:
    """Moment, kind and key of everything that happened to an article, newest first."""
    editions = Edition.objects.filter(article=article)
    withdrawals = Withdrawal.objects.filter(edition__article=article)
    saves = _keys(Revision.objects.filter(article=article), _SAVE, "saved_at")
    return saves.union(
        _keys(editions, _EDITION, "created_at"),
        _keys(withdrawals, _WITHDRAWAL, "edition__live_until"),
        _keys(_log_lines(article), _LOG_LINE, "action_time"),
        all=True,
    ).order_by("-at", "-kind", "-key")


def _keys(queryset: QuerySet[Any], kind: int, moment: str) -> QuerySet[Any, Any]:
    kinds = Value(kind, output_field=IntegerField())
    columns = {"at": F(moment), "kind": kinds, "key": F("pk")}
    found: QuerySet[Any, Any] = queryset.order_by().annotate(**columns).values_list(*columns)
    return found


def _log_lines(article: Article) -> QuerySet[LogEntry]:
    lines = LogEntry.objects.filter(
        content_type=get_content_type_for_model(Article), object_id=str(article.pk)
    )
    for beginning in _REPEATED:
        lines = lines.exclude(change_message__startswith=beginning)
    first = Revision.objects.filter(article=article).order_by("number").first()
    if first is None:
        return lines
    # The admin's own line of a save, where the revision says it.
    return lines.exclude(Q(change_message__startswith="[") & Q(action_time__gte=first.saved_at))


def entries(found: Iterable[tuple[datetime, int, int]]) -> list[Entry]:
    """The entries of some rows (a query for each kind among them)."""
    found = list(found)
    told: dict[tuple[int, int], Entry] = {}
    for kind, (queryset, tell) in _TOLD.items():
        keys = [key for _, each, key in found if each == kind]
        told |= {(kind, row.pk): tell(row) for row in queryset().filter(pk__in=keys)}
    # A log line may go between two queries, with the user whose it was.
    return [told[kind, key] for _, kind, key in found if (kind, key) in told]


def _who(user: User | None) -> str:
    return str(user or FORMER_USER)


def _saves() -> QuerySet[Any]:
    # The first is no. 1 of what was begun here, no. 0 of what was written past the form.
    earlier = Revision.objects.filter(article=OuterRef("article"), number__lt=OuterRef("number"))
    return Revision.objects.listed().annotate(has_earlier=Exists(earlier))


def _save(revision: Any) -> Entry:
    kept = revision.saved_by is None and revision.note in revisions.AUTOMATIC_NOTES
    return Entry(
        at=revision.saved_at,
        what=f"Save {revision.number}",
        by="" if kept else _who(revision.saved_by),
        version=f"r{revision.number}",
        before=f"r{revision.number - 1}" if revision.has_earlier else "",
        notes=(("Note", revision.note),) if revision.note else (),
    )


def _log_entry(line: LogEntry) -> Entry:
    return Entry(
        at=line.action_time, what=line.get_change_message() or "Saved.", by=_who(line.user)
    )


def _edition(edition: Edition) -> Entry:
    return Entry(
        at=edition.created_at,
        what=f"Edition {edition.number}",
        by=_who(edition.created_by),
        version=f"e{edition.number}",
        before=f"e{edition.number - 1}" if edition.number > 1 else "",
        edition=edition,
        notes=(("Correction, for readers", edition.correction),) if edition.correction else (),
    )


def _withdrawal(withdrawal: Withdrawal) -> Entry:
    edition = withdrawal.edition
    notes = [("Reason", withdrawal.reason)]
    if withdrawal.notice:
        notes.append(("Notice, for readers", withdrawal.notice))
    return Entry(
        at=edition.live_until or edition.created_at,
        what=f"Edition {edition.number} withdrawn",
        by=_who(withdrawal.by),
        notes=tuple(notes),
    )


_TOLD: dict[int, tuple[Any, Any]] = {
    _SAVE: (_saves, _save),
    _LOG_LINE: (lambda: LogEntry.objects.select_related("user"), _log_entry),
    _EDITION: (
        lambda: Edition.objects.select_related("created_by").without_texts(),
        _edition,
    ),
    _WITHDRAWAL: (
        lambda: Withdrawal.objects.select_related("by", "edition").defer(
            "edition__content", "edition__search_text"
        ),
        _withdrawal,
    ),
}
