"""The readers' pages, made from live editions, hubs, titles, topics and authors only."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.generic import ListView, TemplateView, View

from articles.channels import structured_data
from articles.models import (
    Author,
    Edition,
    Hub,
    ShareLink,
    Title,
    Topic,
    Withdrawal,
)
from articles.publishing.publish import preview
from articles.site import masthead, rendering
from articles.site.related import RELATED, related
from newsletter import sign_up_forms
from newsletter.sign_up_forms import Placement
from newsroom.page_cache import cached_for_version, record_published
from newsroom.page_cache.prepared_query import PreparedQuery
from newsroom.security.private import keep_private

#: Cards on one page of a hub, title, topic or author.
PAGE_SIZE = 20
LATEST_ON_HOME = 6
PER_HUB_ON_HOME = 4


def _cards(at: datetime | None = None) -> QuerySet[Edition]:
    return Edition.objects.live(at=at).for_cards()


class HomeView(TemplateView):
    """The lead story, the latest articles, and the latest of each hub; every article once.

    Five queries for each site version, the masthead's included. Each finds its rows by an index,
    so that the time does not grow with the number of articles.
    """

    template_name = "articles/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        front = cached_for_version("articles.front", self._front)
        record_published(*front["moments"])
        return super().get_context_data(**front, **kwargs)

    def _front(self) -> dict[str, Any]:
        latest = list(_cards()[: LATEST_ON_HOME + 1])
        lead = _cards().filter(lead=True).first() or next(iter(latest), None)
        rest = [edition for edition in latest if edition != lead][:LATEST_ON_HOME]
        shown = [edition.pk for edition in (lead, *rest) if edition]
        sections = self._hub_sections(shown)
        in_sections = (edition for section in sections for edition in section["editions"])
        return {
            "lead": lead,
            "latest": rest,
            "hub_sections": sections,
            "head": structured_data.home(lead, rest, sections),
            "moments": [
                edition.live_from for edition in (*filter(None, [lead]), *rest, *in_sections)
            ],
        }

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
    """The cards of a hub, title, topic or author, page by page."""

    model = Edition
    paginate_by = PAGE_SIZE
    subject_queryset: ClassVar[QuerySet[Any]]
    subject_name: ClassVar[str]
    #: The field of an edition that refers to the subject.
    relation: ClassVar[str]

    def get_paginator(self, queryset: Any, *args: Any, **kwargs: Any) -> Paginator[Edition]:
        """Return a paginator that counts once for each site version, since counting is slow."""
        paginator = super().get_paginator(queryset, *args, **kwargs)
        key = ("articles.count", self.relation, self.subject.pk)
        # Paginator.count is a cached property.
        vars(paginator)["count"] = cached_for_version(key, lambda: paginator.count)
        return paginator

    def get_subject(self, slug: str) -> structured_data.Subject:
        """Return the hub, title, topic or author of the page; raise ``Http404`` for none."""
        subject: structured_data.Subject = get_object_or_404(self.subject_queryset, slug=slug)
        return subject

    def get_queryset(self) -> QuerySet[Edition]:
        self.subject = self.get_subject(self.kwargs["slug"])
        return _cards().filter(**{self.relation: self.subject})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context[self.subject_name] = self.subject
        page = context["page_obj"].number
        cards = context["object_list"] = self.cards(context["object_list"], page)
        context["head"] = structured_data.front(self.subject, cards, page)
        record_published(*(edition.live_from for edition in cards))
        return context

    def cards(self, queryset: QuerySet[Edition], page: int) -> list[Edition]:
        """Return the cards of one page."""
        return list(queryset)


class HubView(CardList):
    """A hub's front, with its newest article as the lead of the first page."""

    template_name = "articles/hub_front.html"
    subject_name = "hub"
    relation = "hub"

    def get_subject(self, slug: str) -> Hub:
        """Return the hub as the masthead has it."""
        hub = masthead.hub(slug)
        if hub is None:
            raise Http404
        return hub

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(current_hub=self.subject, current="page", **kwargs)
        cards = list(context["object_list"])
        on_first_page = context["page_obj"].number == 1
        context["lead"] = cards.pop(0) if on_first_page and cards else None
        context["object_list"] = cards
        hub = context["hub"]
        wanted = [hub.newsletter_id] if hub.newsletter_id and hub.newsletter_on_front else []
        forms = sign_up_forms.new_forms(wanted, page=self.request.path, placement=Placement.FRONT)
        context["sign_up_form"] = next(iter(forms.values()), None)
        return context

    def cards(self, queryset: QuerySet[Edition], page: int) -> list[Edition]:
        """The cards of one page; those of the first are read once for each site version."""
        if page > 1:
            return super().cards(queryset, page)
        return cached_for_version(("articles.hub_front", self.subject.pk), lambda: list(queryset))


