"""Nothing that the site sends gives a spoiler away, but the closed box that it stands in."""

import pytest

from articles.channels import feeds, sitemaps
from articles.search import views as results
from articles.site.views import CardList
from polls.views import PollListView
from tests.seal.everything import found_by_search, read_everything
from tests.seal.walking import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_pages(monkeypatch):
    """Lists that go on on another page."""
    for view in (CardList, PollListView):
        monkeypatch.setattr(view, "paginate_by", 1)
    monkeypatch.setattr(feeds, "PAGE_SIZE", 1)
    monkeypatch.setattr(results, "PER_PAGE", 1)


@pytest.mark.usefixtures("short_pages")
def test_nothing_that_the_site_sends_gives_a_spoiler_away(world):
    walk = read_everything(world)

    assert walk.leaks == []
    assert walk.gaps == []
    assert world.plants.boxed() - walk.hidden == set(), "a test that plants nothing finds nothing"


def test_sitemaps_in_several_files_give_no_spoiler_away(world, monkeypatch):
    monkeypatch.setattr(sitemaps, "LIMIT", 1)

    walk = Walk(world).walk(only={"articles:sitemap", "articles:sitemap_file"})

    assert (walk.leaks, walk.gaps) == ([], [])


def test_search_answers_a_planted_word_as_one_that_stands_nowhere(world):
    assert found_by_search(world) == set()
