"""The panels and shortcuts of the dashboard, which apps register in ``ready()``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.urls import reverse

from newsroom.models import User

#: Rows in a panel at most.
MAX_ROWS = 6


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A link in a panel, with a short remark."""

    text: str
    address: str
    remark: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled list of rows."""

    title: str
    rows: Sequence[PanelRow]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A button for those with a permission."""

    label: str
    url_name: str
    permission: str

    @property
    def address(self) -> str:
        """The address of the page that it leads to."""
        return reverse(self.url_name)


_panels: list[tuple[int, Callable[[User], Iterable[Panel]]]] = []
_shortcuts: list[Shortcut] = []
_scripts: list[str] = []


def register_panels(make_panels: Callable[[User], Iterable[Panel]], *, order: int) -> None:
    """Register a function that returns panels for a user; none where the user may see none.

    The panels with the lowest ``order`` come first.
    """
    _panels.append((order, make_panels))


def register_shortcut(label: str, url_name: str, permission: str) -> None:
    """Register a button below the panels."""
    _shortcuts.append(Shortcut(label, url_name, permission))


def register_script(path: str) -> None:
    """Register a static JavaScript module that the dashboard loads."""
    _scripts.append(path)


def panels(user: User) -> list[Panel]:
    """Return the panels for a user in their order."""
    ordered = sorted(_panels, key=itemgetter(0))
    return [panel for _, make_panels in ordered for panel in make_panels(user)]


def shortcuts(user: User) -> list[Shortcut]:
    """Return the shortcuts that a user has the permission for."""
    return [shortcut for shortcut in _shortcuts if user.has_perm(shortcut.permission)]


def scripts() -> list[str]:
    """Return the paths of the registered scripts."""
    return list(_scripts)
