"""Exported cells open as text in a spreadsheet and read back unchanged."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsroom.desk.csv_files import csv_lines, download, escape_formula

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "\u00a0=1"]
)
def test_formula_becomes_text(cell):
    assert escape_formula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Yes", "", "a=1", "1-1", "'=1", -1, 2.5, None])
def test_other_cell_is_unchanged(cell):
    assert escape_formula(cell) == cell


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2), min_size=1)
)
@example([["=cmd|' /C calc'!A0", 'quote " and, comma'], ["line\r\nbreak", "\x00"]])
def test_no_cell_is_a_formula_and_none_is_lost(rows):
    told = read("".join(csv_lines(rows)))

    assert len(told) == len(rows)
    for row, given_row in zip(told, rows, strict=True):
        assert [cell.removeprefix("'") for cell in row] == [
            cell.removeprefix("'") for cell in given_row
        ]
        assert not [
            cell for cell in row if cell.lstrip().startswith(FORMULA) or cell[:1] in FORMULA[4:]
        ]


def test_rows_are_made_while_they_are_sent():
    made = []

    def rows():
        for number in range(3):
            made.append(number)
            yield [number, "x"]

    response = download(rows(), "poll.csv")
    assert made == []
    assert response.getvalue().decode("utf-8-sig") == "0,x\r\n1,x\r\n2,x\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="poll.csv"'
    assert response["Cache-Control"] == "private, no-store"
