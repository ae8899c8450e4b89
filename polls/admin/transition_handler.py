"""The handler of polls' transitions."""

import hashlib

from newsroom.desk.transition_pages import TransitionHandler
from polls.admin.status import PollStatus
from polls.models import Poll


class PollTransitionHandler(TransitionHandler[Poll, PollStatus]):
    """Applies transitions to polls."""

    def status(self, row: Poll) -> PollStatus:
        """Return the poll's status."""
        return PollStatus.of(row)

    def version_of(self, row: Poll) -> str:
        """Return the poll's state and a digest of its wording."""
        texts = [row.question, *(choice.text for choice in row.choices.all())]
        wording = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
        return f"{row.pk}:{row.state()}:{wording}"
