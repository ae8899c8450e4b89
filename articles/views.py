"""What readers get. Every page is made from live editions and from taxonomy, nothing else."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic import ListView, TemplateView, View

from articles import publishing, rendering
from articles.models import (
    Author,
    Edition,
    EditionTitle,
    Hub,
    ShareLink,
    Title,
    Topic,
    Withdrawal,
)
from newsletter import box
from newsroom.private import keep_private

#: Cards on one page of a hub, title, topic or author.
PAGE_SIZE = 20
LATEST_ON_HOME = 6
PER_HUB_ON_HOME = 4
RELATED = 4
#: For how many seconds a browser may remember where a former address leads.
REDIRECT_MAX_AGE = 60


def _cards(at: datetime | None = None) -> QuerySet[Edition]:
    return Edition.objects.live(at=at).for_cards()


class HomeView(TemplateView):
    """The lead story, the latest, and the latest of each hub; every article once.

    Five queries, with the masthead's: each finds its few rows through an index, however
    many articles there are.
    """

    template_name = "articles/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = list(_cards()[: LATEST_ON_HOME + 1])
        lead = _cards().filter(lead=True).first() or next(iter(latest), None)
        rest = [edition for edition in latest if edition != lead][:LATEST_ON_HOME]
        shown = [edition.pk for edition in (lead, *rest) if edition]
        return super().get_context_data(
            lead=lead, latest=rest, hub_sections=self._hub_sections(shown), **kwargs
        )

    @staticmethod
    def _hub_sections(shown: list[int]) -> list[dict[str, Any]]:
        of_hub = _cards().filter(hub=OuterRef("pk")).exclude(pk__in=shown).values("pk")
        nth = {f"nth_{n}": Subquery(of_hub[n : n + 1]) for n in range(PER_HUB_ON_HOME)}
        keys = Hub.objects.annotate(**nth).values_list(*nth)
        wanted = [key for row in keys for key in row if key]
        sections: dict[int, dict[str, Any]] = {}
        for edition in _cards().filter(pk__in=wanted):
            section = sections.setdefault(edition.hub_id, {"hub": edition.hub, "editions": []})
            section["editions"].append(edition)
        return sorted(
            sections.values(), key=lambda section: (section["hub"].position, section["hub"].name)
        )


class CardList(ListView):
    """Cards filed under one thing with a page of its own."""

    model = Edition
    paginate_by = PAGE_SIZE
    subject_queryset: ClassVar[QuerySet[Any]]
    subject_name: ClassVar[str]
    #: The column or link of an edition that names the subject.
    relation: ClassVar[str]

    def get_queryset(self) -> QuerySet[Edition]:
        self.subject: Model = get_object_or_404(self.subject_queryset, slug=self.kwargs["slug"])
        return _cards().filter(**{self.relation: self.subject})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context[self.subject_name] = self.subject
        return context


class HubView(CardList):
    """A hub's front: its newest story leads the first page."""

    template_name = "articles/hub_front.html"
    subject_queryset = Hub.objects.select_related("newsletter")
    subject_name = "hub"
    relation = "hub"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(current_hub=self.subject, **kwargs)
        cards = list(context["object_list"])
        on_first_page = context["page_obj"].number == 1
        context["lead"] = cards.pop(0) if on_first_page and cards else None
        context["object_list"] = cards
        hub = context["hub"]
        wanted = [hub.newsletter] if hub.newsletter and hub.newsletter_on_front else []
        boxes = box.boxes(wanted, page=self.request.path, placement=box.FRONT)
        context["box"] = next(iter(boxes.values()), None)
        return context


class TitleView(CardList):
    """What was written about a title, and where to watch it."""

    template_name = "articles/title_detail.html"
    subject_queryset = Title.objects.select_related("photo").prefetch_related("availability")
    subject_name = "title"
    relation = "titles"


class TopicView(CardList):
    """What was filed under a topic."""

    template_name = "articles/topic_detail.html"
    subject_queryset = Topic.objects.all()
    subject_name = "topic"
    relation = "topics"


class AuthorView(CardList):
    """What an author signed."""

    template_name = "articles/author_detail.html"
    subject_queryset = Author.objects.select_related("photo")
    subject_name = "author"
    relation = "authors"


class ArticleView(View):
    """An article at its live address; older addresses redirect, withdrawn ones say so."""

    def get(self, request: HttpRequest, hub: str, slug: str) -> HttpResponse:
        edition = (
            Edition.objects.live()
            .defer(None)
            .select_related("hub")
            .filter(hub__slug=hub, slug=slug)
            .first()
        )
        if edition is None:
            return self._moved_or_gone(request, hub, slug)
        context = {"related": related(edition), **rendering.page(edition)}
        return render(request, "articles/article_detail.html", context)

    def _moved_or_gone(self, request: HttpRequest, hub: str, slug: str) -> HttpResponse:
        former = Edition.objects.had_address(hub, slug).defer("content").first()
        if former is None:
            raise Http404
        live = Edition.objects.live().select_related("hub").filter(article=former.article_id)
        if current := live.first():
            response = HttpResponsePermanentRedirect(current.get_absolute_url())
            # Browsers keep a 301 for ever: an article that moves back would send them round
            # in circles.
            patch_cache_control(response, max_age=REDIRECT_MAX_AGE)
            return response
        return self._gone(request, former)

    @staticmethod
    def _gone(request: HttpRequest, former: Edition) -> HttpResponse:
        return render(request, "articles/article_gone.html", gone(former), status=410)


class ShareView(View):
    """A working copy for whoever has a link to it, and for nobody else.

    The one page that shows readers' design to people outside and is no edition.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = ShareLink.objects.named_by(token)
        if link is None:
            raise Http404
        if link.is_open:
            response = self._draft(request, link)
        else:
            response = render(request, "articles/share_ended.html", status=410)
        # The address is the secret: it must not travel to the pages that the draft links to.
        response["Referrer-Policy"] = "no-referrer"
        return keep_private(response)

    @staticmethod
    def _draft(request: HttpRequest, link: ShareLink) -> HttpResponse:
        edition = publishing.preview(link.article)
        context = {
            "banner": "articles/banners/share.html",
            "link": link,
            **rendering.page(edition, takes_votes=False),
        }
        return render(request, "articles/article_detail.html", context)


def gone(
    former: Edition, at: datetime | None = None, others_at: datetime | None = None
) -> dict[str, Any]:
    """What the page of an article that has ended says, given one of its former editions."""
    ended = Edition.objects.effective().filter(
        article=former.article_id, live_from__lte=at or timezone.now()
    )
    withdrawal = Withdrawal.objects.filter(edition=ended.values("pk")[:1]).first()
    return {
        "withdrawn": withdrawal is not None,
        "notice": withdrawal.notice if withdrawal else "",
        "hub": former.hub,
        "latest": _cards(others_at).filter(hub=former.hub_id)[:RELATED],
    }


def related(edition: Edition, at: datetime | None = None) -> list[Edition]:
    """Others about the same title first, then from the same hub; newest first (two queries)."""
    others = _cards(at).exclude(article=edition.article_id)
    titles = EditionTitle.objects.filter(edition=edition).values("title")
    same_title = EditionTitle.objects.filter(title__in=titles).values("edition")
    found = list(others.filter(pk__in=same_title)[:RELATED])
    if len(found) < RELATED:
        known = [other.pk for other in found]
        found += others.filter(hub=edition.hub_id).exclude(pk__in=known)[: RELATED - len(found)]
    return found
