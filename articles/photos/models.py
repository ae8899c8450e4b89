"""The Photo model, and the task that makes a photo's renditions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django_tasks import task

from articles.photos import renditions
from articles.photos.fields import PhotoImageField, random_name

_PER_CENT = [MaxValueValidator(100)]


class Photo(models.Model):
    """A picture with its credit; used by articles, titles and authors.

    Pages show the crops around ``rendered_focus``. It becomes the focal point when the renditions
    for it are made; before the first ones, pages show the fallback. The crops around
    ``previous_focus`` stay, because pages that use them may still be cached.
    """

    # The first column: saving the file sets other columns, which are then saved with the row.
    image = PhotoImageField(
        upload_to=random_name, width_field="width", height_field="height", max_length=200
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    source_digest = models.CharField(  # noqa: DJ001  (unique, and some rows have none)
        max_length=64,
        unique=True,
        null=True,
        editable=False,
        help_text="SHA-256 of the uploaded bytes.",
    )
    fallback_width = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="In pixels; 0 if there is no fallback yet."
    )
    focus_x = models.PositiveSmallIntegerField(
        "from the left, %",
        default=50,
        validators=_PER_CENT,
        help_text="Focal point, in per cent of the width.",
    )
    focus_y = models.PositiveSmallIntegerField(
        "from the top, %",
        default=50,
        validators=_PER_CENT,
        help_text="Focal point, in per cent of the height.",
    )
    rendered_focus = models.CharField(max_length=7, blank=True, editable=False)
    previous_focus = models.CharField(max_length=7, blank=True, editable=False)
    decorative = models.BooleanField(
        default=False,
        help_text="The picture adds nothing to the text beside it, such as an ornament. Screen "
        "readers then skip it.",
    )
    alt = models.CharField(
        "alternative text",
        max_length=250,
        blank=True,
        help_text="What the picture shows, for readers who can't see it. Leave it empty only if "
        "the picture is decorative. An article may use its own text instead.",
    )
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=120, help_text="The photographer, artist or owner.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decorative=True, alt="") | (Q(decorative=False) & ~Q(alt="")),
                name="photo_alt_or_decorative",
                violation_error_message="A photo has an alternative text or is decorative.",
            ),
            models.CheckConstraint(
                condition=Q(focus_x__gte=0, focus_x__lte=100, focus_y__gte=0, focus_y__lte=100),
                name="photo_focus_inside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.credit})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and, after the transaction, start the task that makes missing renditions."""
        is_new_file = bool(self.image) and not self.image._committed
        try:
            super().save(*args, **kwargs)
        except BaseException:
            if is_new_file and self.image._committed:
                self.delete_files()
            raise
        if not self.is_ready:
            transaction.on_commit(lambda: make_renditions.enqueue(self.pk))

    def clean(self) -> None:
        """Require either an alternative text or the “decorative” flag."""
        super().clean()
        if self.decorative and self.alt:
            raise ValidationError(
                {"alt": "A decorative picture has no alternative text: empty this, or untick it."}
            )
        if not self.decorative and not self.alt:
            raise ValidationError(
                {"alt": "Say what the picture shows, or tick “decorative” if it tells nothing."}
            )

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row and, after the transaction, every file."""
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(self.delete_files)
        return deleted

    def delete_files(self) -> None:
        """Delete the original and every rendition, but not the row."""
        self.image.delete_all()
        self.image.storage.delete(str(self.image.name))

    @property
    def name(self) -> str:
        """The alternative text, the caption, or a number."""
        return self.alt or self.caption or f"Decorative photo no. {self.pk}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the stored original, in pixels."""
        return self.width, self.height

    @property
    def focus(self) -> str:
        """The focal point as it stands in file names."""
        return renditions.focus_key(self.focus_x, self.focus_y)

    @property
    def is_ready(self) -> bool:
        """Whether the renditions are made for the present focal point."""
        return self.rendered_focus == self.focus

    @property
    def kept_focal_points(self) -> set[str]:
        """The focal points whose finished crops are kept."""
        return {self.rendered_focus, self.previous_focus} - {""}

    def all_renditions(self, focus: str) -> list[renditions.Rendition]:
        """Return every rendition for a focal point, including the fallback."""
        return renditions.all_renditions(self.image, self.size, focus)

    def missing_renditions(self) -> list[renditions.Rendition]:
        """Return the renditions for the present focal point that don't exist.

        Asks the storage for each file. The file of an unfinished task may be incomplete, so it
        counts as missing.
        """
        return [one for one in self.all_renditions(self.focus) if not self._exists(one)]

    def _exists(self, rendition: renditions.Rendition) -> bool:
        if rendition.aspect_ratio:
            is_finished = rendition.focus in self.kept_focal_points
        elif rendition.file_type == "JPEG":
            is_finished = self.fallback_width > 0
        else:
            is_finished = bool(self.kept_focal_points)
        return is_finished and rendition.storage.exists(rendition.name)

    def make_renditions(self, *, again: bool = False) -> int:
        """Make the missing renditions, or all of them again; return the number of files.

        It may be repeated and run twice at once. If the focal point changes meanwhile, the
        renditions for the old one are deleted.
        """
        focus = self.focus
        wanted = self.all_renditions(focus) if again else self.missing_renditions()
        made = renditions.write(self.image, wanted)
        rows = Photo.objects.filter(pk=self.pk)
        unchanged = rows.filter(focus_x=self.focus_x, focus_y=self.focus_y)
        unchanged.filter(~Q(rendered_focus=focus)).update(
            rendered_focus=focus, previous_focus=F("rendered_focus")
        )
        fallback = renditions.fallback_rendition(self.image, self.size, None, focus)
        rows.update(fallback_width=fallback.width)
        self._delete_unused_files()
        return made

    def _delete_unused_files(self) -> None:
        """Delete crops that no page shows, or all files if the photo was deleted meanwhile."""
        storage, name = self.image.storage, str(self.image.name)
        photo = Photo.objects.filter(pk=self.pk).first()
        if photo is None:
            renditions.delete_directory(storage, renditions.directory(name))
        else:
            # Another worker may be making the crops around the present focal point.
            renditions.delete_crops(storage, name, keep={*photo.kept_focal_points, photo.focus})

    @property
    def fallback_url(self) -> str:
        """The address of the fallback, or of the original if there is no fallback."""
        if not self.fallback_width:
            return str(self.image.url)
        whole = renditions.fallback_rendition(self.image, self.size, None, renditions.CENTRE)
        return str(whole.url)

    @property
    def thumbnail_url(self) -> str:
        """The address of the narrowest rendition of the whole picture, or of the fallback."""
        focus = self.rendered_focus
        found = renditions.avif_renditions(self.image, self.size, None, focus) if focus else []
        return str(found[0].url) if found else self.fallback_url


# In this module because saving a photo starts it.
@task
def make_renditions(photo: int, again: bool = False) -> int:
    """Make the renditions of the photo with this primary key; return the number of files."""
    row = Photo.objects.filter(pk=photo).first()
    return row.make_renditions(again=again) if row else 0
