"""The model admin of polls: list, form, deletion."""

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
from polls.admin.poll_list import PollChangeList, PollColumns, StateFilter, WaitingFilter
from polls.admin.result_pages import RecordPage, ResultsPage
from polls.admin.review_pages import DecideAgainPage, DecidePage, ReviewPage
from polls.admin.status import is_fixed, is_over, is_undeletable, with_status
from polls.admin.transition_handler import PollTransitionHandler
from polls.admin.transitions import TRANSITIONS
from polls.models import Poll

_REFUSED_MESSAGE = (
    "Nothing was saved: the database refused it. Most likely somebody voted or changed the poll "
    "while you were editing. This is the poll as it is now."
)


@admin.register(Poll)
class PollAdmin(PollColumns, DeskAdmin[Poll], NoReverseLookupsAdmin):
    """The admin of polls. After the first ballot the form has only the fields that can change."""

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
    search_help_text = "Words in the question or the address"
    ordering = (F("archived_at").desc(nulls_first=True), "-created_at", "-pk")
    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentField.widget}
    }
    fieldsets = (
        (None, {"fields": ("question", "slug", "introduction", "spoiler_warning")}),
        ("Voting", {"fields": ("max_choices", "opens", "closes", "result_visibility")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        """Add ``ballots_exist`` and ``record_exists``."""
        return with_status(super().get_queryset(request))

    def get_page_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        """Add the choices."""
        return super().get_page_queryset(request).prefetch_related("choices")

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PollChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Filtering by the key would allow guessing it bit by bit.
        return not lookup.startswith("key") and super().lookup_allowed(lookup, value, request)

    # The form

    def get_readonly_fields(self, request: HttpRequest, obj: Poll | None = None) -> Any:
        fixed = ("question", "slug", "max_choices", "opens") if is_fixed(obj) else ()
        return (*fixed, "closes") if is_over(obj) else fixed

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
        """As Django's, with the poll's row locked while it is saved."""
        try:
            with transaction.atomic():
                if request.method == "POST" and object_id is not None:
                    _lock_poll(unquote(object_id))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, _REFUSED_MESSAGE)
            return HttpResponseRedirect(request.get_full_path())

    # Deletion

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse polls with ballots or closing records, which can be archived instead."""
        return super().has_delete_permission(request, obj) and not is_undeletable(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's, but without a list of every ballot."""
        polls = with_status(Poll.objects.filter(pk__in=[poll.pk for poll in objs]))
        obstacles = [line for poll in polls for line in _deletion_obstacles(poll)]
        if obstacles:
            return [str(poll) for poll in objs], {}, set(), obstacles
        return super().get_deleted_objects(polls, request)

    def delete_model(self, request: HttpRequest, obj: Poll) -> None:
        self.delete_queryset(request, Poll.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Poll]) -> None:
        polls = Poll.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        try:
            with transaction.atomic():
                list(polls.select_for_update())
                polls.delete()
        except (ProtectedError, IntegrityError) as error:
            raise PermissionDenied("Somebody has voted in the meantime.") from error


def _lock_poll(key: str) -> None:
    """Lock a poll's row until the transaction ends, so that no ballot is inserted."""
    pk = parse_pk(key)
    if pk is not None:
        Poll.objects.select_for_update().filter(pk=pk).first()


def _deletion_obstacles(poll: Any) -> list[Any]:
    """Return what prevents the deletion of a poll, as nested lists of lines."""
    if is_undeletable(poll):
        return [str(poll), ["It has ballots or a closing record. Archive it instead."]]
    places = list(uses_in_other_apps(poll))
    return [str(poll), places] if places else []
