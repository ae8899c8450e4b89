"""Random sequences of publishing steps, held against a simple model.

The model is a list of (moment, number) changes to what readers see: whatever is asked about
a past moment, the answer is what it was then, and at most one edition is live at any moment.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.publishing import publish as publishing
from newsroom.desk.transitions import TransitionRefused
from tests.articles.factories import make_article, revise

START = datetime(2022, 2, 1, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

STEPS = st.one_of(
    st.tuples(st.just("publish"), st.just(0)),
    st.tuples(st.just("schedule"), st.integers(-2, 20)),
    st.tuples(st.just("cancel_schedule"), st.just(0)),
    st.tuples(st.just("expire"), st.one_of(st.none(), st.integers(-2, 20))),
    st.tuples(st.just("withdraw"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 15)),
)


class Model:
    """The model's view of readers: the live edition, the scheduled one, and the end."""

    def __init__(self):
        self.made = 0
        self.live = None
        self.next = None  # (moment, number)
        self.end = None
        self.seen = []  # (moment, number or None), in order

    def advance(self, now):
        if self.next and self.next[0] <= now:
            self.live, self.next = self.next[1], None
        if self.end and self.end <= now and not self.next:
            self.live = self.end = None

    def publish(self, now, _):
        self.made += 1
        self.live, self.next = self.made, None

    def schedule(self, now, at):
        if at <= now or (self.end and self.end <= at):
            raise TransitionRefused
        self.made += 1
        self.next = (at, self.made)

    def cancel_schedule(self, now, _):
        if not self.next:
            raise TransitionRefused
        self.next = None
        if self.live is None:
            self.end = None

    def expire(self, now, at):
        if not (self.live or self.next):
            raise TransitionRefused
        if at and (at <= now or (self.next and at <= self.next[0])):
            raise TransitionRefused
        self.end = at

    def withdraw(self, now, _):
        if self.live is None:
            raise TransitionRefused
        self.live = self.next = self.end = None


def take(article, name, argument):
    step = getattr(publishing, name)
    if name in ("publish", "cancel_schedule"):
        return step(article)
    if name == "withdraw":
        return step(article, reason="Because")
    return step(article, argument)


def outcome(function, *arguments):
    try:
        function(*arguments)
    except TransitionRefused:
        return "refused"
    return "done"


def live_at(article, moment):
    found = list(article.editions.live(at=moment).values_list("number", flat=True))
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14), questions=st.lists(st.integers(-5, 150), max_size=6))
def test_any_sequence_of_steps_agrees_with_the_model(db, steps, questions):
    article, model, now = make_article(), Model(), START
    with time_machine.travel(now, tick=False) as clock:
        for name, offset in steps:
            # Each step is half a minute later than the last; windows may begin as others end.
            for _ in range(2 * offset if name == "wait" else 1):
                model.seen.append((now, model.live))
                now += MINUTE / 2
                model.advance(now)
            clock.move_to(now)
            if name == "wait":
                continue
            argument = None if offset is None else now + offset * MINUTE
            revise(article)
            expected = outcome(getattr(model, name), now, argument)
            assert outcome(take, article, name, argument) == expected
            assert live_at(article, now) == model.live

        for moment, number in model.seen:
            assert live_at(article, moment) == number
        for minutes in questions:
            live_at(article, START + minutes * MINUTE)
