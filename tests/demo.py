"""The demo newsroom for tests: its pictures are small, and drawn once a run."""

import io
import os
import re
from unittest import mock

from django.core.management import call_command
from PIL import Image

from articles.demo import pictures

_draw = pictures.jpeg


def fill_demo(directory, *arguments):
    """Run ``manage.py demo`` and return its output.

    Pictures have a third of their width and height, so their renditions are soon made. They are
    kept in ``directory``, which the processes of a run may share.
    """

    def jpeg(name):
        path = directory / f"{name}.jpg"
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            with Image.open(io.BytesIO(_draw(name))) as picture:
                picture.reduce(3).save(unfinished, format="JPEG")
            unfinished.replace(path)
        return path.read_bytes()

    out = io.StringIO()
    with mock.patch.object(pictures, "jpeg", jpeg):
        call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def passwords(output):
    """Return the passwords that the command printed, by user name."""
    return dict(re.findall(r"^  (admin|editor|writer) +(\S+)  ", output, re.MULTILINE))
