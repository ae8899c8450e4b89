"""The context of a page that compares two versions of an article."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from articles.admin.versions import Version
from articles.comparing.aligning import State
from articles.comparing.compare import BlockChange, Comparison, compare
from articles.photos.models import Photo
from articles.publishing import snapshot

#: Unchanged lines that stay visible beside a change.
_CONTEXT_LINES = 1


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks, or lines of a block; a folded section holds unchanged ones only."""

    is_folded: bool
    changes: Sequence[Any]


#: Caption and address of a picture; the address is "" if the photo was deleted.
Picture = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of a comparison with what its template prints."""

    change: BlockChange
    sections: Sequence[Section]
    pictures: Sequence[Picture]


def comparison_context(old: Version, new: Version) -> dict[str, Any]:
    """Return the context for the template of a comparison (one query, for the photos)."""
    comparison = compare(old.content, new.content)
    addresses = _photo_addresses(comparison)
    sections = [
        Section(
            section.is_folded,
            [
                ShownBlock(change, _line_sections(change), _pictures(change, addresses))
                for change in section.changes
            ],
        )
        for section in fold_unchanged(comparison.blocks)
    ]
    return {
        "old": old,
        "new": new,
        "comparison": comparison,
        "sections": sections,
        "lead_pictures": _pictures(comparison, addresses),
        # For example the size of a picture, which makes no difference to readers.
        "only_hidden": not comparison.differs and not snapshot.same_text(old.content, new.content),
    }


def fold_unchanged(changes: Iterable[Any], context: int = 0) -> list[Section]:
    """Divide blocks or lines into sections.

    ``context`` unchanged ones before and after each change stay visible.
    """
    parts: list[tuple[bool, list[Any]]] = []
    for is_same, group in groupby(changes, key=lambda change: change.state == State.SAME):
        run = list(group)
        end = len(run) - context
        if is_same and end - context > context:
            parts += [(False, run[:context]), (True, run[context:end]), (False, run[end:])]
        else:
            parts.append((False, run))
    return [
        Section(is_folded, [change for _, part in group for change in part])
        for is_folded, group in groupby((part for part in parts if part[1]), key=itemgetter(0))
    ]


def _line_sections(block: BlockChange) -> list[Section]:
    if block.state in (State.CHANGED, State.MOVED):
        return fold_unchanged(block.lines, context=_CONTEXT_LINES)
    return [Section(False, block.lines)]


def _photo_addresses(comparison: Comparison) -> dict[str, str]:
    """Return the addresses of the photos that still exist, by their files' names."""
    changes: tuple[Comparison | BlockChange, ...] = (comparison, *comparison.blocks)
    names = {name for each in changes for name in (each.old_picture, each.new_picture)}
    photos = Photo.objects.filter(image__in=sorted(names - {""}))
    return {str(photo.image.name): photo.fallback_url for photo in photos}


def _pictures(change: Comparison | BlockChange, addresses: dict[str, str]) -> list[Picture]:
    old, new = change.old_picture, change.new_picture
    if old == new:
        return [("Picture", addresses.get(new, ""))] if new else []
    both = (("Picture before", old), ("Picture after", new))
    return [(caption, addresses.get(name, "")) for caption, name in both if name]
