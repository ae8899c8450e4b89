"""Photos in the admin: upload, description, focal point, and where a photo is used."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from js_asset import Script

from articles.admin.photo_usage import as_nested_lists, find_uses
from articles.photos.models import Photo
from articles.photos.uploads import fallback_size
from newsroom.desk.lists import NoReverseLookupsAdmin
from newsroom.desk.pages import staff_user

_PER_CENT = {"min": 0, "max": 100, "step": 1, "inputmode": "numeric"}


class PhotoForm(forms.ModelForm):
    """A photo's own fields."""

    class Meta:
        model = Photo
        fields = ()  # the admin's fieldsets decide
        widgets = {
            "focus_x": forms.NumberInput(attrs=_PER_CENT),
            "focus_y": forms.NumberInput(attrs=_PER_CENT),
            "alt": forms.TextInput(attrs={"size": 90}),
            "caption": forms.TextInput(attrs={"size": 90}),
            "credit": forms.TextInput(attrs={"size": 50}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"focus_x", "focus_y"} & self.fields.keys():
            self.fields[name].required = False

    def clean(self) -> dict[str, Any] | None:
        """Keep the focal point where its fields are empty."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("focus_x", "focus_y"):
            if name in cleaned and cleaned[name] is None:
                cleaned[name] = getattr(self.instance, name)
        return cleaned


@admin.register(Photo)
class PhotoAdmin(NoReverseLookupsAdmin):
    """Photos, with where each one is used."""

    form = PhotoForm
    change_form_template = "admin/articles/photo/change_form.html"
    list_display = ("thumbnail", "name", "credit", "caption", "size", "created_at")
    list_display_links = ("thumbnail", "name")
    search_fields = ("alt", "caption", "credit")
    date_hierarchy = "created_at"
    readonly_fields = ("picture",)

    class Media:
        css = {"all": ("articles/focal-point.css",)}
        js = (Script("articles/focal-point.js", type="module"),)

    def get_fieldsets(self, request: HttpRequest, obj: Photo | None = None) -> Any:
        # The file can't be replaced: editions refer to it by name.
        file = () if obj else ("image",)
        point = {
            "fields": (*file, "picture", ("focus_x", "focus_y")),
            "description": "The focal point is what every crop keeps: a face, most often. Click "
            "on it in the picture, or move it with the arrow keys (with Shift: further; Home: "
            "back to the middle).",
        }
        words = ("decorative", "alt", "caption", "credit")
        return (("Picture", point), ("Words", {"fields": words}))

    # The form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            if object_id is not None or request.method != "POST":
                raise
        # The same file was sent twice at once, by a double click, and the database has accepted
        # one. Validated again, the form finds it and refuses the other.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        photo = kwargs.get("obj")
        if photo is not None and photo.pk:
            context["uses"] = find_uses(photo, staff_user(request))
        return super().render_change_form(request, context, *args, **kwargs)

    # Deleting

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        for photo in queryset:  # one by one, which deletes the files too
            photo.delete()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say where protected photos are used, without the headlines of colleagues' articles."""
        deleted, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        if not protected:
            return deleted, counts, perms_needed, protected
        places: list[Any] = []
        for photo in objs:
            places += [str(photo), as_nested_lists(find_uses(photo, staff_user(request)))]
        return [str(photo) for photo in objs], counts, set(), places

    # Columns

    @admin.display(description="photo")
    def thumbnail(self, photo: Photo) -> SafeString:
        # The alternative text is empty, since the next column says what the photo shows.
        smallest = photo.thumbnail_url
        height = round(96 * photo.height / max(1, photo.width))
        return format_html(
            '<img src="{}" alt="" width="96" height="{}" loading="lazy">', smallest, height
        )

    @admin.display(description="what it shows", ordering="alt")
    def name(self, photo: Photo) -> str:
        return photo.name

    @admin.display(description="picture")
    def picture(self, photo: Photo) -> SafeString:
        """Return the picture, on which the script sets the focal point."""
        if not photo.pk:
            return format_html(
                '<div class="focal-point" data-focal-point data-file="id_image">'
                '<p class="focal-message">{}</p></div>',
                "Shown as soon as a file is chosen.",
            )
        width, height = fallback_size(*photo.size) if photo.fallback_width else photo.size
        return format_html(
            '<div class="focal-point" data-focal-point data-x="{}" data-y="{}">'
            '<img src="{}" alt="{}" width="{}" height="{}"></div>',
            photo.focus_x,
            photo.focus_y,
            photo.fallback_url,
            photo.alt,
            width,
            height,
        )

    @admin.display(description="pixels", ordering="width")
    def size(self, photo: Photo) -> str:
        return f"{photo.width} × {photo.height}"
