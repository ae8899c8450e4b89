"""Transitions in the admin: the pages that ask for a confirmation, buttons and bulk actions."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from newsroom.desk.pages import AdminPage, parse_pk, staff_user
from newsroom.desk.transitions import Row, Status, Transition, TransitionRefused

if TYPE_CHECKING:
    from newsroom.desk.model_admin import DeskAdmin

#: Rows that one bulk action takes at most; each is changed in a transaction of its own.
MAX_BULK = 100
_CHANGED = "Something has changed since this page was opened. Please look at it again."
_WARNED = "Read the warning above the button first. Nothing has been done yet."


class TransitionHandler(Generic[Row, Status]):
    """Applies the transitions of one model's admin, and describes its rows to their pages.

    A subclass overrides ``status`` and the other methods of the first part.
    """

    #: Whether applying a transition needs the permission to change the row; else to view it.
    requires_change: ClassVar[bool] = True

    def __init__(self, model_admin: "DeskAdmin[Row]") -> None:
        self.model_admin = model_admin

    @property
    def transitions(self) -> Mapping[str, Transition[Row, Status]]:
        """The admin's transitions by name."""
        return self.model_admin.transitions

    # What a subclass says about its rows

    def status(self, row: Row) -> Any:
        """Return what ``is_available``, ``initial`` and templates get; the row may be unsaved."""
        return row

    def version_of(self, row: Row) -> str:
        """Return a text that changes when an answer to an older question no longer holds."""
        return str(row.pk)

    def get_context(
        self,
        request: HttpRequest,
        transition: Transition[Row, Status],
        statuses: Sequence[Any],
    ) -> dict[str, Any]:
        """Return further context for the page that asks for a confirmation."""
        return {}

    def get_warnings(
        self,
        transition: Transition[Row, Status],
        rows: Sequence[Row],
        answers: Mapping[str, Any],
    ) -> Sequence[tuple[Row, Sequence[Any]]]:
        """Return the rows that need a warning, each with its warnings.

        ``answers`` is empty until the form is valid. The page prints ``warnings`` above its
        button, and is shown again while there is a warning, told by its ``repr``, that the user
        has not seen.
        """
        return []

    # Permissions

    def may_apply(
        self,
        request: HttpRequest,
        transition: Transition[Row, Status],
        row: Row | None = None,
    ) -> bool:
        """Return whether this user may apply a transition, to this row if one is given."""
        model_admin = self.model_admin
        may_reach = (
            model_admin.has_change_permission
            if self.requires_change
            else model_admin.has_view_permission
        )
        return staff_user(request).has_perm(transition.permission) and may_reach(request, row)

    def check_permission(
        self,
        request: HttpRequest,
        transition: Transition[Row, Status],
        rows: Sequence[Row],
    ) -> None:
        """Raise ``PermissionDenied`` if this user may not apply a transition to one of the rows."""
        if not all(self.may_apply(request, transition, row) for row in rows):
            raise PermissionDenied

    def available(self, request: HttpRequest, status: Any) -> list[Transition[Row, Status]]:
        """Return the transitions that a status allows and that this user has permission for."""
        user = staff_user(request)
        return [
            transition
            for transition in self.transitions.values()
            if user.has_perm(transition.permission) and transition.is_available(status)
        ]

    # Applying

    def apply(
        self,
        request: HttpRequest,
        transition: Transition[Row, Status],
        rows: Sequence[Row],
        answers: dict[str, Any],
    ) -> None:
        """Apply a transition to each row, log it, and tell the user of each refusal.

        All entry points call this method. Raises ``PermissionDenied`` before anything is done.
        """
        self.check_permission(request, transition, rows)
        done = []
        for row in rows:
            address = self.model_admin.address("change", row.pk)
            link = format_html('<a href="{}">{}</a>', address, row)
            try:
                outcome = transition.apply(row, staff_user(request), answers)
            except TransitionRefused as refusal:
                messages.error(request, format_html("{}: {}", link, refusal))
            else:
                self._log(request, transition, row, f"{transition.plain_label}: it {outcome}.")
                name = row if transition.deletes_row else link
                done.append(format_html("{} {}.", name, outcome))
        if len(done) > 1:
            several = f"{len(done)} {self.model_admin.opts.verbose_name_plural}"
            messages.success(request, f"{transition.plain_label}: done with {several}.")
        elif done:
            messages.success(request, done[0])

    @staticmethod
    def _log(
        request: HttpRequest, transition: Transition[Row, Status], row: Row, message: str
    ) -> None:
        """Add a line to the admin's log. A line about a deletion has no link to the row."""
        flag = DELETION if transition.deletes_row else CHANGE
        user = staff_user(request)
        LogEntry.objects.log_actions(user.pk, [row], flag, message, single_object=True)

    def apply_after_save(self, request: HttpRequest, row: Row) -> HttpResponse | None:
        """Apply the transition whose button saved the form, or redirect to its page.

        Return None if the form was saved by another button, or without the permission.
        """
        transition = self.transitions.get(request.POST.get("_transition", ""))
        if transition is None:
            return None
        if not self.may_apply(request, transition, row):
            messages.error(request, "Saved. Only an editor can do the rest.")
            return None
        if transition.needs_confirmation:
            address = self.model_admin.address("transition", row.pk, transition.name)
            return HttpResponseRedirect(address)
        self.apply(request, transition, [row], {})
        return HttpResponseRedirect(self.model_admin.address("change", row.pk))

    # Bulk actions

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Any, str, str]]:
        """Return the bulk actions that this user may use, as ``ModelAdmin.get_actions`` does."""
        return {
            transition.action_name: (
                _bulk_action(transition),
                transition.action_name,
                f"{transition.plain_label}…",
            )
            for transition in self.transitions.values()
            if transition.in_bulk and self.may_apply(request, transition)
        }


