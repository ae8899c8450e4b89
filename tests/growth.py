"""Assert how the work of a function grows with its input, without looking at a clock.

Work inside Python is counted in calls, which includes calls of built-in functions. Work inside a
regular expression or another built-in function makes no calls. Its measure is the thread's CPU
time, compared over a range in which quadratic growth is many times as large as linear growth.
"""

import gc
import sys
from time import thread_time_ns

#: How many times as large the larger input is. Linear work grows as much, quadratic work 64 times.
FACTOR = 8
#: CPU time also depends on caches and on what else the machine does.
CPU_TOLERANCE = 3
ROUNDS = 5
#: A longer measurement isn't repeated, because it varies less.
LONG_ENOUGH = 100_000_000


def count_calls(function, *arguments):
    """How many calls of Python and built-in functions a call makes."""
    calls = 0

    def on_event(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return calls


def cpu_time(function, *arguments):
    """The least CPU time of several calls, in nanoseconds."""
    times = []
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        while len(times) < ROUNDS and sum(times) < LONG_ENOUGH:
            begun = thread_time_ns()
            function(*arguments)
            times.append(thread_time_ns() - begun)
    finally:
        if is_enabled:
            gc.enable()
    return min(times)


def assert_linear(function, make_input, size):
    """Assert that work grows in proportion from ``size`` / 8 to ``size``.

    ``make_input`` returns the arguments for a size, as a tuple.
    """
    small, large = make_input(size // FACTOR), make_input(size)
    function(*small)  # fills caches
    calls = count_calls(function, *small)
    assert count_calls(function, *large) <= 1.2 * FACTOR * calls
    time = cpu_time(function, *small)
    assert cpu_time(function, *large) <= CPU_TOLERANCE * FACTOR * time
