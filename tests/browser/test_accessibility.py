"""Every kind of page, in both themes and at two widths, is without fault to axe."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from articles.blocks import (
    AdvertSlotBlock,
    PhotoBlock,
    PollBlock,
    PullQuoteBlock,
    SignUpBlock,
    SpoilerEndBlock,
    SpoilerStartBlock,
    TextBlock,
    VideoBlock,
)
from articles.models import Article, Edition
from articles.publishing import publish as publishing
from articles.site.views import CardList
from newsroom.desk.groups import EDITORS
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_hub,
    make_live,
    make_photo,
    make_title,
    make_topic,
    make_user,
    revise,
)
from tests.newsletter.factories import make_newsletter
from tests.polls.factories import make_closed

TEXT = (
    '<p>It begins with <em>a lamp</em> and <a href="/sci-fi/">a link</a>.</p>'
    "<h2>A part</h2><p>Words.</p><ul><li>One</li><li>Two</li></ul>"
    "<h3>A part of the part</h3><blockquote><p>Quoted.</p></blockquote>"
    '<spoiler-box data-season="1" data-episode="12"><h3>The end</h3>'
    '<p>The keeper did it, <a href="/x/">as foreseen</a>.</p></spoiler-box>'
)


@pytest.fixture
def article(live_server, monkeypatch):
    """A live article with everything in it, in a hub of two pages, with all that it names."""
    hub = make_hub(
        name="Sci-Fi",
        slug="sci-fi",
        accent="teal",
        description="Space, time and what lies between.",
    )
    make_hub(name="Games", slug="games", accent="amber")
    photo = make_photo(caption="A caption")
    title = make_title(
        name="The Paper Lighthouse",
        slug="the-paper-lighthouse",
        original_name="Latarnia",
        year=2022,
        episodes=12,
        description="About a lamp.",
        photo=photo,
    )
    title.availability.create(service="Streamer", url="https://streamer.example/")
    author = make_author(
        name="Ada", slug="ada", role="Editor", biography="Writes.\n\nReads.", photo=photo
    )
    topic = make_topic(name="Endings", slug="endings", description="How it stops.")
    names = {"hub": hub, "titles": [title], "authors": [author], "topics": [topic]}
    monkeypatch.setattr(CardList, "paginate_by", 3)
    for number in range(5):
        make_live(**names, standfirst=f"Standfirst {number}.", photo=photo if number % 3 else None)
    article = make_article(
        **names,
        headline="Who lit the Paper Lighthouse?",
        slug="who",
        standfirst="Twelve nights and one lamp.",
        spoiler="marked",
        lead=True,
        photo=photo,
        text=TEXT,
    )
    add_block(article, PhotoBlock, photo=photo, caption="Another caption")
    add_block(article, PullQuoteBlock, text="Nobody saw it coming.", attribution="The keeper")
    add_block(article, AdvertSlotBlock, name="end")
    add_block(article, PollBlock, poll=make_closed("Yes", "No", votes=(2, 1)))
    add_block(article, SignUpBlock, newsletter=make_newsletter())
    add_block(article, VideoBlock, url="https://vimeo.com/1", name="A trailer", photo=photo)
    add_block(article, VideoBlock, url="https://vimeo.com/2", name="A plain one")
    add_block(article, SpoilerStartBlock, title=title, season=2)
    add_block(article, TextBlock, html="<p>And then it went dark.</p>")
    add_block(article, SpoilerEndBlock)
    publishing.publish(article, by=None)
    return article


# What readers see

PUBLIC = {
    "home": "/",
    "hub": "/sci-fi/",
    "second page of a hub": "/sci-fi/?page=2",
    "empty hub": "/games/",
    "article": "/sci-fi/who/",
    "title": "/titles/the-paper-lighthouse/",
    "second page of a title": "/titles/the-paper-lighthouse/?page=2",
    "topic": "/topics/endings/",
    "author": "/authors/ada/",
    "what a search finds": "/search/?q=lighthouse",
    "a search that is refused": "/search/?q=a&hub=none",
    "nothing there": "/nowhere/",
}


@pytest.mark.parametrize("kind", PUBLIC)
def test_public_page_has_no_fault(page, article, faultless, kind):
    response = page.goto(PUBLIC[kind])
    assert response.status == (404 if kind == "nothing there" else 200)

    faultless(page)


def test_article_with_open_boxes_has_no_fault(page, article, faultless):
    page.goto(PUBLIC["article"])
    summaries = page.locator("summary")
    expect(summaries).to_have_count(2)
    for summary in summaries.all():
        summary.click()
    expect(page.get_by_text("And then it went dark.")).to_be_visible()

    faultless(page)


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "open"])
def test_article_that_spoils_throughout_has_no_fault(page, article, faultless, opened):
    edition = make_live(headline="All of it", spoiler="throughout", titles=article.titles.all())
    page.goto(edition.get_absolute_url())
    if opened:
        page.locator("summary").click()
        expect(page.get_by_text("Some text.")).to_be_visible()

    faultless(page)


def test_bare_article_has_no_fault(page, live_server, faultless):
    page.goto(make_live().get_absolute_url())

    faultless(page)


def test_home_page_before_the_first_story_has_no_fault(page, live_server, faultless):
    page.goto("/")

    faultless(page)


def test_title_and_author_without_stories_have_no_fault(page, live_server, faultless):
    for path in (make_title().get_absolute_url(), make_author().get_absolute_url()):
        page.goto(path)
        faultless(page)


@pytest.mark.parametrize("notice", ["", "It was wrong."])
def test_withdrawn_article_has_no_fault(page, article, faultless, notice):
    publishing.withdraw(article, by=None, reason="Wrong.", notice=notice)
    assert page.goto(PUBLIC["article"]).status == 410

    faultless(page)


# What editors see


@pytest.fixture
def desk(browser_of):
    """The page of a logged-in editor."""
    return browser_of(make_user(EDITORS, first_name="Edda", last_name="Torial")).new_page()


def article_address(view, *args):
    return reverse(f"admin:articles_article_{view}", args=args)


def test_preview_has_no_fault(desk, article, faultless):
    desk.goto(article_address("preview", article.pk))

    faultless(desk)


def open_form(desk, article):
    desk.goto(article_address("change", article.pk))
    expect(desk.locator(".order-machine .ProseMirror[contenteditable]")).to_have_count(2)


def test_article_form_with_all_of_it_open_has_no_fault(desk, article, faultless):
    revise(article)
    publishing.schedule(article, timezone.now() + timedelta(days=1), by=None)
    open_form(desk, article)
    expect(desk.locator(".desk-status")).to_contain_text("goes live on")
    for summary in desk.locator(".desk-status summary").all():
        summary.click()
    desk.locator("fieldset summary", has_text="Search engines").click()
    desk.get_by_role("button", name="Add a block at the end").click()
    expect(desk.get_by_role("button", name="Text", exact=True)).to_be_visible()

    faultless(desk)


def test_article_form_with_faults_of_the_writers_has_no_fault(desk, article, faultless):
    open_form(desk, article)
    desk.get_by_label("Headline:").fill("")
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".errornote")).to_be_visible()

    faultless(desk)


def test_empty_article_form_has_no_fault(desk, article, faultless):
    desk.goto(article_address("add"))
    desk.get_by_role("button", name="Add another Byline").click()
    desk.get_by_role("button", name="Add a block at the end").click()
    desk.get_by_role("button", name="Text", exact=True).click()
    expect(desk.locator(".order-machine .ProseMirror[contenteditable]")).to_be_focused()

    faultless(desk)


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
def test_spoiler_dialogue_has_no_fault(desk, article, faultless, existing):
    open_form(desk, article)
    if existing:
        desk.get_by_role("button", name="Edit the spoiler box").click()
    else:
        desk.locator(".ProseMirror", has_text="And then it went dark.").click()
        desk.keyboard.press("Control+Alt+x")
    expect(desk.get_by_role("dialog", name="Spoiler box")).to_be_visible()

    faultless(desk)


@pytest.mark.parametrize("step", ["publish", "schedule", "expire", "withdraw", "approve"])
def test_question_before_a_step_has_no_fault(desk, article, faultless, step):
    desk.goto(article_address("transition", article.pk, step))

    faultless(desk)


def test_question_with_a_wrong_answer_has_no_fault(desk, article, faultless):
    desk.goto(article_address("transition", article.pk, "withdraw"))
    desk.locator("#content form").evaluate("(form) => form.noValidate = true")
    desk.get_by_role("button", name="Withdraw", exact=True).click()
    expect(desk.locator(".errorlist")).to_be_visible()

    faultless(desk)


def test_question_before_a_step_of_many_has_no_fault(desk, article, faultless):
    ids = ",".join(str(pk) for pk in Article.objects.values_list("pk", flat=True)[:3])
    desk.goto(article_address("bulk", "withdraw") + f"?ids={ids}")

    faultless(desk)


DESK = {
    "dashboard": "admin:index",
    "article list": "admin:articles_article_changelist",
    "edition list": "admin:articles_edition_changelist",
    "photo list": "admin:articles_photo_changelist",
    "photo form": "admin:articles_photo_add",
    "hub list": "admin:articles_hub_changelist",
    "title form": "admin:articles_title_add",
}


@pytest.mark.parametrize("kind", DESK)
def test_page_of_the_desk_has_no_fault(desk, article, faultless, kind):
    response = desk.goto(reverse(DESK[kind]))
    assert response.status == 200

    faultless(desk)


@pytest.mark.parametrize("kind", ["edition", "photo", "title", "author"])
def test_form_of_something_stored_has_no_fault(desk, article, faultless, kind):
    edition = Edition.objects.get(article=article)
    row = {
        "edition": edition,
        "photo": edition.photo,
        "title": edition.titles.get(),
        "author": edition.authors.get(),
    }[kind]
    response = desk.goto(reverse(f"admin:articles_{kind}_change", args=[row.pk]))
    assert response.status == 200

    faultless(desk)