def _bulk_action(transition: Transition[Any, Any]) -> Any:
    """Return an admin action that redirects to the page asking for a confirmation."""

    def action(
        model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponseRedirect | None:
        keys = list(queryset.values_list("pk", flat=True)[: MAX_BULK + 1])
        if len(keys) > MAX_BULK:
            several = f"{MAX_BULK} {model_admin.opts.verbose_name_plural}"
            messages.error(request, f"Choose at most {several} at a time.")
            return None
        address: str = model_admin.address("bulk", transition.name)  # type: ignore[attr-defined]
        return HttpResponseRedirect(f"{address}?ids={','.join(map(str, keys))}")

    return action


class _ConfirmationPage(AdminPage[Row]):
    """A page that asks for a confirmation, then applies a transition.

    Printed by ``admin/<app>/<model>/transition.html`` if there is one, else by
    ``admin/transition.html``.
    """

    def _find(self, name: str) -> Transition[Row, Any]:
        transition = self.model_admin.transitions.get(name)
        if transition is None:
            raise Http404
        return transition

    def _confirm(
        self, request: HttpRequest, transition: Transition[Row, Any], rows: list[Row], back: str
    ) -> HttpResponse:
        handler = self.model_admin.transition_handler
        handler.check_permission(request, transition, rows)
        statuses = [handler.status(row) for row in rows]
        sent = request.POST if request.method == "POST" else None
        form = transition.form(sent, initial=transition.initial(statuses[0]))
        answers = form.cleaned_data if form.is_valid() else {}
        facts = self._facts(transition, rows, answers)
        if sent is not None and (reason := _reason_to_ask_again(sent, facts)):
            messages.warning(request, reason)
        elif form.is_valid():
            handler.apply(request, transition, rows, answers)
            gone = transition.deletes_row
            return HttpResponseRedirect(self.model_admin.address("changelist") if gone else back)
        context = {"form": form, "rows": rows, "statuses": statuses, "back": back, **facts}
        context |= handler.get_context(request, transition, statuses)
        return self._render_question(request, transition, context)

    def _render_question(
        self, request: HttpRequest, transition: Transition[Row, Any], context: dict[str, Any]
    ) -> TemplateResponse:
        opts = self.model_admin.opts
        own = f"admin/{opts.app_label}/{opts.model_name}/transition.html"
        return TemplateResponse(
            request,
            [own, "admin/transition.html"],
            {
                **self.model_admin.admin_site.each_context(request),
                "title": transition.question,
                "transition": transition,
                "opts": opts,
                "stylesheets": self.model_admin.page_stylesheets,
                **context,
            },
        )

    def _facts(
        self, transition: Transition[Row, Any], rows: Sequence[Row], answers: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what an answer is about, with short forms of it for hidden fields."""
        handler = self.model_admin.transition_handler
        warnings = handler.get_warnings(transition, rows, answers)
        texts = (f"{row.pk}: {warning!r}" for row, several in warnings for warning in several)
        return {
            "versions": ",".join(handler.version_of(row) for row in rows),
            "warnings": warnings,
            "warned": ",".join(sha256(text.encode()).hexdigest()[:16] for text in texts),
        }


def _reason_to_ask_again(sent: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """Return why an answer is about something else than the present facts; "" if it is not."""
    if sent.get("versions", facts["versions"]) != facts["versions"]:
        return _CHANGED
    known = {"", *sent.get("warned", "").split(",")}
    return "" if known.issuperset(facts["warned"].split(",")) else _WARNED


class TransitionPage(_ConfirmationPage[Row]):
    """Applies a transition to one row."""

    route = "<int:pk>/transition/<slug:name>/"
    name = "transition"

    def get(self, request: HttpRequest, row: Row, name: str) -> HttpResponseBase:
        """Ask for a confirmation, then apply the transition."""
        back = self.model_admin.address("change", row.pk)
        return self._confirm(request, self._find(name), [row], back)


class BulkTransitionPage(_ConfirmationPage[Row]):
    """Applies a transition to several rows, whose primary keys are in ``?ids=1,2``."""

    route = "transition/<slug:name>/"
    name = "bulk"

    def view(self, request: HttpRequest, name: str) -> HttpResponseBase:  # type: ignore[override]
        """Ask for a confirmation, then apply the transition to each row."""
        keys = [parse_pk(text) for text in request.GET.get("ids", "").split(",")[: MAX_BULK + 1]]
        numbers = [key for key in keys if key is not None]
        transition = self._find(name)
        if not transition.in_bulk or len(numbers) > MAX_BULK:
            raise Http404
        rows = list(self.model_admin.get_page_queryset(request).filter(pk__in=numbers))
        if not rows:
            raise Http404
        return self._confirm(request, transition, rows, self.model_admin.address("changelist"))
