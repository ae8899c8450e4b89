"""What a step is refused with; importable from models, before the admin is set up."""


class TransitionRefused(Exception):
    """A step that a row's state does not allow; the text says what to do instead."""
