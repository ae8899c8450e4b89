"""CSV that a spreadsheet opens as text and never as formulas.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, also after spaces,
is taken for a formula by spreadsheets; an apostrophe before it makes it text
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Spreadsheets take a file without it for one in an old encoding.
_BYTE_ORDER_MARK = "\ufeff"


class _Echo:
    """A file that hands on what is written."""

    def write(self, text: str) -> str:
        return text


def neutral(value: Any) -> Any:
    """A cell as it is, or with an apostrophe before what a spreadsheet would reckon with.

    Numbers are left alone: a negative one is no formula.
    """
    if isinstance(value, str) and (
        value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)
    ):
        return f"'{value}"
    return value


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of CSV (RFC 4180), neutralised, each when it is asked for."""
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([neutral(value) for value in row])


def download(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    """A response that streams rows into a file of that name; never kept by any cache."""
    response = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
