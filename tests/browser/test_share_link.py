"""Somebody without an account reads a draft, and nothing else."""

import re

from playwright.sync_api import expect

from articles.models import ShareLink
from tests.articles.factories import make_article, make_user


def test_a_link_made_at_the_desk_opens_the_draft_for_a_stranger(browser_of, new_page, axe):
    article = make_article(
        headline="Unpublished lamp",
        text="<p>Draft words.</p><spoiler-box><p>The ending.</p></spoiler-box>",
    )
    desk = browser_of(make_user("Editors")).new_page()
    desk.goto(f"/admin/articles/article/{article.pk}/share/")
    desk.get_by_label("For whom:").fill("The producer")
    desk.get_by_role("button", name="Create link").click()
    address = desk.get_by_role("textbox", name="The producer").input_value()
    assert axe(desk) == []

    stranger = new_page()
    response = stranger.goto(address)
    assert response.headers["cache-control"].count("no-store") == 1
    expect(stranger.get_by_role("note")).to_contain_text("This is a draft")
    expect(stranger.get_by_text("Draft words.")).to_be_visible()
    expect(stranger.get_by_text("The ending.")).to_be_hidden()
    assert axe(stranger) == []
    assert stranger.context.cookies() == []
    assert stranger.goto(f"/admin/articles/article/{article.pk}/change/").url.endswith(
        f"/admin/login/?next=/admin/articles/article/{article.pk}/change/"
    )

    desk.get_by_role("button", name=re.compile("Revoke the link The producer")).click()
    expect(desk.locator(".messagelist .success")).to_contain_text("revoked")
    assert not ShareLink.objects.get().is_open
    assert stranger.goto(address).status == 410
    expect(stranger.get_by_role("heading", name="This link has ended")).to_be_visible()
    assert axe(stranger) == []
