"""Functions that a server process calls once when it starts, before it answers a request."""

from collections.abc import Callable

_functions: list[Callable[[], object]] = []


def register(function: Callable[[], object]) -> None:
    """Have a function called at the start; an app calls this in ``ready()``."""
    _functions.append(function)


def run() -> None:
    """Call the registered functions, in the order of registration."""
    for function in _functions:
        function()
