"""Queries whose SQL is compiled once: for some, compiling takes longer than running them.

``PreparedQuery`` relies on parts of Django's compiler that are not documented;
``tests/newsroom/page_cache/test_prepared_query.py`` fails if an upgrade of Django changes them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet


class _Compiled(NamedTuple):
    model: type[Model]
    sql: str
    #: For each parameter, the position of its value among the arguments, or the value in a tuple.
    parameters: Sequence[int | tuple[Any]]
    columns: Sequence[str]
    #: By position of the column: the functions that convert the database's value.
    converters: dict[int, tuple[Sequence[Callable[..., Any]], Any]]


class PreparedQuery:
    """A queryset that is compiled once, and run with other values each time.

    ``make_queryset`` returns the queryset for some values; ``samples`` are values of the right
    types that occur nowhere else in the query. Raises ValueError when a sample is not found
    among the parameters of the compiled query.
    """

    def __init__(self, make_queryset: Callable[..., QuerySet[Any, Any]], *samples: Any) -> None:
        self._make_queryset, self._samples = make_queryset, samples
        self._compiled: _Compiled | None = None

    def __call__(self, *values: Any) -> list[list[Any]]:
        """Return the rows for these values, as lists of the query's columns (one query)."""
        compiled = self._compile()
        adapted = [_adapted(value) for value in values]
        parameters = [adapted[at] if isinstance(at, int) else at[0] for at in compiled.parameters]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, parameters)
            rows = [list(row) for row in cursor.fetchall()]
        for row in rows:
            for position, (converters, expression) in compiled.converters.items():
                for convert in converters:
                    row[position] = convert(row[position], expression, connection)
        return rows

    def objects(self, *values: Any) -> list[Any]:
        """Return the rows as model instances, for a queryset that selects its model's columns."""
        model, columns = self._compile().model, self._compile().columns
        return [model.from_db(connection.alias, columns, row) for row in self(*values)]

    def _compile(self) -> _Compiled:
        if self._compiled is None:
            queryset = self._make_queryset(*self._samples)
            compiler = queryset.query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            expressions = [expression for expression, *_ in compiler.select]
            self._compiled = _Compiled(
                queryset.model,
                sql,
                self._positions(parameters),
                [getattr(getattr(each, "target", None), "attname", "") for each in expressions],
                compiler.get_converters(expressions),
            )
        return self._compiled

    def _positions(self, parameters: Sequence[Any]) -> list[int | tuple[Any]]:
        samples = [_adapted(sample) for sample in self._samples]
        positions = [samples.index(each) if each in samples else (each,) for each in parameters]
        if not {*range(len(samples))} <= {*positions}:
            raise ValueError("A value of the query is not among its parameters.")
        return positions


def _adapted(value: Any) -> Any:
    """Return a value as the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
