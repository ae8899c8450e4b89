"""“I’ve seen this”: kept in the browser, it opens later boxes up to there and nothing beyond."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.articles.factories import make_title
from tests.browser.seen_marks import (
    NAME,
    SHOW,
    box,
    keep,
    line,
    see,
    stored,
    visible,
    write,
    write_all_kinds,
)

FORGET = "Close them and forget"
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    const add = (list) => { for (const { value } of list.getEntries()) sum += value; };
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => done(sum)));
})"""


@pytest.fixture
def title(live_server):
    return make_title(name=NAME)


@pytest.fixture
def article(title):
    return write_all_kinds(title)


# The rule


def reaches(mark, found):
    """The rule in other words than the script's."""
    (season, episode), (of_season, of_episode) = mark, found
    if season is None:
        if of_season is not None:
            return False
        return of_episode is None if episode is None else (of_episode or 99) <= episode
    if of_season is None or of_season > season:
        return False
    return of_season < season or episode is None or (of_episode or 99) <= episode


def test_mark_reaches_what_its_reader_is_sure_to_have_seen_and_no_other_box(page, live_server):
    places = list(itertools.product([None, 1, 2, 3], repeat=2))
    cases = [
        {
            "mark": {"work": 7, "season": mark[0], "episode": mark[1]},
            "box": {"work": work, "season": place[0], "episode": place[1]},
            "expected": work == 7 and reaches(mark, place),
        }
        for mark, place, work in itertools.product(places, places, [7, 8, None])
    ]
    page.goto("/")
    found = page.evaluate(
        """async (cases) => {
            const { covers } = await import("/static/articles/seen-marks.js");
            return cases.map(({ mark, box }) => covers(mark, box));
        }""",
        cases,
    )

    assert [
        case for case, got in zip(cases, found, strict=True) if got is not case["expected"]
    ] == []
    assert sum(found) == 85


# Opening by itself


def test_season_seen_in_one_article_opens_its_boxes_in_another_and_none_beyond(
    page, title, article
):
    see(page, write(title, box("<p>All of one.</p>", 1)))

    page.goto(article)

    assert visible(page) == ["In S1E3.", "In season 1."]
    expect(line(page)).to_contain_text(f"that you have seen it: {NAME} up to season 1.")
    page.reload()
    assert visible(page) == ["In S1E3.", "In season 1."]


def test_episode_seen_opens_no_whole_season(page, title, article):
    see(page, write(title, box("<p>x</p>", 1, 3)))

    page.goto(article)

    assert visible(page) == ["In S1E3."]
    expect(line(page)).to_contain_text(f"{NAME} up to season 1, episode 3.")


@pytest.mark.parametrize(
    ("mark", "opened"),
    [
        ((1, 2), []),
        ((2, 1), ["In S1E3.", "In S2E1.", "In season 1."]),
        ((None, None), ["In all of it."]),
        ((None, 9), []),
    ],
)
def test_mark_opens_up_to_its_own_point(page, title, article, mark, opened):
    keep(page, [title.pk, *mark])

    page.goto(article)

    assert visible(page) == opened
    assert page.get_by_role("button", name=FORGET).count() == bool(opened)


def test_mark_on_another_title_opens_nothing(page, title, article):
    keep(page, [title.pk + 1, 9, None])

    page.goto(article)

    assert visible(page) == []
    expect(line(page)).to_be_empty()


def test_box_seen_here_opens_others_of_the_same_article_at_once(page, article):
    see(page, article, summary=2)

    assert visible(page) == ["In S1E3.", "In season 1."]
    expect(line(page)).to_contain_text("up to season 1.")
    ticks = page.get_by_role("checkbox", name=SHOW, include_hidden=True)
    assert [tick.is_checked() for tick in ticks.all()] == [True, False, True, False]


def test_unticking_takes_the_mark_back_and_leaves_the_box_at_hand_open(page, article):
    see(page, article, summary=2)

    page.get_by_label(SHOW).nth(2).uncheck()

    assert visible(page) == ["In season 1."]
    assert stored(page) is None
    expect(line(page)).to_be_empty()


def test_article_that_spoils_throughout_opens_whole(page, title):
    see(page, write(title, box("<p>x</p>")))
    page.goto(write(title, spoiler="throughout"))

    expect(page.get_by_text("After.", exact=True)).to_be_visible()
    expect(line(page)).to_contain_text(f"seen it: {NAME}.")


