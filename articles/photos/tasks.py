"""Work that readers and editors need not wait for.

``TASKS_BACKEND`` says who does it: the process that asked for it (immediate), or
``manage.py db_worker`` (database).
"""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django_tasks import task

from articles.photos import renditions

if TYPE_CHECKING:
    from articles.photos.models import Photo


def _photos() -> "QuerySet[Photo]":
    """Return all photos; their module imports this one, so they are looked up by name."""
    return apps.get_model("articles", "Photo")._default_manager.all()


@task
def make_renditions(photo: int, again: bool = False) -> int:
    """Make what a photo (its primary key) lacks, or all of it again; how many files were made.

    Safe to repeat, and to run twice at once. The focal point counts that the photo has when
    the work is done: what was made for another one goes again.
    """
    row = _photos().filter(pk=photo).first()
    if row is None:
        return 0
    focus = row.focus
    pictures = row.pictures(focus) if again else row.missing_pictures()
    made = renditions.make(row.image, pictures)
    still_wanted = _photos().filter(pk=photo, focus_x=row.focus_x, focus_y=row.focus_y)
    fallback = renditions.fallback(row.image, row.size, None, focus)
    still_wanted.filter(~Q(made_for=focus)).update(made_for=focus, made_before=F("made_for"))
    _photos().filter(pk=photo).update(fallback_width=fallback.width)
    _tidy(row)
    return made


def _tidy(photo: "Photo") -> None:
    """Leave the crops that pages show or showed last, and nothing of a deleted photo."""
    storage, name = photo.image.storage, str(photo.image.name)
    row = _photos().filter(pk=photo.pk).first()
    if row is None:
        renditions.remove(storage, renditions.directory(name))
    else:
        # Those around the present focal point may be another worker's, half done.
        renditions.remove_crops(storage, name, except_of={*row.focal_points_made, row.focus})
