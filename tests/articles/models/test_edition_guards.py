"""The database itself refuses what must never happen to an edition.

Each test names its guard; with the guard dropped the same statements go through, which the
last test shows.
"""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Edition
from tests.articles.factories import make_live
from tests.triggers import drop_guards

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def copy_of(edition, **fields):
    """An unsaved edition of the same article, which was first published long before."""
    links = {
        "id": None,
        "number": edition.number + 1,
        "first_published": edition.first_published - 9 * HOUR,
        **fields,
    }
    values = {field.attname: getattr(edition, field.attname) for field in edition._meta.fields}
    return Edition(**{**values, **links})


def refused(step):
    with pytest.raises(IntegrityError), transaction.atomic():
        step()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("headline", "Changed"),
        ("content", {"body": []}),
        ("search_text", "Changed"),
        ("safe_html", "Changed"),
        ("first_published", timezone.now() - HOUR),
        ("slug", "changed"),
        ("number", 99),
        ("spoiler", "throughout"),
    ],
)
def test_column_of_an_edition_cannot_change(column, value):
    edition = make_live()

    refused(lambda: Edition.objects.filter(pk=edition.pk).update(**{column: value}))


def test_window_of_an_edition_can_change():
    edition = make_live()

    Edition.objects.filter(pk=edition.pk).update(live_until=timezone.now() + HOUR)

    edition.refresh_from_db()
    assert edition.live_until is not None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, None), (1, None)),
        ((0, None), (-2, None)),
        ((0, None), (-2, 1)),
        ((0, 4), (1, 2)),
        ((0, 4), (-1, 5)),
        ((0, 4), (3, 5)),
        ((0, 4), (0, 4)),
    ],
)
def test_overlapping_windows_are_refused_at_insert_and_at_update(first, second):
    edition = make_live()
    start = edition.live_from
    windows = [
        {
            "live_from": start + begin * HOUR,
            "live_until": None if end is None else start + end * HOUR,
        }
        for begin, end in (first, second)
    ]
    Edition.objects.filter(pk=edition.pk).update(**windows[0])

    refused(lambda: copy_of(edition, **windows[1]).save(force_insert=True))

    cancelled = {"live_from": start + 9 * HOUR, "live_until": start + 9 * HOUR}
    other = copy_of(edition, **cancelled)
    other.save(force_insert=True)
    refused(lambda: Edition.objects.filter(pk=other.pk).update(**windows[1]))


@pytest.mark.parametrize(("begin", "end"), [(4, None), (4, 5), (-2, 0), (2, 2)])
def test_windows_that_only_touch_and_empty_ones_are_allowed(begin, end):
    edition = make_live()
    start = edition.live_from
    Edition.objects.filter(pk=edition.pk).update(live_until=start + 4 * HOUR)

    copy_of(
        edition,
        live_from=start + begin * HOUR,
        live_until=None if end is None else start + end * HOUR,
    ).save(force_insert=True)

    assert edition.article.editions.count() == 2


def test_edition_cannot_go_live_before_it_was_first_published():
    edition = make_live()
    before = edition.first_published - HOUR

    refused(lambda: Edition.objects.filter(pk=edition.pk).update(live_from=before))


def test_window_that_ends_before_it_begins_is_refused():
    edition = make_live()

    refused(
        lambda: Edition.objects.filter(pk=edition.pk).update(live_until=edition.live_from - HOUR)
    )


def test_number_is_given_once_an_article():
    edition = make_live()
    cancelled = {"live_from": timezone.now(), "live_until": timezone.now()}
    cancelled["live_until"] = cancelled["live_from"]

    refused(lambda: copy_of(edition, number=1, **cancelled).save(force_insert=True))


def test_what_an_edition_names_cannot_be_deleted():
    edition = make_live()

    for needed in (edition.article, edition.hub):
        with pytest.raises(ProtectedError):
            needed.delete()


@pytest.mark.django_db(transaction=True)
def test_guards_can_be_taken_down_and_put_up_again():
    call_command("migrate", "articles", "0001", verbosity=0)
    call_command("migrate", verbosity=0)
    edition = make_live()

    refused(lambda: Edition.objects.filter(pk=edition.pk).update(headline="Changed"))
    refused(lambda: copy_of(edition).save(force_insert=True))


def test_without_the_guards_the_same_statements_go_through():
    edition = make_live()
    drop_guards("articles")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE articles_edition DROP CONSTRAINT edition_no_overlap")

    Edition.objects.filter(pk=edition.pk).update(headline="Changed")
    copy_of(edition).save(force_insert=True)

    assert edition.article.editions.live().count() == 2
