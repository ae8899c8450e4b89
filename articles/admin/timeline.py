"""The timeline of an article, newest first: saves, editions, withdrawals and transitions.

Each event appears once, as the row that says most about it: a publication as its edition, and
not as the line in the admin's log too.
"""

from collections.abc import Callable, Iterable
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

#: Moment, kind and primary key.
EventRow = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline."""

    at: datetime
    text: str
    by: str
    #: The name of a version that can be compared and restored; "" if there is none.
    version: str = ""
    #: The name of the version before it; "" for the first.
    previous: str = ""
    edition: Edition | None = None
    #: Label and text of each note.
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def day(self) -> date:
        """The day in the newsroom's time zone."""
        return timezone.localdate(self.at)

    @property
    def as_seen(self) -> str:
        """The address of the edition as readers saw it; "" if they never did."""
        if self.edition is None or self.edition.is_cancelled:
            return ""
        return as_seen_address(self.edition.article_id, first_second(self.edition))


def rows(article: Article) -> QuerySet[Any, EventRow]:
    """Return a row for each event of an article, newest first."""
    editions = Edition.objects.filter(article=article)
    withdrawals = Withdrawal.objects.filter(edition__article=article)
    saves = _event_rows(Revision.objects.filter(article=article), _SAVE, "saved_at")
    return saves.union(
        _event_rows(editions, _EDITION, "created_at"),
        _event_rows(withdrawals, _WITHDRAWAL, "edition__live_until"),
        _event_rows(_log_lines(article), _LOG_LINE, "action_time"),
        all=True,
    ).order_by("-at", "-kind", "-key")


def _event_rows(queryset: QuerySet[Any], kind: int, moment: str) -> QuerySet[Any, Any]:
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
    # The admin logs each save of the form as JSON; since the first revision, revisions show them.
    return lines.exclude(Q(change_message__startswith="[") & Q(action_time__gte=first.saved_at))


def entries(found: Iterable[EventRow]) -> list[Entry]:
    """Return the entries for some rows (one query for each kind of row)."""
    found = list(found)
    made: dict[tuple[int, int], Entry] = {}
    for kind, (get_queryset, make_entry) in _SOURCES.items():
        keys = [key for _, each, key in found if each == kind]
        made |= {(kind, row.pk): make_entry(row) for row in get_queryset().filter(pk__in=keys)}
    # A log line may be deleted between two queries, together with its user.
    return [made[kind, key] for _, kind, key in found if (kind, key) in made]


def _user_name(user: User | None) -> str:
    return str(user or FORMER_USER)


def _saves() -> QuerySet[Any]:
    # An article's first revision has the number 1, or 0 if it was created outside of the form.
    earlier = Revision.objects.filter(article=OuterRef("article"), number__lt=OuterRef("number"))
    return Revision.objects.without_content().annotate(has_earlier=Exists(earlier))


def _save_entry(revision: Any) -> Entry:
    is_automatic = revision.saved_by is None and revision.note in revisions.AUTOMATIC_NOTES
    return Entry(
        at=revision.saved_at,
        text=f"Save {revision.number}",
        by="" if is_automatic else _user_name(revision.saved_by),
        version=f"r{revision.number}",
        previous=f"r{revision.number - 1}" if revision.has_earlier else "",
        notes=(("Note", revision.note),) if revision.note else (),
    )


def _log_entry(line: LogEntry) -> Entry:
    text = line.get_change_message() or "Saved."
    return Entry(at=line.action_time, text=text, by=_user_name(line.user))


def _edition_entry(edition: Edition) -> Entry:
    return Entry(
        at=edition.created_at,
        text=f"Edition {edition.number}",
        by=_user_name(edition.created_by),
        version=f"e{edition.number}",
        previous=f"e{edition.number - 1}" if edition.number > 1 else "",
        edition=edition,
        notes=(("Correction, for readers", edition.correction),) if edition.correction else (),
    )


def _withdrawal_entry(withdrawal: Withdrawal) -> Entry:
    edition = withdrawal.edition
    notes = [("Reason", withdrawal.reason)]
    if withdrawal.notice:
        notes.append(("Notice, for readers", withdrawal.notice))
    return Entry(
        at=edition.live_until or edition.created_at,
        text=f"Edition {edition.number} withdrawn",
        by=_user_name(withdrawal.by),
        notes=tuple(notes),
    )


def _withdrawals() -> QuerySet[Withdrawal]:
    withdrawals = Withdrawal.objects.select_related("by", "edition")
    return withdrawals.defer("edition__content", "edition__search_text")


#: For each kind of row: its queryset, and what makes an entry of an instance.
_SOURCES: dict[int, tuple[Callable[[], QuerySet[Any]], Callable[[Any], Entry]]] = {
    _SAVE: (_saves, _save_entry),
    _LOG_LINE: (lambda: LogEntry.objects.select_related("user"), _log_entry),
    _EDITION: (
        lambda: Edition.objects.select_related("created_by").defer_texts(),
        _edition_entry,
    ),
    _WITHDRAWAL: (_withdrawals, _withdrawal_entry),
}
