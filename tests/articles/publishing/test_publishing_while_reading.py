"""A new edition comes out while fifty readers read: each gets a whole page, the old or the new."""

import itertools
import threading

import pytest
from django.db import connection

from articles.publishing import publish as publishing
from tests import serving
from tests.articles.factories import make_article, make_hub, make_live, make_title, revise
from tests.serving import LIMIT, at_once, until

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 50
#: A query that no page knows: its answer is nobody else's, so each is made anew.
UNKNOWN = "unknown"
#: So many answers in a row come from all processes of the site, and all their threads.
IN_A_ROW = 40


@pytest.fixture
def site(tmp_path):
    """A served site of two processes with two threads each."""
    served = serving.Site(tmp_path, serving.database_url(), workers=2, threads=2)
    with served as site:
        yield site
    log = site.log.read_text()
    assert "Traceback" not in log, log
    assert "locked" not in log, log


def get(line, path):
    """Status and text of an answer."""
    line.request("GET", path)
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def page(site, path):
    """Return the page that a new reader gets."""
    with site.line() as line:
        return get(line, path)


def make_two_pages(site):
    """An article's path, and all that tells its two pages apart: the marks of old and new."""
    article = make_article(
        hub=make_hub(),
        slug="read",
        titles=[make_title()],
        headline="Old headline",
        standfirst="Old standfirst.",
        text="<p>Old text.</p>" + "<p>Some words that stay.</p>" * 200,
    )
    make_live(hub=article.hub)
    edition = publishing.publish(article)
    revise(article, headline="New headline", standfirst="New standfirst.")
    block = article.articles_textblock_set.get()
    block.html = block.html.replace("Old", "New")
    block.save()
    return article, edition.get_absolute_url()


def test_each_of_fifty_readers_gets_the_old_page_or_the_new_one_and_soon_all_the_new(site):
    article, path = make_two_pages(site)
    old = page(site, path)
    assert old[0] == 200
    assert old[1].count("Old headline") >= 2
    published, all_have_read = threading.Event(), threading.Barrier(READERS + 1)

    addresses = itertools.cycle([path, f"{path}?{UNKNOWN}"])

    def read(line):
        """Before, while and after it is published, until it is new."""
        address = next(addresses)
        answers = [get(line, address)]
        all_have_read.wait(LIMIT)
        while not published.is_set() or answers[-1] == old:
            answers.append(get(line, address))
            assert len(answers) < 100_000
        return answers

    def publish():
        all_have_read.wait(LIMIT)
        try:
            publishing.publish(article)
        finally:
            published.set()
            connection.close()

    publisher = threading.Thread(target=publish)
    publisher.start()
    answers = at_once(site, READERS, read)
    publisher.join()
    until(
        lambda: all(page(site, path) != old for _ in range(IN_A_ROW)),
        "the new page from every process",
    )
    new = page(site, path)

    assert "New headline" in new[1]
    assert "Old" not in new[1]
    assert all(several[0] == old for several in answers)
    seen = {answer for several in answers for answer in several}
    assert seen == {old, new}
    assert {page(site, path) for _ in range(IN_A_ROW)} == {new}
