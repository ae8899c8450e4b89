"""The demo's pictures, which are drawn when they are needed and are the same each time."""

from collections.abc import Callable
from functools import cache

from articles.demo.pictures import film, games, people, sci_fi
from articles.demo.pictures.canvas import Canvas

SCENES: dict[str, Callable[[], Canvas]] = {
    "ada": people.portrait_ada,
    "arcade": games.arcade,
    "ballot": people.ballot_box,
    "desert": film.desert_road,
    "door": sci_fi.open_door,
    "fathom": games.deep_street,
    "garden": sci_fi.deck_nine_garden,
    "islands": games.island_blocks,
    "lighthouse": sci_fi.salt_lighthouse,
    "max": people.portrait_max,
    "rain": film.rain_city,
    "reel": film.reel_poster,
    "school": sci_fi.school_at_night,
    "seats": film.cinema_seats,
    "station": sci_fi.ring_station,
    "train": film.mountain_train,
    "valley": games.pixel_valley,
}


@cache
def jpeg(name: str) -> bytes:
    """Return a picture as a JPEG file."""
    return SCENES[name]().jpeg()
