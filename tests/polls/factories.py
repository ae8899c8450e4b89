"""Functions that make polls and ballots; tests give only the values that they depend on."""

import itertools
import secrets
from datetime import timedelta

from django.utils import timezone

from polls.models import Ballot, Choice, Poll
from polls.models.ballot import HASH_LENGTH

_numbers = itertools.count(1)


def make_poll(*texts, **fields):
    """An open poll with choices, given by text; two by default."""
    number = next(_numbers)
    poll = Poll.objects.create(
        **{"question": f"Question {number}?", "slug": f"question-{number}", **fields}
    )
    for position, text in enumerate(texts or ("Yes", "No"), start=1):
        Choice.objects.create(poll=poll, text=text, position=position)
    return poll


def make_ballot(poll, *choices, **fields):
    """A new reader's ballot for choices of the poll, given by text; by default the first one."""
    chosen = poll.choices.filter(text__in=choices) if choices else poll.choices.all()[:1]
    return Ballot.objects.create(
        **{
            "poll": poll,
            "voter": secrets.token_bytes(HASH_LENGTH),
            "choices": ",".join(str(pk) for pk in sorted(choice.pk for choice in chosen)),
            "cast_at": timezone.now(),
            "network": b"\0" * HASH_LENGTH,
            "held": False,
            **fields,
        }
    )


def make_held(poll, *choices, network=b"\1" * HASH_LENGTH, **fields):
    """A held ballot."""
    return make_ballot(poll, *choices, network=network, held=True, **fields)


def make_closed(*texts, votes=(), **fields):
    """A closed poll with its record; ``votes`` are the numbers of votes for each choice."""
    from polls import transitions

    poll = make_poll(*texts, **fields)
    for choice, number in zip(poll.choices.all(), votes, strict=False):
        for _ in range(number):
            make_ballot(poll, choice.text)
    transitions.close(poll)
    poll.refresh_from_db()
    return poll


def an_hour(*, ago=0, ahead=0):
    """The time so many hours from now."""
    return timezone.now() + timedelta(hours=ahead - ago)
