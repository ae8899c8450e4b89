"""Addresses of videos: what is taken for one, what is made of it, and what is refused."""

from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks.video_links import ALLOWED, PLAYER_ORIGINS, Video, parse, validate_video

KEY = "abc_DEF-123"
YOUTUBE = Video("youtube", KEY)
VIMEO = Video("vimeo", "123456")

ACCEPTED = {
    f"https://www.youtube.com/watch?v={KEY}": YOUTUBE,
    f"http://youtube.com/watch?v={KEY}": YOUTUBE,
    f"  https://m.youtube.com/watch?v={KEY}&feature=share  ": YOUTUBE,
    f"https://www.youtube.com/watch?list=PL1&v={KEY}&index=2": YOUTUBE,
    f"https://www.youtube.com/watch?v={KEY}&t=90s": Video("youtube", KEY, start=90),
    f"https://www.youtube.com/watch?v={KEY}&t=1h2m3s": Video("youtube", KEY, start=3723),
    f"https://www.youtube.com/watch?v={KEY}&t=nonsense": YOUTUBE,
    f"https://youtu.be/{KEY}": YOUTUBE,
    f"https://youtu.be/{KEY}?si=x&t=30": Video("youtube", KEY, start=30),
    f"https://www.youtube.com/shorts/{KEY}": YOUTUBE,
    f"https://www.youtube.com/live/{KEY}?si=x": YOUTUBE,
    f"https://www.youtube.com/embed/{KEY}?start=5": Video("youtube", KEY, start=5),
    f"https://www.youtube-nocookie.com/embed/{KEY}": YOUTUBE,
    f"HTTPS://WWW.YOUTUBE.COM/watch?v={KEY}": YOUTUBE,
    "https://vimeo.com/123456": VIMEO,
    "https://www.vimeo.com/123456/": VIMEO,
    "https://vimeo.com/channels/staffpicks/123456": VIMEO,
    "https://vimeo.com/123456#t=12s": Video("vimeo", "123456", start=12),
    "https://vimeo.com/123456/0a1b2c3d4e": Video("vimeo", "123456", "0a1b2c3d4e"),
    "https://player.vimeo.com/video/123456": VIMEO,
    "https://player.vimeo.com/video/123456?h=0a1b2c3d4e": Video("vimeo", "123456", "0a1b2c3d4e"),
    "https://player.vimeo.com/video/123456?h=%22%3E": VIMEO,
}

REFUSED = [
    "",
    "abc_DEF-123",
    f"//youtu.be/{KEY}",
    f"ftp://youtu.be/{KEY}",
    f"javascript://www.youtube.com/watch?v={KEY}",
    "javascript:alert(1)",
    f"data:text/html,https://youtu.be/{KEY}",
    # Other hosts, and those that only look like it
    f"https://videos.example/watch?v={KEY}",
    f"https://youtube.com.evil.example/watch?v={KEY}",
    f"https://evilyoutube.com/watch?v={KEY}",
    f"https://www.youtube.com./watch?v={KEY}",
    f"https://www.youtube.com@evil.example/watch?v={KEY}",
    f"https://user@www.youtube.com/watch?v={KEY}",
    f"https://@www.youtube.com/watch?v={KEY}",
    f"https://evil.example\\@www.youtube.com/watch?v={KEY}",
    f"https://www.youtube.com\\watch?v={KEY}",
    f"https://www.youtube.com:8080/watch?v={KEY}",
    f"https://www.youtube.com:x/watch?v={KEY}",
    f"https://www.уoutube.com/watch?v={KEY}",
    f"https://www.youtube-nocoo\N{KELVIN SIGN}ie.com/embed/{KEY}",
    f"https://ｗww.youtube.com/watch?v={KEY}",
    f"https://[::1]/watch?v={KEY}",
    f"https://[/watch?v={KEY}",
    # Not one video
    "https://www.youtube.com/",
    "https://www.youtube.com/watch",
    "https://www.youtube.com/watch?v=",
    "https://www.youtube.com/watch?v=short",
    f"https://www.youtube.com/watch?v={KEY}x",
    "https://www.youtube.com/playlist?list=PL1234567890",
    "https://www.youtube.com/watch?list=PL1234567890",
    "https://www.youtube.com/embed/videoseries?list=PL1234567890",
    "https://www.youtube.com/watch?v=videoseries&list=PL1234567890",
    "https://www.youtube.com/embed/live_stream?channel=x",
    "https://www.youtube.com/@somebody",
    "https://youtu.be/",
    "https://vimeo.com/",
    "https://vimeo.com/somebody",
    "https://vimeo.com/１２３",
    "https://vimeo.com/1234567890123",
    # What parsers skip, and what would be markup
    "https://www.youtube.com/watch?v=<script>",
    f"https://www.youtube.com/watch?v={KEY}\r\nSet-Cookie: x",
    f"https://www.youtube.com/wa\ntch?v={KEY}",
    f"https://www.youtube.com/wa\ttch?v={KEY}",
    f"https://www.you\x00tube.com/watch?v={KEY}",
    f"https://www.youtube.com/watch?v= {KEY}",
    f"https://www.youtube.com/watch?v=%0a{KEY}",
    f"https://www.youtube.com/../watch?v={KEY}",
]


