"""The demo's polls, voted in as if readers had."""

import secrets
from datetime import datetime, timedelta

from articles.demo.clock import at, moment
from articles.demo.texts import shape
from newsroom.models import User
from polls import running
from polls.models import Ballot, Choice, Poll
from polls.models.ballot import HASH_LENGTH

#: Between two ballots of a poll that is still open, on average.
PAUSE = timedelta(minutes=7)


def hold(slug: str, question: shape.Question, *, by: User) -> Poll:
    """Ask a question, let readers vote, and close it where it was closed."""
    opens = moment(question.opens)
    with at(opens):
        poll = _ask(slug, question, opens, by)
    closes = moment(question.closes) if question.closes else None
    _vote(poll, list(question.choices.values()), opens, closes)
    if closes:
        with at(closes):
            running.close(poll, by=by)
    return poll


def _ask(slug: str, question: shape.Question, opens: datetime, by: User) -> Poll:
    poll = Poll(
        slug=slug,
        question=question.question,
        introduction=question.introduction,
        max_choices=question.max_choices,
        shown=question.shown,
        spoiler_warning=question.spoiler_warning,
        opens=opens,
        created_by=by,
    )
    poll.full_clean()
    poll.save()
    for position, text in enumerate(question.choices, start=1):
        choice = Choice(poll=poll, text=text, position=position)
        choice.full_clean()
        choice.save()
    return poll


def _vote(poll: Poll, numbers: list[int], opens: datetime, closes: datetime | None) -> None:
    """One ballot a vote, in turns; most come soon after the opening."""
    keys = list(poll.choices.values_list("pk", flat=True))
    left = dict(zip(keys, numbers, strict=True))
    order: list[int] = []
    while any(left.values()):
        for key in (key for key, number in left.items() if number):
            order.append(key)
            left[key] -= 1
    window = closes - opens if closes else PAUSE * len(order)
    Ballot.objects.bulk_create(
        Ballot(
            poll=poll,
            voter=secrets.token_bytes(HASH_LENGTH),
            choices=str(key),
            cast_at=opens + window * (place / (len(order) + 1)) ** 2,
            network=secrets.token_bytes(HASH_LENGTH),
            held=False,
        )
        for place, key in enumerate(order, start=1)
    )
