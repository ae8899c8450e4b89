"""The demo's polls with their ballots."""

import secrets
from datetime import datetime, timedelta

from articles.demo.clock import frozen_at, parse_local
from articles.demo.texts import schema
from newsroom.models import User
from polls import transitions
from polls.models import Ballot, Choice, Poll
from polls.models.ballot import HASH_LENGTH

#: The average time between two ballots of a poll that is still open.
INTERVAL = timedelta(minutes=7)


def create_poll(slug: str, data: schema.PollData, *, by: User) -> Poll:
    """Create a poll with its ballots, and close it if it has a closing time."""
    opens = parse_local(data.opens)
    with frozen_at(opens):
        poll = _create_with_choices(slug, data, opens, by)
    closes = parse_local(data.closes) if data.closes else None
    _create_ballots(poll, list(data.choices.values()), opens, closes)
    if closes:
        with frozen_at(closes):
            transitions.close(poll, by=by)
    return poll


def _create_with_choices(slug: str, data: schema.PollData, opens: datetime, by: User) -> Poll:
    poll = Poll(
        slug=slug,
        question=data.question,
        introduction=data.introduction,
        max_choices=data.max_choices,
        result_visibility=data.shown,
        spoiler_warning=data.spoiler_warning,
        opens=opens,
        created_by=by,
    )
    poll.full_clean()
    poll.save()
    for position, text in enumerate(data.choices, start=1):
        choice = Choice(poll=poll, text=text, position=position)
        choice.full_clean()
        choice.save()
    return poll


def _create_ballots(
    poll: Poll, counts: list[int], opens: datetime, closes: datetime | None
) -> None:
    """Create ballots for the choices in turn; most are cast soon after the opening."""
    keys = list(poll.choices.values_list("pk", flat=True))
    left = dict(zip(keys, counts, strict=True))
    order: list[int] = []
    while any(left.values()):
        for key in (key for key, count in left.items() if count):
            order.append(key)
            left[key] -= 1
    duration = closes - opens if closes else INTERVAL * len(order)
    Ballot.objects.bulk_create(
        Ballot(
            poll=poll,
            voter=secrets.token_bytes(HASH_LENGTH),
            choices=str(key),
            cast_at=opens + duration * (place / (len(order) + 1)) ** 2,
            network=secrets.token_bytes(HASH_LENGTH),
            held=False,
        )
        for place, key in enumerate(order, start=1)
    )
