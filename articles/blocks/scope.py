"""The scope of a spoiler box: the work, season and episode that it gives away."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The title's name, season and episode of a spoiler box, or an editor's own label."""

    name: str = ""
    season: int | None = None
    episode: int | None = None
    label: str = ""
    #: Primary key of the title, by which a reader's “seen” mark finds the box; None: no mark.
    work: int | None = None

    @property
    def takes_mark(self) -> bool:
        """Whether a reader's “seen” mark may open the box."""
        return self.work is not None and bool(self.season or self.episode or not self.label)

    def __str__(self) -> str:
        if self.label:
            return self.label
        place = " ".join(
            f"{word} {number}"
            for word, number in (("season", self.season), ("episode", self.episode))
            if number
        )
        return ", ".join(part for part in (self.name, place) if part)
