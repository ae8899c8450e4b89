"""Addresses of videos at YouTube and Vimeo that the site may embed.

An address is parsed, and the player's address is made from its parts; nothing is requested from
the provider. The players are those of YouTube's privacy-enhanced domain and of Vimeo with “do not
track”.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core.exceptions import ValidationError

YOUTUBE = "youtube"
VIMEO = "vimeo"

#: The origins of the players, for ``frame-src`` in the content policy.
PLAYER_ORIGINS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")

#: The forms of addresses that an error message lists.
ALLOWED = (
    "https://www.youtube.com/watch?v=…",
    "https://youtu.be/…",
    "https://www.youtube.com/shorts/…",
    "https://www.youtube.com/live/…",
    "https://vimeo.com/…",
    "https://player.vimeo.com/video/…",
)

_YOUTUBE_HOSTS = frozenset(
    {
        "youtube.com",
        "www.youtube.com",
        "m.youtube.com",
        "youtube-nocookie.com",
        "www.youtube-nocookie.com",
    }
)
_VIMEO_HOSTS = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
# Printable ASCII without a backslash: parsers disagree on all other characters.
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
# These have the form of a video's key, but are the players of playlists and live channels.
_NO_KEYS = frozenset({"videoseries", "live_stream"})
_YOUTUBE_KEY = r"(?P<key>[A-Za-z0-9_-]{11})"
_YOUTUBE_PATH = re.compile(rf"/(?:shorts|live|embed)/{_YOUTUBE_KEY}/?")
_YOUTU_BE_PATH = re.compile(rf"/{_YOUTUBE_KEY}/?")
# The part after the number is the secret of an unlisted video.
_VIMEO_PATH = re.compile(
    r"/(?:video/|channels/[\w-]+/)?(?P<key>\d{1,12})(?:/(?P<secret>[0-9a-f]{6,20}))?/?"
)
_SECRET = re.compile(r"[0-9a-f]{6,20}")
_TIME = re.compile(r"(?:(?P<h>\d{1,2})h)?(?:(?P<m>\d{1,3})m)?(?:(?P<s>\d{1,5})s?)?")


@dataclass(frozen=True, slots=True)
class Video:
    """A video at a provider; ``start`` is in seconds."""

    provider: str
    key: str
    secret: str = ""
    start: int = 0

    @property
    def provider_name(self) -> str:
        """The provider's name for readers."""
        return "YouTube" if self.provider == YOUTUBE else "Vimeo"

    @property
    def page(self) -> str:
        """The address of the video's page, for readers without JavaScript."""
        if self.provider == YOUTUBE:
            query = {"v": self.key} | ({"t": f"{self.start}s"} if self.start else {})
            return f"https://www.youtube.com/watch?{urlencode(query)}"
        secret = f"/{self.secret}" if self.secret else ""
        start = f"#t={self.start}s" if self.start else ""
        return f"https://vimeo.com/{self.key}{secret}{start}"

    @property
    def player(self) -> str:
        """The address of the player, which plays at once, since the reader has clicked."""
        if self.provider == YOUTUBE:
            query = {"autoplay": "1"} | ({"start": str(self.start)} if self.start else {})
            return f"{PLAYER_ORIGINS[0]}/embed/{self.key}?{urlencode(query)}"
        query = {"dnt": "1", "autoplay": "1"} | ({"h": self.secret} if self.secret else {})
        start = f"#t={self.start}s" if self.start else ""
        return f"{PLAYER_ORIGINS[1]}/video/{self.key}?{urlencode(query)}{start}"


def parse(address: str) -> Video | None:
    """Return the video of a page's or player's address; None for another address."""
    address = address.strip()
    if not _PRINTABLE.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        plain = parts.username is None and parts.port in (None, 443)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not plain:
        return None
    host, query = parts.hostname or "", parse_qs(parts.query)
    if host in _VIMEO_HOSTS:
        return _vimeo(parts.path, query, parts.fragment)
    if host in _YOUTUBE_HOSTS or host == "youtu.be":
        return _youtube(host, parts.path, query)
    return None


def _youtube(host: str, path: str, query: dict[str, list[str]]) -> Video | None:
    if host == "youtu.be":
        found = _YOUTU_BE_PATH.fullmatch(path)
    elif path == "/watch":
        found = re.fullmatch(_YOUTUBE_KEY, query.get("v", [""])[0])
    else:
        found = _YOUTUBE_PATH.fullmatch(path)
    if found is None or found["key"] in _NO_KEYS:
        return None
    start = query.get("t") or query.get("start") or [""]
    return Video(YOUTUBE, found["key"], start=_seconds(start[0]))


def _vimeo(path: str, query: dict[str, list[str]], fragment: str) -> Video | None:
    found = _VIMEO_PATH.fullmatch(path)
    if found is None:
        return None
    secret = found["secret"] or query.get("h", [""])[0]
    if not _SECRET.fullmatch(secret):
        secret = ""
    return Video(VIMEO, found["key"], secret, _seconds(fragment.removeprefix("t=")))


def _seconds(text: str) -> int:
    """Return “90”, “90s” or “1m30s” in seconds; 0 for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        return 0
    hours, minutes, seconds = (int(found[unit] or 0) for unit in "hms")
    return 3600 * hours + 60 * minutes + seconds


def validate_video(address: str) -> None:
    """Raise ``ValidationError`` for an address that is not a video's at an allowed provider."""
    if parse(address) is None:
        raise ValidationError(
            f"This is not the address of a video that can be shown. Allowed are: "
            f"{', '.join(ALLOWED)}",
            code="not_a_video",
        )
