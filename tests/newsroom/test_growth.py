"""The tests' own measure of growth notices work that grows faster than its input."""

import re

import pytest

from tests.growth import assert_linear


def letters(size):
    return ("a" * size,)


def compare_pairs(text):
    for one in text:
        for other in text:
            one.casefold()
            other.casefold()


def search_in_vain(text):
    re.search("a*b", text)


@pytest.mark.parametrize(("function", "size"), [(compare_pairs, 160), (search_in_vain, 16_000)])
def test_quadratic_work_is_noticed(function, size):
    with pytest.raises(AssertionError):
        assert_linear(function, letters, size)


@pytest.mark.parametrize("function", [str.casefold, lambda text: [each.upper() for each in text]])
def test_linear_work_is_accepted(function):
    assert_linear(function, letters, 160_000)
