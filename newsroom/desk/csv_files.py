"""CSV files whose cells no spreadsheet interprets as formulas.

Spreadsheets interpret a cell as a formula if it begins with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return, also after spaces. An apostrophe before it makes it text
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Without it spreadsheets assume an encoding other than UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


class _Echo:
    """A file whose ``write`` returns the text."""

    def write(self, text: str) -> str:
        return text


def escape_formula(value: Any) -> Any:
    """Return a cell's value, with an apostrophe before a text that looks like a formula.

    Numbers stay as they are: a negative number is not a formula.
    """
    if isinstance(value, str) and (
        value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)
    ):
        return f"'{value}"
    return value


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield the rows as lines of CSV (RFC 4180), with formulas escaped."""
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([escape_formula(value) for value in row])


def download(rows: Iterable[Iterable[Any]], name: str) -> StreamingHttpResponse:
    """Return a response that streams rows as a file called ``name``, and that no cache stores."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
