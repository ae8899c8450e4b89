"""Addresses of videos that the site may embed.

Nothing is fetched: an address is taken apart, and the player's is made from its pieces. The
players are those of YouTube's privacy-enhanced domain and of Vimeo with “do not track”.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core.exceptions import ValidationError

YOUTUBE = "youtube"
VIMEO = "vimeo"

#: Where players come from, for the content policy's ``frame-src``.
PLAYER_ORIGINS = ("https://www.youtube-nocookie.com", "https://player.vimeo.com")

#: What a refusal lists.
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
# What a browser shows of an address; what else there may be, parsers skip or read differently.
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
# As long as a video's key, but a playlist's player and a channel's live one.
_NO_KEYS = frozenset({"videoseries", "live_stream"})
_YOUTUBE_KEY = r"(?P<key>[A-Za-z0-9_-]{11})"
_YOUTUBE_PATH = re.compile(rf"/(?:shorts|live|embed)/{_YOUTUBE_KEY}/?")
_YOUTU_BE_PATH = re.compile(rf"/{_YOUTUBE_KEY}/?")
# The part after the number opens a video that is not listed.
_VIMEO_PATH = re.compile(
    r"/(?:video/|channels/[\w-]+/)?(?P<key>\d{1,12})(?:/(?P<secret>[0-9a-f]{6,20}))?/?"
)
_SECRET = re.compile(r"[0-9a-f]{6,20}")
_TIME = re.compile(r"(?:(?P<h>\d{1,2})h)?(?:(?P<m>\d{1,3})m)?(?:(?P<s>\d{1,5})s?)?")


@dataclass(frozen=True, slots=True)
class Video:
    """One video: where it is, its key there, and the second it starts at."""

    provider: str
    key: str
    secret: str = ""
    start: int = 0

    @property
    def provider_name(self) -> str:
        """As readers know it."""
        return "YouTube" if self.provider == YOUTUBE else "Vimeo"

    @property
    def page(self) -> str:
        """The address of its page, for readers without JavaScript."""
        if self.provider == YOUTUBE:
            query = {"v": self.key} | ({"t": f"{self.start}s"} if self.start else {})
            return f"https://www.youtube.com/watch?{urlencode(query)}"
        secret = f"/{self.secret}" if self.secret else ""
        start = f"#t={self.start}s" if self.start else ""
        return f"https://vimeo.com/{self.key}{secret}{start}"

    @property
    def player(self) -> str:
        """The address of its player, which starts at once: the reader has asked for it."""
        if self.provider == YOUTUBE:
            query = {"autoplay": "1"} | ({"start": str(self.start)} if self.start else {})
            return f"{PLAYER_ORIGINS[0]}/embed/{self.key}?{urlencode(query)}"
        query = {"dnt": "1", "autoplay": "1"} | ({"h": self.secret} if self.secret else {})
        start = f"#t={self.start}s" if self.start else ""
        return f"{PLAYER_ORIGINS[1]}/video/{self.key}?{urlencode(query)}{start}"


def parse(address: str) -> Video | None:
    """Take the address of a video's page or player apart; None where it is neither."""
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
    """“90”, “90s” or “1m30s” in seconds; 0 for anything else."""
    found = _TIME.fullmatch(text)
    if found is None:
        return 0
    hours, minutes, seconds = (int(found[unit] or 0) for unit in "hms")
    return 3600 * hours + 60 * minutes + seconds


def validate_video(address: str) -> None:
    """Refuse what is not a video of an allowed site, with the list of those allowed."""
    if parse(address) is None:
        raise ValidationError(
            f"This is not the address of a video that can be shown. Allowed are: "
            f"{', '.join(ALLOWED)}",
            code="not_a_video",
        )
