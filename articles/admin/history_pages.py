"""An article's history: the timeline, comparing any two of its texts, restoring one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from articles.admin import timeline, versions
from articles.admin.as_seen_pages import AsSeenPages
from articles.comparing.aligning import State
from articles.comparing.compare import BlockChange, Comparison, compare
from articles.models import Article
from articles.photos.models import Photo
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from newsroom.desk.transition_pages import staff

PAGE_SIZE = 50


class HistoryPages(AsSeenPages):
    """What the article admin knows of earlier texts."""

    def get_urls(self) -> list[URLPattern]:
        """The pages before the stock ones; the history's address stays the stock one."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/compare/", wrap(self.compare_view), name="articles_article_compare"),
            path(
                "<int:pk>/restore/<slug:version>/",
                wrap(self.restore_view),
                name="articles_article_restore",
            ),
            *super().get_urls(),
        ]

    # The timeline

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Saves, editions, withdrawals and steps, newest first."""
        if not (object_id.isascii() and object_id.isdecimal()):
            raise Http404
        article = self.reachable(request, int(object_id))
        page = Paginator(timeline.rows(article), PAGE_SIZE).get_page(request.GET.get("p"))
        found = timeline.entries(page.object_list)
        old = _asked_for(request, "from") or versions.usual(article)
        new = _asked_for(request, "to") or versions.WORKING
        context = {
            **self._context(request, article, f"History: {article}"),
            "page": page,
            "entries": found,
            "old": old,
            "new": new,
            # Chosen on another page of the list, and to be carried along.
            "elsewhere": _elsewhere((old, new), found),
            "last_save": f"r{article.version}",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/articles/article/history.html", context)

    # Comparing

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two texts of an article, as differences between words."""
        article = self.reachable(request, pk)
        old = versions.find(article, request.GET.get("from") or versions.usual(article))
        new = versions.find(article, request.GET.get("to") or versions.WORKING)
        context = {
            **self._context(request, article, f"Compare: {article}"),
            **_difference(old, new),
        }
        return TemplateResponse(request, "admin/articles/article/compare.html", context)

    # Restoring

    def restore_view(self, request: HttpRequest, pk: int, version: str) -> HttpResponse:
        """Ask, then put an earlier text back into the working copy."""
        article = self.reachable(request, pk)
        wanted = versions.find(article, version)
        if wanted.name == versions.WORKING:
            raise Http404
        if not self.may_rewrite(request, article):
            raise PermissionDenied
        if request.method == "POST":
            with transaction.atomic():
                if request.POST.get("version") == str(revisions.locked_version(article)):
                    return self._restored(request, article, wanted)
            messages.warning(
                request, "Somebody has saved the article since this question came up. Look again."
            )
            article = self.reachable(request, pk)
        context = {
            **self._context(request, article, f"Restore {wanted.in_a_sentence}?"),
            **_difference(versions.find(article, versions.WORKING), wanted),
            "wanted": wanted,
        }
        return TemplateResponse(request, "admin/articles/article/restore.html", context)

    def _restored(
        self, request: HttpRequest, article: Article, wanted: versions.Version
    ) -> HttpResponse:
        note = f"{wanted.in_a_sentence} restored"
        restored = revisions.restore(article, wanted.content, by=staff(request), note=note)
        article.refresh_from_db()
        self.ask_for_approval_again(request, article)
        self.log_change(request, article, f"Restored {wanted.in_a_sentence}.")
        messages.success(
            request,
            f"{wanted.label} is in the working copy again. Readers see nothing of it until it "
            "is published.",
        )
        for sentence in restored.left_out:
            messages.warning(request, f"{sentence} It was left out.")
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def _context(self, request: HttpRequest, article: Article, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "article": article,
            "may_restore": self.may_rewrite(request, article),
        }


def _asked_for(request: HttpRequest, name: str) -> str:
    """The name of a version in an address, "" for none or nonsense."""
    asked = request.GET.get(name, "")
    return asked if versions.label(asked) else ""


def _elsewhere(chosen: Iterable[str], found: Iterable[timeline.Entry]) -> list[tuple[str, str]]:
    """Name and label of what is chosen and not on this page of the list."""
    listed = {entry.version for entry in found} | {versions.WORKING}
    return [(name, versions.label(name)) for name in dict.fromkeys(chosen) if name not in listed]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbours in a comparison; those of a folded one are unchanged and out of sight."""

    folded: bool
    changes: Sequence[Any]


def _stretches(changes: Iterable[Any], in_sight: int = 0) -> list[Stretch]:
    """Divide blocks or lines for reading; so many unchanged ones stay beside a change."""
    parts: list[tuple[bool, list[Any]]] = []
    for same, group in groupby(changes, key=lambda change: change.state == State.SAME):
        run = list(group)
        end = len(run) - in_sight
        if same and end - in_sight > in_sight:
            parts += [(False, run[:in_sight]), (True, run[in_sight:end]), (False, run[end:])]
        else:
            parts.append((False, run))
    return [
        Stretch(folded, [change for _, part in group for change in part])
        for folded, group in groupby((part for part in parts if part[1]), key=itemgetter(0))
    ]


def _lines(block: BlockChange) -> list[Stretch]:
    if block.state in (State.CHANGED, State.MOVED):
        return _stretches(block.lines, in_sight=1)
    return [Stretch(False, block.lines)]


#: Caption and address of a picture, "" for one that is no longer kept.
Picture = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of a comparison as its page prints it."""

    change: BlockChange
    lines: Sequence[Stretch]
    pictures: Sequence[Picture]


def _difference(old: versions.Version, new: versions.Version) -> dict[str, Any]:
    """What the page of a comparison prints (one query, for the pictures)."""
    comparison = compare(old.content, new.content)
    addresses = _addresses(comparison)
    stretches = [
        Stretch(
            stretch.folded,
            [ShownBlock(each, _lines(each), _shown(each, addresses)) for each in stretch.changes],
        )
        for stretch in _stretches(comparison.blocks)
    ]
    return {
        "old": old,
        "new": new,
        "comparison": comparison,
        "stretches": stretches,
        "lead_pictures": _shown(comparison, addresses),
        # Such as the sizes of a picture: a different text to publishing, the same to a reader.
        "only_hidden": not comparison.differs and not contents.same_text(old.content, new.content),
    }


def _addresses(comparison: Comparison) -> dict[str, str]:
    """The addresses of the pictures that still exist, by the names of their files."""
    shown: tuple[Comparison | BlockChange, ...] = (comparison, *comparison.blocks)
    names = {name for each in shown for name in (each.old_picture, each.new_picture)}
    photos = Photo.objects.filter(image__in=sorted(names - {""}))
    return {str(photo.image.name): photo.fallback_url for photo in photos}


def _shown(change: Comparison | BlockChange, addresses: dict[str, str]) -> list[Picture]:
    old, new = change.old_picture, change.new_picture
    if old == new:
        return [("Picture", addresses.get(new, ""))] if new else []
    both = (("Picture before", old), ("Picture after", new))
    return [(caption, addresses.get(name, "")) for caption, name in both if name]
