"""Make the missing renditions of photos, or all renditions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.photos.models import Photo, make_renditions


class Command(BaseCommand):
    """``manage.py make_renditions``; it doesn't use the task queue."""

    help = "Makes the missing renditions of photos; with --all, all renditions again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="Make all renditions again and replace the files."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keys = list(Photo.objects.order_by("pk").values_list("pk", flat=True))
        files = photos = failed = 0
        for number, key in enumerate(keys, start=1):
            try:
                made = make_renditions.call(key, again=options["all"])
            except Exception as error:  # noqa: BLE001  (a broken file must not stop the others)
                failed += 1
                self.stderr.write(f"Photo {key}: {error or type(error).__name__}")
                continue
            files += made
            photos += made > 0
            if options["verbosity"] > 1 or (made and options["verbosity"]):
                self.stdout.write(f"{number} of {len(keys)}: photo {key}, {made} files")
        self.stdout.write(
            f"{files} files made for {photos} of {len(keys)} photos, {failed} failed."
        )
        if failed:
            raise CommandError("Some photos have no renditions; pages show their fallbacks.")
