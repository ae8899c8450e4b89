"""The newsroom's own user model, so that staff can grow fields later."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff; readers have no account."""

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()