@pytest.mark.parametrize("address", ACCEPTED)
def test_address_of_a_video_is_understood(address):
    validate_video(address)

    assert parse(address) == ACCEPTED[address]


@pytest.mark.parametrize("address", REFUSED)
def test_anything_else_is_refused_with_the_list_of_what_is_allowed(address):
    assert parse(address) is None
    with pytest.raises(ValidationError) as refusal:
        validate_video(address)

    assert all(form in refusal.value.messages[0] for form in ALLOWED)


@pytest.mark.parametrize(
    ("video", "page", "player"),
    [
        (
            Video("youtube", KEY, start=90),
            f"https://www.youtube.com/watch?v={KEY}&t=90s",
            f"https://www.youtube-nocookie.com/embed/{KEY}?autoplay=1&start=90",
        ),
        (
            Video("vimeo", "123456", "0a1b2c3d4e", 12),
            "https://vimeo.com/123456/0a1b2c3d4e#t=12s",
            "https://player.vimeo.com/video/123456?dnt=1&autoplay=1&h=0a1b2c3d4e#t=12s",
        ),
    ],
)
def test_player_is_the_private_one_and_starts_where_it_was_meant(video, page, player):
    assert (video.page, video.player) == (page, player)


@pytest.mark.parametrize("address", ACCEPTED)
def test_own_addresses_are_understood_again(address):
    video = parse(address)

    assert parse(video.page) == video


WORDS = (
    "https:// http: // / \\ @ : ? # & = v t h www.youtube.com youtu.be vimeo.com player.vimeo.com "
    f'evil.example watch embed video {KEY} videoseries 123456 <script> " %22 ９'
)
PIECES = st.lists(st.sampled_from(WORDS.split()) | st.text(max_size=5), max_size=12).map("".join)
LIKELY = st.tuples(
    st.sampled_from(
        ["https://youtu.be/", "https://vimeo.com/", "https://www.youtube.com/watch?v="]
    ),
    st.sampled_from([KEY, "123456", ""]),
    PIECES,
).map("".join)


@given(PIECES | LIKELY | st.text())
def test_whatever_is_understood_leads_to_one_of_the_two_players(address):
    video = parse(address)

    if video is not None:
        for made in (video.player, video.page):
            assert not set(made) & set("<>\"'\\ \r\n\t"), made
        player = urlsplit(video.player)
        assert f"{player.scheme}://{player.netloc}" in PLAYER_ORIGINS
        assert player.path in (f"/embed/{video.key}", f"/video/{video.key}")
        assert urlsplit(video.page).netloc in ("www.youtube.com", "vimeo.com")
