"""The seal's test fails where freezing leaves what is in a box in the reader-safe text."""

import pytest

from articles.blocks.body import Body
from tests.seal.everything import found_by_search
from tests.seal.plants import BESIDE
from tests.seal.walking import look_at, told
from tests.seal.world import make_world

MARKED = "“marked: "


@pytest.mark.django_db
def test_reader_safe_text_that_is_none_is_noticed_wherever_it_is_read(monkeypatch):
    def everything(body):
        return "\n".join(map(str, body.content["body"]))

    monkeypatch.setattr(Body, "search_text", everything)
    world = make_world()
    walk = look_at(world, "/", world.hub.get_absolute_url(), "/feeds/latest.atom", world.page)

    assert told(walk, "GET / for", MARKED)
    assert told(walk, f"GET {world.hub.get_absolute_url()} for", MARKED)
    assert told(walk, "GET /feeds/latest.atom for", MARKED)
    assert told(walk, f"GET {world.page} for", MARKED, "outside every box")
    walk.get("/search/", "a crawler", {"q": BESIDE})
    assert told(walk, "GET /search/ for", MARKED)
    assert {"marked: a quote", "throughout: pull quote"} <= found_by_search(world)
