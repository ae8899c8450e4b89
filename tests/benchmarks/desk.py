"""The times of the admin's list and of publishing: a part of the pages' benchmark."""

import statistics
import time

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.blocks import PullQuoteBlock, TextBlock
from articles.models import Article
from articles.publishing import publish as publishing
from newsroom.models import User
from tests.benchmarks import dataset
from tests.benchmarks.votes import HOST

ROUNDS = 21
BLOCKS = 30
LISTS = {"ours": "/admin/articles/article/", "plain": "/plain/articles/article/"}


def _middle(times):
    return 1000 * statistics.median(times)


def lists():
    """Milliseconds of the desk's list and of a plain one of a small database, by turns."""
    client = Client(SERVER_NAME=HOST)
    client.force_login(User.objects.create(username="desk", is_staff=True, is_superuser=True))
    times, queries = {name: [] for name in LISTS}, {}
    for nth in range(ROUNDS + 2):
        for name, address in LISTS.items():
            begun = time.perf_counter()
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address, secure=True)
            elapsed = time.perf_counter() - begun
            assert answer.status_code == 200, answer
            if nth >= 2:
                times[name].append(elapsed)
            queries[name] = len(captured)
    row = {name: _middle(each) for name, each in times.items()}
    return row | {"times": row["ours"] / row["plain"], "queries": queries["ours"]}


def publishes():
    """Queries and milliseconds of publishing an article of so many blocks again."""
    prose = dataset.Prose()
    blocks = [TextBlock(html=f"<p>{prose.say(60)}</p>") for _ in range(BLOCKS - 6)]
    blocks[4:4] = [PullQuoteBlock(text=prose.say(12)) for _ in range(6)]
    article = dataset.write("thirty-blocks", prose, blocks)
    times = []
    for nth in range(ROUNDS + 2):
        Article.objects.filter(pk=article.pk).update(headline=f"Headline {nth}")
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            publishing.publish(article)
        times.append(time.perf_counter() - begun)
    return {"queries": len(captured), "milliseconds": _middle(times[2:])}


def measure():
    """Rows of both, on the databases of the environment."""
    for each in connections.all():
        each.ensure_connection()
    return {"list": lists(), "publishing": publishes()}
