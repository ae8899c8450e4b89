"""Counting reads an index and never the table, so that it is fast with a million ballots."""

import pytest
from django.db import connection

from polls import tally
from tests.polls.factories import make_ballot, make_poll

pytestmark = pytest.mark.django_db


def test_count_reads_only_the_index(django_assert_num_queries):
    poll = make_poll()
    make_ballot(poll)
    if (
        connection.vendor == "postgresql"
    ):  # or it would read a table as small as this one without the index
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")

    with django_assert_num_queries(1) as queries:
        tally.count(poll)

    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {queries.captured_queries[0]['sql']}")
        plan = str(cursor.fetchall())
    expected = {
        "sqlite": "USING COVERING INDEX ballot_count",
        "postgresql": "Index Only Scan using ballot_count",
    }
    assert expected[connection.vendor] in plan
