"""How long the site's search takes, beside bare SQL: a part of the pages' benchmark."""

import statistics
import time

from django.db import connection
from django.utils.http import urlencode
from modelsearch.conf import get_app_config

from tests.benchmarks import dataset, load, rates

SECONDS = 4
ROUNDS = 5
#: Of the invented words, the most used first, those that are asked for.
RANKS = (1, 3, 10, 30, 100, 300, 1000, 3000)

#: The twenty newest live editions with all words, in one query by the text index.
NEWEST = {
    "sqlite": """
        SELECT edition.id, edition.headline FROM {index}_fts AS entry
        JOIN articles_edition AS edition ON edition.id = entry.rowid
        WHERE {index}_fts MATCH %s AND live_from <= CURRENT_TIMESTAMP
        AND (live_until IS NULL OR live_until > CURRENT_TIMESTAMP)
        ORDER BY {order} LIMIT 20
    """,
    "postgresql": """
        SELECT edition.id, edition.headline FROM {index} AS entry
        JOIN articles_edition AS edition ON edition.id = entry.id
        WHERE entry.body @@ %s::tsquery AND live_from <= now()
        AND (live_until IS NULL OR live_until > now())
        ORDER BY {order} LIMIT 20
    """,
}
ORDERS = {
    "newest": {
        "sqlite": "edition.first_published DESC",
        "postgresql": "edition.first_published DESC",
    },
    "ranked": {"sqlite": "rank", "postgresql": "ts_rank(entry.body, %s::tsquery) DESC"},
}
AND = {"sqlite": " AND ", "postgresql": " & "}


def queries():
    """Lists of words: one alone, two together, frequent and rare."""
    words = dataset.Prose().words
    chosen = [words[rank - 1] for rank in RANKS]
    return [[word] for word in chosen] + [[one, two] for one in chosen for two in chosen[:3]]


def _times(statement, order):
    """Seconds of one bare statement for each query."""
    vendor = connection.vendor
    index = get_app_config().get_model("IndexEntry")._meta.db_table
    sql = statement.format(index=index, order=order)
    with connection.cursor() as cursor:
        for words in queries():
            asked = AND[vendor].join(words)
            begun = time.perf_counter()
            cursor.execute(sql, [asked] * sql.count("%s"))
            cursor.fetchall()
            yield time.perf_counter() - begun


def _row(milliseconds):
    cuts = statistics.quantiles(milliseconds, n=20)
    return {"p50": statistics.median(milliseconds), "p95": cuts[-1]}


def measure(directory, database):
    """Milliseconds of the page, of one client and without a cache, and of the bare SQL."""
    vendor = connection.vendor
    bare = {}
    for name, orders in ORDERS.items():
        times = [each for _ in range(ROUNDS) for each in _times(NEWEST[vendor], orders[vendor])]
        bare[name] = _row([1000 * each for each in times])
    paths = [f"/search/?{urlencode({'q': ' '.join(words)})}" for words in queries()]
    with rates.serve(directory, database, **rates.NO_CACHE) as site:
        target = load.Target(site, paths)
        target.load(1, 1)
        rounds = [target.load(SECONDS, 1) for _ in range(ROUNDS)]
    page = {name: statistics.median(each[name] for each in rounds) for name in ("p50", "p95")}
    return {"page": page, **bare}