def test_own_label_alone_takes_no_mark_and_is_opened_by_none(page, title):
    keep(page, [title.pk, None, None], [title.pk, 99, None])
    page.goto(
        write(
            title, box("<p>In label.</p>", label="Who did it"), box("<p>In S1.</p>", 1, label="Why")
        )
    )

    assert visible(page) == ["In S1."]
    page.locator("summary").first.click()
    expect(page.get_by_text("In label.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    expect(page.get_by_role("checkbox")).to_have_accessible_name(
        f"{SHOW} Why. Kept in this browser only."
    )


def test_box_in_a_closed_box_is_not_told_of_outside(page, title):
    inner = box("<p>In S1.</p>", 1)
    address = write(title, box(f"<p>In S2.</p><blockquote>{inner}</blockquote>", 2))
    keep(page, [title.pk, 1, None])

    page.goto(address)
    assert visible(page) == []
    expect(line(page)).to_be_empty()
    page.locator("summary").first.click()

    assert visible(page) == ["In S2.", "In S1."]
    expect(line(page)).to_contain_text("up to season 1.")


# Taking back


def test_line_at_the_top_closes_and_forgets(page, title, article):
    keep(page, [title.pk, 1, 2], [title.pk, 1, None], [title.pk, 1, 3], [title.pk + 1, 1, None])
    page.goto(article)
    expect(line(page)).to_have_text(
        f"Opened for you, because you said that you have seen it: {NAME} up to season 1."
    )

    page.get_by_role("button", name=FORGET).click()

    assert visible(page) == []
    expect(line(page)).to_have_text("Closed again and forgotten.")
    expect(line(page)).to_be_focused()
    expect(page.get_by_role("button", name=FORGET)).to_have_count(0)
    # What opened nothing here is no matter of this page.
    kept = [(mark["work"], mark["season"], mark["episode"]) for mark in stored(page)]
    assert kept == [(title.pk, 1, 2), (title.pk + 1, 1, None)]
    page.reload()
    assert visible(page) == []
    expect(line(page)).to_be_empty()


def test_box_closed_by_hand_stays_closed_on_this_page(page, title, article):
    keep(page, [title.pk, 1, None])
    page.goto(article)
    page.locator("summary").first.click()
    page.locator("summary").nth(1).click()

    page.get_by_label(SHOW).nth(1).check()

    assert visible(page) == ["In S2E1.", "In season 1."]
    page.reload()
    assert visible(page) == ["In S1E3.", "In S2E1.", "In season 1."]


def test_other_tabs_keep_in_step(new_context, article):
    context = new_context()
    one, other = context.new_page(), context.new_page()
    other.goto(article)
    see(one, article, summary=2)
    expect(other.get_by_text("In S1E3.")).to_be_visible()

    one.get_by_label(SHOW).nth(2).uncheck()

    expect(other.get_by_text("In S1E3.")).to_be_hidden()
    expect(line(other)).to_be_empty()


# The reader's own business


def test_nothing_leaves_the_browser_and_nothing_is_kept_before_a_reader_says_so(page, article):
    page.goto(article)
    page.wait_for_load_state("networkidle")
    page.locator("summary").nth(2).click()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    requests = []
    page.context.on("request", lambda request: requests.append(request))

    page.get_by_label(SHOW).nth(2).check()
    expect(line(page)).to_contain_text("up to season 1.")
    page.get_by_role("button", name=FORGET).click()
    page.wait_for_load_state("networkidle")

    assert [request.url for request in requests] == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.reload()
    assert [request.method for request in requests].count("GET") == len(requests) > 0


# By every reader


def test_keyboard_alone_is_enough(page, article):
    page.goto(article)
    page.locator("summary").nth(2).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label(SHOW).nth(2)).to_be_focused()
    page.keyboard.press("Space")
    assert visible(page) == ["In S1E3.", "In season 1."]

    page.reload()
    page.locator("main").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.spoiler-notice button')"):
            break
    expect(page.get_by_role("button", name=FORGET)).to_be_focused()
    page.keyboard.press("Enter")
    assert visible(page) == []
    expect(line(page)).to_be_focused()


def test_opened_page_has_no_fault_and_fits(page, title, article, faultless):
    keep(page, [title.pk, 2, None])
    page.goto(article)
    expect(page.get_by_role("button", name=FORGET)).to_be_visible()

    faultless(page, phone=320)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for control in page.locator("main :is(button, input):visible").all():
            area = control.bounding_box()
            assert min(area["width"], area["height"]) >= 24


def test_page_does_not_jump_when_boxes_open_by_themselves(page, title, article):
    keep(page, [title.pk, 2, None])
    page.goto(article)
    assert visible(page) == ["In S1E3.", "In S2E1.", "In season 1."]

    assert page.evaluate(SHIFT) < 0.01


def test_paper_shows_neither_marks_nor_what_they_opened(page, title, article):
    keep(page, [title.pk, 2, None])
    page.goto(article)
    page.emulate_media(media="print")

    expect(page.get_by_text("Before.")).to_be_visible()
    for hidden in (page.get_by_text("In S1E3."), page.get_by_text(SHOW).first, line(page)):
        expect(hidden).to_be_hidden()
