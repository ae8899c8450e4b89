"""The poll form, its list, and what may be deleted."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponseRedirect

from newsroom.desk.lists import NoReverseLookupsAdmin, uses_in_other_apps
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.moments import MomentField
from newsroom.desk.pages import parse_pk, staff_user
from polls import tasks
from polls.admin.download_pages import BallotsFile, ResultsFile
from polls.admin.poll_form import ChoiceInline, PollForm
from polls.admin.poll_list import PollColumns, PollList, StateFilter, WaitingFilter
from polls.admin.result_pages import RecordPage, ResultsPage
from polls.admin.review_pages import DecideAgainPage, DecidePage, ReviewPage
from polls.admin.status import is_fixed, is_kept, is_over, with_status
from polls.admin.transition_handler import PollTransitionHandler
from polls.admin.transitions import TRANSITIONS
from polls.models import Poll

_REFUSED = (
    "Nothing was saved: the database refused it. Most likely a ballot came in, or somebody "
    "changed the poll, while you wrote. This is the poll as it is now."
)


@admin.register(Poll)
class PollAdmin(PollColumns, DeskAdmin[Poll], NoReverseLookupsAdmin):
    """Polls: their form until readers answer, and their transitions."""

    pages = (
        ResultsPage,
        RecordPage,
        ReviewPage,
        DecidePage,
        DecideAgainPage,
        ResultsFile,
        BallotsFile,
    )
    page_stylesheets = ("polls/admin.css",)
    transitions = TRANSITIONS
    transition_handler_class = PollTransitionHandler
    form = PollForm
    change_form_template = "admin/polls/poll/change_form.html"
    inlines = (ChoiceInline,)
    list_display = (
        "question",
        "state_column",
        "counted",
        "waiting",
        "opens_column",
        "closes_column",
    )
    list_filter = (StateFilter, WaitingFilter, "result_visibility")
    list_per_page = 50
    search_fields = ("question", "slug")
    search_help_text = "Words of the question or the address"
    ordering = (F("archived_at").desc(nulls_first=True), "-created_at", "-pk")
    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentField.widget}
    }
    fieldsets = (
        (None, {"fields": ("question", "slug", "introduction", "spoiler_warning")}),
        ("Voting", {"fields": ("max_choices", "opens", "closes", "result_visibility")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        """Add ``voted`` and ``recorded``."""
        return with_status(super().get_queryset(request))

    def get_page_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        """Add the choices."""
        return super().get_page_queryset(request).prefetch_related("choices")

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PollList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # What ballots are keyed with is not to be guessed bit by bit.
        return not lookup.startswith("key") and super().lookup_allowed(lookup, value, request)

    # The form

    def get_readonly_fields(self, request: HttpRequest, obj: Poll | None = None) -> Any:
        asked = ("question", "slug", "max_choices", "opens") if is_fixed(obj) else ()
        return (*asked, "closes") if is_over(obj) else asked

    def get_prepopulated_fields(self, request: HttpRequest, obj: Poll | None = None) -> Any:
        return {} if is_fixed(obj) else {"slug": ("question",)}

    def save_model(self, request: HttpRequest, obj: Poll, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = staff_user(request)
        super().save_model(request, obj, form, change)
        tasks.schedule_record(obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's, with the poll to itself while it is saved."""
        try:
            with transaction.atomic():
                if request.method == "POST" and object_id is not None:
                    _lock(unquote(object_id))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, _REFUSED)
            return HttpResponseRedirect(request.get_full_path())

    # Deleting

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not what anybody has voted in, or what is on record: that is archived."""
        return super().has_delete_permission(request, obj) and not is_kept(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's, which would list every ballot."""
        found = with_status(Poll.objects.filter(pk__in=[poll.pk for poll in objs]))
        kept = [reason for poll in found for reason in _in_the_way(poll)]
        if kept:
            return [str(poll) for poll in objs], {}, set(), kept
        return super().get_deleted_objects(found, request)

    def delete_model(self, request: HttpRequest, obj: Poll) -> None:
        self.delete_queryset(request, Poll.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> None:
        chosen = Poll.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        try:
            with transaction.atomic():
                list(chosen.select_for_update())
                chosen.delete()
        except (ProtectedError, IntegrityError) as error:
            raise PermissionDenied("A ballot came in meanwhile.") from error


def _lock(key: str) -> None:
    """Wait for ballots on their way, and let none in before the transaction is over."""
    pk = parse_pk(key)
    if pk is not None:
        Poll.objects.select_for_update().filter(pk=pk).first()


def _in_the_way(poll: Any) -> list[Any]:
    """What keeps a poll from being deleted, as nested lines."""
    if is_kept(poll):
        return [str(poll), ["It has ballots, or a record. Archive it instead."]]
    places = list(uses_in_other_apps(poll))
    return [str(poll), places] if places else []
