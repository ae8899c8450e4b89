"""No page of the desk breaks the content policy, and nothing planted in a text runs."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
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
from articles.models import Article
from articles.publishing import publish as publishing
from tests.articles.admin_forms import transition
from tests.articles.factories import (
    add_block,
    make_article,
    make_author,
    make_photo,
    make_title,
    make_topic,
    make_user,
    revise,
)
from tests.browser.conftest import Watch
from tests.newsletter.factories import make_confirmed, make_newsletter
from tests.polls.factories import make_closed

PLANTED = (
    "<p>Harmless.</p>"
    "<script>window.planted = 'script'</script>"
    "<style>body { display: none }</style>"
    "<img src=x onerror=\"window.planted = 'handler'\">"
    "<p onpointerover=\"window.planted = 'handler'\" style='color: red'>Hover here.</p>"
    "<svg onload=\"window.planted = 'svg'\"></svg>"
    "<a href=\"javascript:window.planted = 'link'\">Press here.</a>"
    "<iframe srcdoc='<script>parent.planted = 1</script>'></iframe>"
)


@pytest.fixture
def administrator():
    return make_user(is_superuser=True)


@pytest.fixture
def desk(browser_of, administrator):
    """A page of a logged-in administrator."""
    return browser_of(administrator).new_page()


def open_all(page, paths):
    """Open each; what is wrong with one is told at the end of the test."""
    for path in paths:
        response = page.goto(path)
        assert response.status == 200, path
        page.wait_for_load_state("load")
        page.evaluate("new Promise((done) => setTimeout(done))")


def address(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def fill_the_newsroom():
    """A row of every model that the admin knows, and an article with every kind of block."""
    photo = make_photo()
    title = make_title(photo=photo)
    title.availability.create(service="Streamer", url="https://example.com/")
    article = make_article(
        text='<h2>Part</h2><p>Text <a href="/x/">link</a></p>'
        '<spoiler-box data-season="1"><p>Secret.</p></spoiler-box>',
        photo=photo,
        titles=[title],
        authors=[make_author(photo=photo)],
        topics=[make_topic()],
    )
    add_block(article, PhotoBlock, photo=photo)
    add_block(article, PullQuoteBlock, text="Quote.", attribution="Somebody")
    add_block(article, AdvertSlotBlock, name="end")
    add_block(article, PollBlock, poll=make_closed("Yes", "No", votes=(2, 1)))
    add_block(article, SignUpBlock, newsletter=make_newsletter())
    make_confirmed(make_newsletter())
    add_block(article, VideoBlock, url="https://vimeo.com/1", name="A trailer", photo=photo)
    add_block(article, SpoilerStartBlock, season=1)
    add_block(article, SpoilerEndBlock)
    publishing.publish(article, by=None)
    revise(article)
    DBTaskResult.objects.create(
        task_path="articles.photos.models.make_renditions",
        args_kwargs={"args": [1], "kwargs": {}},
        backend_name="default",
    )
    return article


def model_pages(administrator, rf):
    request = rf.get("/")
    request.user = administrator
    for model, options in admin.site._registry.items():
        row = model._default_manager.first()
        assert row, f"there is no {model._meta.verbose_name} to look at"
        yield address(model, "changelist")
        yield address(model, "changelist") + "?_popup=1"
        yield address(model, "change", row.pk)
        yield address(model, "history", row.pk)
        if options.has_add_permission(request):
            yield address(model, "add")
            yield address(model, "add") + "?_popup=1&_to_field=id"
        if options.has_change_permission(request):
            yield address(model, "change", row.pk) + "?_popup=1&_to_field=id"
        if options.has_delete_permission(request, row):
            yield address(model, "delete", row.pk)


def test_every_page_of_every_model_keeps_the_policy(desk, administrator, rf):
    fill_the_newsroom()
    paths = list(model_pages(administrator, rf))
    assert len(paths) >= 8 * 5

    open_all(desk, paths)


def test_every_other_page_of_the_desk_keeps_the_policy(desk, administrator):
    article = fill_the_newsroom()
    transitions = ["publish", "schedule", "expire", "withdraw", "send-back"]

    open_all(
        desk,
        [
            reverse("admin:index"),
            reverse("admin:app_list", args=["articles"]),
            reverse("admin:password_change"),
            f"/admin/newsroom/user/{administrator.pk}/password/",
            reverse("admin:articles_article_preview", args=[article.pk]),
            *(transition(article, name) for name in transitions),
            reverse("admin:articles_article_bulk", args=["withdraw"]) + f"?ids={article.pk}",
            address(Article, "changelist") + "?q=headline&spoiler__exact=none",
            reverse("admin:login"),
        ],
    )


def test_pages_around_a_login_keep_the_policy(page, live_server):
    open_all(page, [reverse("admin:login")])
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator(".errornote")).to_contain_text("Please enter the correct")


def test_what_is_planted_in_a_text_runs_nowhere(desk):
    """Were any of it left, the policy would forbid it, and that alone fails this test."""
    article = make_article()
    TextBlock.objects.update(html=PLANTED)
    edition = publishing.publish(article, by=None)

    pages = [
        reverse("admin:articles_article_preview", args=[article.pk]),
        edition.get_absolute_url(),
    ]
    for path in pages:
        desk.goto(path)
        expect(desk.get_by_text("Harmless.")).to_be_visible()
        desk.get_by_text("Hover here.").hover()
        desk.get_by_text("Press here.").click()
        assert (
            desk.locator("main :is(script, style, iframe, [onpointerover], [style])").count() == 0
        )
        assert desk.evaluate("window.planted") is None


def test_what_is_planted_in_a_text_never_reaches_the_editor(desk):
    article = make_article()
    TextBlock.objects.update(html=PLANTED)

    desk.goto(address(Article, "change", article.pk))
    text = desk.locator(".order-machine .ProseMirror[contenteditable]")
    expect(text).to_contain_text("Harmless.")
    text.get_by_text("Hover here.").hover()
    assert desk.evaluate("window.planted") is None

    text.click()
    desk.keyboard.press("Control+End")
    desk.keyboard.type("!")
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("was changed successfully")
    stored = TextBlock.objects.get().html.replace("!", "")
    assert stored == "<p>Harmless.</p><p>Hover here.</p><p>Press here.</p>"


# The harness itself

INLINE = {
    "style": """() => {
        const style = document.createElement("style");
        style.textContent = "body { color: red }";
        document.head.append(style);
    }""",
    "script": """() => {
        const script = document.createElement("script");
        script.textContent = "window.planted = 1";
        document.head.append(script);
    }""",
    "style attribute": """() => document.body.setAttribute("style", "color: red")""",
    "handler": """() => {
        document.body.setAttribute("onclick", "window.planted = 1");
        document.body.click();
    }""",
}


@pytest.mark.parametrize("path", ["/", "/admin/login/"])
@pytest.mark.parametrize("kind", INLINE)
def test_inline_code_is_stopped_and_reported(browser, live_server, own_origins, kind, path):
    context = browser.new_context(base_url=live_server.url)
    watch = Watch(context, own_origins)
    page = context.new_page()
    page.goto(path)
    assert watch.problems == []

    page.evaluate(INLINE[kind])
    page.evaluate("new Promise((done) => setTimeout(done))")

    assert page.evaluate("window.planted") is None
    context.close()
    directive = "style-src" if "style" in kind else "script-src"
    assert any(
        problem.startswith("content policy") and directive in problem for problem in watch.problems
    ), watch.problems


def test_announced_problem_fails_no_test(page, expected_problems):
    expected_problems += ["style-src-elem forbids inline", "console: Applying inline style"]
    page.goto("/")

    page.evaluate(INLINE["style"])

    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
