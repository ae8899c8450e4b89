"""Differences by words: true whatever the text, readable, and bounded."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comparing.differences import (
    MAX_UNITS,
    Budget,
    Piece,
    differences,
    longest_increasing_subsequence,
    matches,
    words,
)
from tests.growth import assert_linear

# Few words, so that texts have much in common, with marks and white space of every kind.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["the ", "lamp", " a", "\n", "’", "-", "[/x] ", "é", "e\u0301", "김", "  "]
        ),
        max_size=40,
    ).map("".join),
)
WORDS = st.lists(st.sampled_from("abcde"), max_size=30)


def written(pieces):
    signs = {"-": "[-%s-]", "+": "{+%s+}", "=": "%s"}
    return "".join(signs[piece.sign] % piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(old, new):
    for budget in (Budget(), Budget(0)):
        pieces = differences(old, new, budget)

        assert "".join(piece.text for piece in pieces if piece.sign != "+") == old
        assert "".join(piece.text for piece in pieces if piece.sign != "-") == new
        assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert differences(text, text, Budget()) == ((Piece("=", text),) if text else ())


@given(WORDS, WORDS)
def test_matches_are_equal_and_rise(old, new):
    pairs = matches(old, new, Budget())

    assert all(old[one] == new[other] for one, other in pairs)
    assert all(one < next_one for (one, _), (next_one, _) in pairwise(pairs))
    assert [other for _, other in pairs] == sorted({other for _, other in pairs})


@given(st.permutations(range(8)))
def test_rising_finds_the_longest_row(order):
    pairs = list(enumerate(order))
    row = longest_increasing_subsequence(pairs)

    assert set(row) <= set(pairs)
    assert [value for _, value in row] == sorted(value for _, value in row)
    best = 1
    for mask in range(1 << len(order)):
        chosen = [value for place, value in pairs if mask >> place & 1]
        if chosen == sorted(chosen):
            best = max(best, len(chosen))
    assert len(row) == best


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("The keeper did it.", "The old keeper did it.", "The{+ old+} keeper did it."),
        ("The keeper did it.", "Keeper", "[-The keeper did it.-]{+Keeper+}"),
        ("It ends here", "It ends here, at last", "It ends here{+, at last+}"),
        ("Twelve nights", "Thirteen nights", "[-Twelve-]{+Thirteen+} nights"),
        ("a keeper’s lamp", "a sailor’s lamp", "a [-keeper’s-]{+sailor’s+} lamp"),
        ("a link [/a/] here", "a link [/b/] here", "a link [-[/a/]-]{+[/b/]+} here"),
        ("지금 우리 학교는", "지금 우리 학교를", "지금 우리 [-학교는-]{+학교를+}"),
        ("café au lait", "cafe\u0301 au lait", "[-café-]{+cafe\u0301+} au lait"),
        ("👩‍🚀 flies", "👩 flies", "[-👩‍🚀-]{+👩+} flies"),
        (
            "nobody saw the very last light",
            "everyone missed the first lamp",
            "[-nobody saw the very last light-]{+everyone missed the first lamp+}",
        ),
    ],
)
def test_differences_are_told_by_words(old, new, expected):
    assert written(differences(old, new, Budget())) == expected


def test_words_leave_out_marks_and_capitals():
    assert words("The lamp – “the LAMP”, [/x/]") == {"the", "lamp", "[/x/]"}


LONG = {
    "one word": ("a " * 60_000, "a " * 59_999 + "b"),
    "two words": ("a b " * 40_000, "b a a " * 30_000),
    "own words": (
        " ".join(f"w{number}" for number in range(30_000)),
        " ".join(f"w{number}" for number in reversed(range(30_000))),
    ),
    "hidden repeats": (
        "x " + " ".join(f"w{number % 300}" for number in range(40_000)),
        "y " + " ".join(f"w{number * 7 % 300}" for number in range(40_000)) + " z",
    ),
    "brackets": ("[/" * 90_000, "[/" * 80_000 + "x"),
    "accents": ("e\u0301" * 90_000, "e\u0301-" * 60_000),
    "dashes": ("a-" * 90_000, "a-b" * 60_000),
    "spaces": (" " * 180_000, "x" + " " * 170_000),
    "joiners": ("👩\u200d" * 90_000, "👩\u200d👩" * 60_000),
}


@pytest.mark.parametrize("name", LONG)
def test_longest_texts_are_compared_within_the_budget(name):
    old, new = LONG[name]
    budget = Budget()

    pieces = differences(old, new, budget)

    assert "".join(piece.text for piece in pieces if piece.sign != "+") == old
    assert "".join(piece.text for piece in pieces if piece.sign != "-") == new
    assert not budget.refused
    assert MAX_UNITS - budget.left <= len(old) + len(new)


@pytest.mark.parametrize("name", LONG)
def test_work_grows_in_proportion_to_the_texts(name):
    old, new = LONG[name]

    def make_texts(size):
        """So many sixty-fourths of both texts."""
        return old[: len(old) * size // 64], new[: len(new) * size // 64]

    assert_linear(lambda *texts: differences(*texts, Budget()), make_texts, 16)


@pytest.mark.parametrize("limit", [0, 1_000, 100_000])
def test_without_a_budget_texts_are_compared_as_a_whole(limit):
    old, new = LONG["two words"]
    budget = Budget(limit)

    pieces = differences(old, new, budget)

    assert budget.refused
    assert 0 <= budget.left <= limit
    assert "".join(piece.text for piece in pieces if piece.sign != "+") == old
    assert "".join(piece.text for piece in pieces if piece.sign != "-") == new


def test_a_long_text_with_few_changes_is_compared_to_the_word():
    # As in prose: most words are common, and now and then comes one that is not.
    text = [
        f"w{number * number % 500}" if number % 40 else f"n{number}" for number in range(30_000)
    ]
    changed = list(text)
    changed[100] = changed[15_000] = changed[29_000] = "changed"

    pieces = differences(" ".join(text), " ".join(changed), Budget())

    assert [piece.text.strip() for piece in pieces if piece.sign == "+"] == ["changed"] * 3
