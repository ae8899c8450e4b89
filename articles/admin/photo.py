"""Photos in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from articles.models import Photo


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    """Upload, describe and find photos."""

    list_display = ("thumbnail", "alt", "credit", "caption", "size", "created_at")
    list_display_links = ("thumbnail", "alt")
    search_fields = ("alt", "caption", "credit")
    date_hierarchy = "created_at"
    readonly_fields = ("picture",)

    def get_fields(self, request: HttpRequest, obj: Photo | None = None) -> tuple[str, ...]:
        # The file is chosen once: editions keep its name, and cards must show the same one.
        return ("picture" if obj else "image", "alt", "caption", "credit")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        for photo in queryset:  # one by one, so that the files go too
            photo.delete()

    @admin.display(description="photo")
    def thumbnail(self, photo: Photo) -> str:
        # Empty alternative text: the next column says what the picture shows.
        return self._image(photo, width=96, alt="")

    @admin.display(description="as stored")
    def picture(self, photo: Photo) -> str:
        return self._image(photo, width=480, alt=photo.alt)

    @staticmethod
    def _image(photo: Photo, *, width: int, alt: str) -> str:
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            photo.image.url,
            alt,
            width,
            round(width * photo.height / max(1, photo.width)),
        )

    @admin.display(description="pixels", ordering="width")
    def size(self, photo: Photo) -> str:
        return f"{photo.width} × {photo.height}"
