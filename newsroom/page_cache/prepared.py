"""Queries whose SQL is put together once: that takes longer than asking them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet


class _Composed(NamedTuple):
    model: type[Model]
    sql: str
    #: Of each parameter: the place of its value among those that change, or the value.
    parameters: Sequence[int | tuple[Any]]
    columns: Sequence[str]
    #: Place of a column → what makes a value of what the database gives.
    converters: dict[int, tuple[Sequence[Callable[..., Any]], Any]]


class Prepared:
    """A queryset of which nothing but values changes.

    ``compose`` makes it from values; ``samples`` are some of each value's type, unlike anything
    else in the query.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Any]], *samples: Any) -> None:
        self._compose, self._samples = compose, samples
        self._kept: _Composed | None = None

    def __call__(self, *values: Any) -> list[list[Any]]:
        """The rows for these values, their columns in the query's order (one query)."""
        composed = self._composed()
        adapted = [_adapted(value) for value in values]
        parameters = [adapted[at] if isinstance(at, int) else at[0] for at in composed.parameters]
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, parameters)
            rows = [list(row) for row in cursor.fetchall()]
        for row in rows:
            for place, (converters, expression) in composed.converters.items():
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        return rows

    def objects(self, *values: Any) -> list[Any]:
        """The same as objects, of a queryset whose columns are all of its model's table."""
        model, columns = self._composed().model, self._composed().columns
        return [model.from_db(connection.alias, columns, row) for row in self(*values)]

    def _composed(self) -> _Composed:
        if self._kept is None:
            self._kept = self._prepare()
        return self._kept

    def _prepare(self) -> _Composed:
        queryset = self._compose(*self._samples)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        samples = [_adapted(sample) for sample in self._samples]
        places = [samples.index(each) if each in samples else (each,) for each in parameters]
        if not {*range(len(samples))} <= {*places}:
            raise ValueError("A value of the query is not among its parameters.")
        expressions = [expression for expression, *_ in compiler.select]
        return _Composed(
            queryset.model,
            sql,
            places,
            [getattr(getattr(each, "target", None), "attname", "") for each in expressions],
            compiler.get_converters(expressions),
        )


def _adapted(value: Any) -> Any:
    """A value in the database's terms."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
