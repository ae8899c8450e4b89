"""Two texts of one article become one, and without an answer nothing is dropped."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from articles.comparing.merging import Keep, plan

BASE = {
    "version": 1,
    "headline": "Headline",
    "standfirst": "",
    "seo_title": "",
    "seo_description": "",
    "noindex": False,
    "slug": "slug",
    "spoiler": "none",
    "lead": False,
    "hub": {"id": 1, "name": "Hub", "slug": "hub"},
    "photo": None,
    "bylines": [],
    "titles": [],
    "topics": [],
    "body": [],
}
WORDS = (
    "The harbour lamp burns each night",
    "A kite rose over seven hills",
    "Letters arrived from nobody at all",
    "Twelve bakers left before the morning",
    "Under glass the garden kept growing",
)


def text(words):
    return {"kind": "text", "html": f"<p>{words}</p>"}


def quote(words):
    return {"kind": "pullquote", "text": words, "attribution": ""}


def content(*words, **fields):
    return {**BASE, "body": [text(each) for each in words], **fields}


def said(merged):
    return [block["html"][3:-4] for block in merged["body"]]


def person(number):
    return {"id": number, "name": f"Author {number}", "slug": f"a-{number}", "role": ""}


def test_what_only_one_of_two_changed_is_chosen_for_both_already():
    base = content(*WORDS)
    mine = content("The harbour lamp burns no night", *WORDS[1:], headline="Mine")
    theirs = content(*WORDS[:-1], "Under glass the garden stopped growing", standfirst="Theirs")
    merged = plan(theirs, mine, base).merge({})
    assert said(merged) == [
        "The harbour lamp burns no night",
        *WORDS[1:-1],
        "Under glass the garden stopped growing",
    ]
    assert (merged["headline"], merged["standfirst"]) == ("Mine", "Theirs")
    assert not any(choice.clashes for choice in plan(theirs, mine, base).choices)


def test_what_both_changed_is_marked_and_kept_twice_until_somebody_chooses():
    base = content(*WORDS)
    mine = content(WORDS[0] + " for me", *WORDS[1:])
    theirs = content(WORDS[0] + " for them", *WORDS[1:])
    asked = plan(theirs, mine, base)
    (choice,) = asked.choices
    assert choice.clashes
    assert said(asked.merge({}))[:2] == [WORDS[0] + " for them", WORDS[0] + " for me"]
    assert said(asked.merge({choice.name: "mine"})) == said(mine)
    assert said(asked.merge({choice.name: "theirs"})) == said(theirs)


def test_a_headline_that_both_changed_is_mine_unless_said_otherwise():
    asked = plan(content(headline="Theirs"), content(headline="Mine"), content())
    (choice,) = asked.choices
    assert choice.clashes
    assert Keep.BOTH not in choice.options
    assert asked.merge({})["headline"] == "Mine"
    assert asked.merge({"headline": "theirs"})["headline"] == "Theirs"


def test_lists_can_be_joined():
    asked = plan(
        content(bylines=[person(1), person(2)]),
        content(bylines=[person(1), person(3)]),
        content(bylines=[person(1)]),
    )
    assert [author["id"] for author in asked.merge({})["bylines"]] == [1, 2, 3]


def test_what_one_took_away_and_the_other_left_alone_is_gone():
    base = content(*WORDS)
    asked = plan(content(*WORDS[1:]), content(*WORDS[:-1]), base)
    assert said(asked.merge({})) == list(WORDS[1:-1])


def test_what_one_took_away_and_the_other_rewrote_stays():
    base = content(*WORDS)
    mine = content("The harbour lamp burns no night", *WORDS[1:])
    assert said(plan(content(*WORDS[1:]), mine, base).merge({})) == said(mine)
    assert said(plan(mine, content(*WORDS[1:]), base).merge({})) == said(mine)


def test_what_one_moved_is_there_once_and_where_it_was_moved_to():
    base = content(*WORDS)
    moved = content(*WORDS[1:], WORDS[0])
    rewritten = content(*WORDS[:2], "Letters arrived from nobody at noon", *WORDS[3:])
    expected = [WORDS[1], "Letters arrived from nobody at noon", *WORDS[3:], WORDS[0]]
    assert said(plan(moved, rewritten, base).merge({})) == expected
    assert said(plan(rewritten, moved, base).merge({})) == expected


def test_a_second_copy_of_a_block_is_new():
    base = content(WORDS[0])
    mine = content(WORDS[0], WORDS[0])
    assert said(plan(content(*WORDS[:2]), mine, base).merge({})).count(WORDS[0]) == 2


def test_other_kinds_of_block_are_asked_about_too():
    base = {**BASE, "body": [quote(WORDS[0])]}
    theirs = {**BASE, "body": [quote(WORDS[0] + " theirs")]}
    mine = {**BASE, "body": [quote(WORDS[0] + " mine"), text(WORDS[1])]}
    merged = plan(theirs, mine, base).merge({})
    assert merged["body"] == [*theirs["body"], *mine["body"]]


def test_the_same_text_twice_asks_nothing():
    asked = plan(content(*WORDS), content(*WORDS), None)
    assert asked.choices == []
    assert said(asked.merge({})) == list(WORDS)


def test_an_answer_that_is_none_is_refused():
    asked = plan(content(headline="Theirs"), content(headline="Mine"), None)
    assert asked.merge({"headline": "nonsense"})["headline"] == "Mine"
    assert asked.merge({"headline": "both"})["headline"] == "Mine"


bodies = st.lists(
    st.builds(
        lambda kind, words, more: kind(f"{words} {more}".strip()),
        st.sampled_from([text, quote]),
        st.sampled_from(WORDS),
        st.sampled_from(["", "today", "again and again"]),
    ),
    max_size=7,
)


def counted(body):
    return Counter(str(sorted(block.items())) for block in body)


@given(theirs=bodies, mine=bodies)
def test_without_a_base_and_answers_every_block_of_both_is_there(theirs, mine):
    asked = plan({**BASE, "body": theirs}, {**BASE, "body": mine}, None)
    merged = counted(asked.merge({})["body"])
    assert not counted(theirs) - merged
    assert not counted(mine) - merged


@given(theirs=bodies, mine=bodies, base=st.none() | bodies)
def test_one_side_s_answers_give_that_side_s_text(theirs, mine, base):
    before = None if base is None else {**BASE, "body": base}
    asked = plan({**BASE, "body": theirs}, {**BASE, "body": mine}, before)
    for side, body in (("theirs", theirs), ("mine", mine)):
        answers = {choice.name: side for choice in asked.choices}
        assert asked.merge(answers)["body"] == body


@given(theirs=bodies, mine=bodies, base=bodies)
def test_what_either_wrote_anew_is_never_dropped_by_default(theirs, mine, base):
    merged = counted(
        plan({**BASE, "body": theirs}, {**BASE, "body": mine}, {**BASE, "body": base}).merge({})[
            "body"
        ]
    )
    for body in (theirs, mine):
        assert not (counted(body) - counted(base)).keys() - merged.keys()
