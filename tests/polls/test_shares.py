"""Shares add up, and are rounded fairly."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.tally import FULL_SHARE, ResultLine, shares

votes_for_one = st.lists(st.integers(0, 10**7), min_size=2, max_size=20)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([835, 165], [835, 165]),
        ([1, 1, 1], [334, 333, 333]),
        ([1, 2], [333, 667]),
        ([0, 0], [0, 0]),
        ([0, 7], [0, 1000]),
        ([1] * 7, [143] * 6 + [142]),
        ([2, 1, 1, 1, 1, 1], [285, 143, 143, 143, 143, 143]),
        ([99_999, 1], [1000, 0]),
        ([1, 1999], [1, 999]),
    ],
)
def test_shares_of_one_choice_per_ballot(votes, expected):
    assert shares(votes, sum(votes), several=False) == expected


@given(votes_for_one)
def test_shares_of_one_choice_per_ballot_add_up_to_100_per_cent(votes):
    total = sum(shares(votes, sum(votes), several=False))

    assert total == (FULL_SHARE if sum(votes) else 0)


@given(votes_for_one)
def test_share_differs_by_less_than_a_tenth_of_a_per_cent(votes):
    ballots = sum(votes)
    for number, tenths in zip(votes, shares(votes, ballots, several=False), strict=True):
        exact = Fraction(FULL_SHARE * number, ballots) if ballots else 0
        assert abs(tenths - exact) < 1


@given(votes_for_one)
def test_more_votes_never_have_a_smaller_share(votes):
    ranked = sorted(zip(votes, shares(votes, sum(votes), several=False), strict=True))
    for (fewer, less), (more, greater) in itertools.pairwise(ranked):
        assert less <= greater or fewer == more


@given(
    st.integers(1, 10**7).flatmap(
        lambda ballots: st.tuples(
            st.just(ballots), st.lists(st.integers(0, ballots), min_size=2, max_size=20)
        )
    )
)
def test_shares_of_several_choices_are_rounded_half_up(drawn):
    ballots, votes = drawn
    for number, tenths in zip(votes, shares(votes, ballots, several=True), strict=True):
        off = Fraction(FULL_SHARE * number, ballots) - tenths
        assert Fraction(-1, 2) <= off < Fraction(1, 2)


@pytest.mark.parametrize(
    ("tenths", "share", "share_text"),
    [
        (835, "83.5", "83.5 per cent"),
        (1000, "100.0", "100 per cent"),
        (0, "0.0", "0 per cent"),
        (7, "0.7", "0.7 per cent"),
    ],
)
def test_share_has_one_decimal(tenths, share, share_text):
    line = ResultLine(choice=1, text="Yes", votes=1, tenths=tenths)

    assert (line.share, line.share_text) == (share, share_text)