class TitleView(CardList):
    """The articles about a title, and where to watch it."""

    template_name = "articles/title_detail.html"
    subject_queryset = Title.objects.select_related("photo").prefetch_related("availability")
    subject_name = "title"
    relation = "titles"


class TopicView(CardList):
    """The articles of a topic."""

    template_name = "articles/topic_detail.html"
    subject_queryset = Topic.objects.all()
    subject_name = "topic"
    relation = "topics"


class AuthorView(CardList):
    """The articles of an author."""

    template_name = "articles/author_detail.html"
    subject_queryset = Author.objects.select_related("photo")
    subject_name = "author"
    relation = "authors"


#: Returns at most one edition with its content, given a hub's primary key, a slug and a moment.
_live_at_address = PreparedQuery(
    lambda hub, slug, moment: (
        Edition.objects.live(moment)
        .defer(None)
        .defer("search_text", "safe_html")
        .filter(hub=hub, slug=slug)[:1]
    ),
    -1,
    "a-slug",
    datetime.min.replace(tzinfo=UTC),
)


class ArticleView(View):
    """An article at its live address; former addresses redirect, withdrawn articles answer 410."""

    def get(self, request: HttpRequest, hub: str, slug: str) -> HttpResponse:
        edition = self._edition(hub, slug)
        if edition is None:
            return self._moved_or_gone(request, hub, slug)
        context = rendering.page_context(edition)
        context["head"] = structured_data.article(edition, context["content"])
        context["related"] = related(edition, context["title_keys"])
        context["related_keys"] = tuple(other.pk for other in context["related"])
        record_published(edition.live_from, *(other.live_from for other in context["related"]))
        return render(request, "articles/article_detail.html", context)

    @staticmethod
    def _edition(hub_slug: str, slug: str) -> Edition | None:
        """Return the live edition at an address (one query, once the hubs were read)."""
        hub = masthead.hub(hub_slug)
        if hub is None:
            return None
        found: list[Edition] = _live_at_address.objects(hub.pk, slug, timezone.now())
        for edition in found:
            edition.hub = hub
            return edition
        return None

    def _moved_or_gone(self, request: HttpRequest, hub: str, slug: str) -> HttpResponse:
        former = Edition.objects.by_address(hub, slug).defer("content", "safe_html").first()
        if former is None:
            raise Http404
        live = Edition.objects.live().select_related("hub").filter(article=former.article_id)
        if current := live.first():
            if current.get_absolute_url() == request.path:
                # It went live between the two queries.
                return self.get(request, hub, slug)
            return HttpResponsePermanentRedirect(current.get_absolute_url())
        return self._gone(request, former)

    @staticmethod
    def _gone(request: HttpRequest, former: Edition) -> HttpResponse:
        return render(request, "articles/article_gone.html", gone(former), status=410)


class ShareView(View):
    """A working copy for anybody who has a share link to it.

    The only page in the readers' design that shows something other than an edition.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = ShareLink.objects.from_token(token)
        if link is None:
            raise Http404
        if link.is_open:
            response = self._draft(request, link)
        else:
            response = render(request, "articles/share_ended.html", status=410)
        # The address is secret: pages that the draft links to must not get it.
        response["Referrer-Policy"] = "no-referrer"
        return keep_private(response)

    @staticmethod
    def _draft(request: HttpRequest, link: ShareLink) -> HttpResponse:
        edition = preview(link.article)
        context = {
            "banner": "articles/banners/share.html",
            "link": link,
            **rendering.page_context(edition, takes_answers=False),
        }
        return render(request, "articles/article_detail.html", context)


def gone(
    former: Edition, at: datetime | None = None, others_at: datetime | None = None
) -> dict[str, Any]:
    """Return the context of the page of an ended article, given one of its former editions."""
    ended = Edition.objects.not_cancelled().filter(
        article=former.article_id, live_from__lte=at or timezone.now()
    )
    withdrawal = Withdrawal.objects.filter(edition=ended.values("pk")[:1]).first()
    return {
        "withdrawn": withdrawal is not None,
        "notice": withdrawal.notice if withdrawal else "",
        "hub": former.hub,
        "latest": _cards(others_at).filter(hub=former.hub_id)[:RELATED],
    }
