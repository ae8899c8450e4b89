"""Rows that are made once for all tests of a module, where making them takes long.

They are made in a transaction that is rolled back after the module's last test. Each test runs
in a savepoint of it, so it starts from the same rows. A transactional test cannot use them.
"""

import contextlib
import copy
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings


@dataclass(frozen=True)
class SharedRows:
    """The result of the function that made the rows, and the directory of the photos' files."""

    made: Any
    media: Path

    def for_one_test(self, settings):
        """Return a copy of ``made``, and put the files where the test's settings look for them."""
        shutil.copytree(self.media, settings.MEDIA_ROOT, copy_function=os.link)
        return copy.deepcopy(self.made)


@contextlib.contextmanager
def shared_rows(make, django_db_blocker, media):
    """Call ``make`` and yield its :class:`SharedRows`; the rows are there until the end.

    ``media``: an existing directory for the files that ``make`` stores.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            made = make()
        with django_db_blocker.block():
            yield SharedRows(made, media)
        transaction.set_rollback(True)
