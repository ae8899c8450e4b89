"""The admin that policy versions and wordings share."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from js_asset import Media

from newsletter.admin.reasons import ReasonForm
from newsletter.models import PolicyVersion, Version
from newsletter.version_states import SERIES_FIELD, VersionState, with_state, withdraw
from newsroom.desk.lists import NoReverseLookupsAdmin
from newsroom.desk.model_admin import DeskAdmin
from newsroom.desk.moments import MomentField, format_short_moment
from newsroom.desk.pages import parse_pk, staff_user
from newsroom.desk.transitions import Transition
from newsroom.models import User

_FIXED = "Nothing was saved: it has taken effect and can't be changed. Write the next version."
_REFUSED = (
    "Nothing was saved: the database refused it. Probably it took effect while you were editing, "
    "or somebody else published a version. This is the current state."
)
_KEPT = "It has taken effect, and readers may have agreed to it. Withdraw it instead."


def _withdraw(version: Version, user: User, answers: dict[str, Any]) -> str:
    withdraw(version, by=user, reason=answers["reason"])
    return "is withdrawn: nobody can agree to it any more, and its page stays"


def withdraw_transition(permission: str) -> Transition[Version, Any]:
    """Return the transition that withdraws a version."""
    return Transition(
        "withdraw",
        "Withdraw…",
        "Withdraw it?",
        permission,
        lambda version: (
            getattr(version, "state", "") in (VersionState.IN_FORCE, VersionState.REPLACED)
        ),
        _withdraw,
        form=ReasonForm,
    )


def _is_fixed(version: Any) -> bool:
    """Return whether it had taken effect when it was read; a form changes the row later."""
    if version is None or version.pk is None:
        return False
    if hasattr(version, "state"):
        return bool(version.state != VersionState.SCHEDULED)
    return bool(version.has_taken_effect())


class StateFilter(admin.SimpleListFilter):
    """Filter versions by state."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in VersionState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(state=chosen) if chosen in VersionState.values else queryset


class VersionAdmin(DeskAdmin[Version], NoReverseLookupsAdmin):
    """The admin of versions: editable until they take effect, then read-only."""

    page_stylesheets = ("newsletter/admin.css",)
    change_form_template = "admin/newsletter/version_form.html"
    change_list_template = "admin/newsletter/change_list.html"
    view_on_site = False  # the status panel has the link
    list_per_page = 50
    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField, "widget": MomentField.widget}
    }
    #: The fields of the form, and the columns that replace read-only fields.
    form_fields: ClassVar[tuple[str, ...]]
    read_only_columns: ClassVar[dict[str, str]] = {}
    #: The fields that a new version copies from the one in force.
    copied_fields: ClassVar[tuple[str, ...]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add ``state``."""
        return with_state(super().get_queryset(request)).select_related("created_by")

    # The form

    def get_fields(self, request: HttpRequest, obj: Version | None = None) -> Any:
        if obj is None or (not _is_fixed(obj) and self.has_change_permission(request, obj)):
            return self.form_fields
        return tuple(self.read_only_columns.get(name, name) for name in self.form_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Version | None = None) -> Any:
        if obj is None:
            return ()
        if _is_fixed(obj):
            return (*self.form_fields, *self.read_only_columns.values())
        # The number belongs to the series.
        return (SERIES_FIELD[self.model], *self.read_only_columns.values())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Copy the text of the version in force into a new one."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        name = SERIES_FIELD[self.model]
        chosen = request.GET.get(name, "")
        is_document = chosen in PolicyVersion.Document.values
        key = chosen if name == "document" and is_document else parse_pk(chosen)
        if key is not None:
            versions = self.model._default_manager.filter(**{name: key})
            if current := versions.valid().first():
                initial |= {field: getattr(current, field) for field in self.copied_fields}
        return initial

    def save_model(self, request: HttpRequest, obj: Version, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = staff_user(request)
        super().save_model(request, obj, form, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save nothing of a version that has taken effect."""
        if request.method == "POST" and object_id is not None:
            version = self.get_object(request, unquote(object_id))
            changes = version is not None and self.has_change_permission(request, version)
            if changes and _is_fixed(version):
                messages.error(request, _FIXED)
                return HttpResponseRedirect(request.get_full_path())
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, _REFUSED)
            return HttpResponseRedirect(request.get_full_path())

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        version = kwargs.get("obj")
        if version is not None and request.method == "POST":
            # Read again: an invalid form changes the object.
            kwargs["obj"] = version = self.get_object(request, str(version.pk))
        if version is not None and _is_fixed(version):
            buttons = ("show_save", "show_save_and_continue", "show_save_and_add_another")
            context |= dict.fromkeys(buttons, False)
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        # The import map is an inline script, so the content policy requires a nonce.
        media = Media.from_media(response.context_data["media"], nonce=str(request.csp_nonce))
        response.context_data |= {"media": media, "series": SERIES_FIELD[self.model]}
        return response

    # Deleting

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deny it for a version that has taken effect; withdraw that instead."""
        return super().has_delete_permission(request, obj) and not _is_fixed(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        kept = [line for each in objs if each.has_taken_effect() for line in (str(each), [_KEPT])]
        if kept:
            return [str(version) for version in objs], {}, set(), kept
        return super().get_deleted_objects(objs, request)

    def delete_model(self, request: HttpRequest, obj: Version) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        try:
            with transaction.atomic():
                self.model._default_manager.filter(pk__in=keys).delete()
        except IntegrityError as error:
            raise PermissionDenied("It took effect in the meantime.") from error

    # Columns

    @admin.display(description="state")
    def state_column(self, version: Any) -> str:
        """Return the state; with the day if it is withdrawn."""
        if version.withdrawn_at and version.state == VersionState.WITHDRAWN:
            day = date_format(timezone.localtime(version.withdrawn_at), "j M Y")
            return f"Withdrawn, {day}"
        return str(VersionState(version.state).label)

    @admin.display(description="takes effect", ordering="effective_from")
    def effective_column(self, version: Version) -> str:
        """Return when it took or takes effect."""
        return format_short_moment(version.effective_from)
