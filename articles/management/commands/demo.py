"""Fill an empty database with a small newsroom to try things out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from articles import demo


class Command(BaseCommand):
    """``manage.py demo``; see :mod:`articles.demo`."""

    help = (
        "Fills an empty database with hubs, authors, articles, polls, newsletters and "
        "three members of staff, and prints their new passwords once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Do nothing and print nothing if the database has articles already.",
        )

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        try:
            summary = demo.fill()
        except demo.DatabaseNotEmpty as refusal:
            if if_empty:
                return
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"The demo newsroom is ready: {summary.articles} articles in {summary.hubs} hubs, "
            f"{summary.live} of them live, {summary.polls} polls, and {summary.newsletters} "
            "newsletters with terms to agree to.\n\n"
            f"Log in at {settings.SITE_URL}{reverse('admin:index')}\n\n"
            f"{table(summary.logins)}\n\n"
            "These passwords are shown only now. To set a new one: "
            "python manage.py changepassword editor\n"
        )


def table(logins: list[demo.Login]) -> str:
    """Return the accounts as a table of text."""
    rows = [("User name", "Password", "Role")]
    rows += [(login.username, login.password or "(as before)", login.role) for login in logins]
    names, passwords, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(f"  {a:<{names}}  {b:<{passwords}}  {c}" for a, b, c in rows)
