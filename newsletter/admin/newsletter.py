"""The admin of newsletters: list, form and deletion."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.http import HttpRequest

from newsletter.admin.newsletter_list import NewsletterColumns, NewsletterList
from newsletter.admin.number_pages import NumbersPage, SubscribersFile
from newsletter.admin.status import NewsletterStatus
from newsletter.models import ConsentEvent, Newsletter, Subscription
from newsroom.desk.lists import NoReverseLookupsAdmin, uses_in_other_apps
from newsroom.desk.model_admin import DeskAdmin

_WIDE = {"class": "vTextField", "size": 90}


class NewsletterForm(forms.ModelForm):
    """A newsletter's own fields."""

    class Meta:
        model = Newsletter
        fields = ()  # the admin's fieldsets decide
        widgets = {
            "strapline": forms.TextInput(attrs=_WIDE),
            "description": forms.Textarea(attrs={"rows": 4, "cols": 90}),
            "sender_address": forms.EmailInput(attrs=_WIDE),
        }


@admin.register(Newsletter)
class NewsletterAdmin(NewsletterColumns, DeskAdmin[Newsletter], NoReverseLookupsAdmin):
    """The admin of newsletters; its form shows whether readers can sign up."""

    pages = (NumbersPage, SubscribersFile)
    page_stylesheets = ("newsletter/admin.css",)
    form = NewsletterForm
    change_form_template = "admin/newsletter/newsletter/change_form.html"
    change_list_template = "admin/newsletter/change_list.html"
    list_display = ("name", "is_open", "wording_column", "confirmed_column", "waiting_column")
    search_fields = ("name", "slug")
    search_help_text = "Words of the name or the slug"
    list_filter = ("is_open",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "strapline", "description", "frequency", "is_open")}),
        ("Messages", {"fields": ("sender_name", "sender_address")}),
    )

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NewsletterList

    # The form

    def get_readonly_fields(self, request: HttpRequest, obj: Newsletter | None = None) -> Any:
        """Make the slug read-only once messages and evidence contain it."""
        return ("slug",) if obj is not None and _has_readers(obj) else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Newsletter | None = None) -> Any:
        return {"slug": ("name",)} if obj is None else {}

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        newsletter = kwargs.get("obj")
        if newsletter is not None and newsletter.pk:
            # Read again: an invalid form changes the object.
            stored = Newsletter.objects.get(pk=newsletter.pk)
            context["status"] = NewsletterStatus.of(stored)
        return super().render_change_form(request, context, *args, **kwargs)

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return why it can't be deleted; Django would list every event."""
        kept = [reason for newsletter in objs for reason in _reasons_to_keep(newsletter)]
        if kept:
            return [str(newsletter) for newsletter in objs], {}, set(), kept
        return super().get_deleted_objects(objs, request)

    def delete_model(self, request: HttpRequest, obj: Newsletter) -> None:
        self.delete_queryset(request, Newsletter.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Newsletter]) -> None:
        chosen = Newsletter.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        try:
            with transaction.atomic():
                chosen.delete()
        except ProtectedError as error:
            raise PermissionDenied("It has been used in the meantime.") from error


def _has_readers(newsletter: Newsletter) -> bool:
    """Whether anybody ever signed up (one query)."""
    own = {"newsletter": OuterRef("pk")}
    used = Exists(ConsentEvent.objects.filter(**own)) | Exists(Subscription.objects.filter(**own))
    return Newsletter.objects.filter(used, pk=newsletter.pk).exists()


def _reasons_to_keep(newsletter: Newsletter) -> list[Any]:
    """Return why a newsletter can't be deleted, as nested lists of lines."""
    reasons = []
    if _has_readers(newsletter):
        reasons.append("Readers signed up to it, and the ledger keeps the proof. Close it instead.")
    elif newsletter.wordings.exists():
        reasons.append(
            "It has wordings. Delete those that haven't taken effect; if one has, close the "
            "newsletter instead."
        )
    reasons += uses_in_other_apps(newsletter)
    return [str(newsletter), reasons] if reasons else []
