"""The page where links for people without an account are made and taken back."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from articles.admin.step_pages import StepPages
from articles.models import Article, ShareLink
from articles.models.share_link import LIFETIME
from newsroom.desk.transition_pages import staff

#: Former links that the page still lists.
FORMER_LINKS = 20


class ShareLinkForm(forms.ModelForm):
    """For whom a new link is."""

    class Meta:
        model = ShareLink
        fields = ("label",)


class SharePages(StepPages):
    """What the article admin knows of share links."""

    def get_urls(self) -> list[URLPattern]:
        """The page before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/share/", wrap(self.share_view), name="articles_article_share"),
            *super().get_urls(),
        ]

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List an article's links; make one, or revoke one."""
        article = self.reachable(request, pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        form = ShareLinkForm(request.POST if "make" in request.POST else None)
        if "revoke" in request.POST:
            self._revoke(request, article)
        elif form.is_valid():
            self._make(request, article, form)
        else:
            return self._share_page(request, article, form)
        return HttpResponseRedirect(reverse("admin:articles_article_share", args=[pk]))

    def _make(self, request: HttpRequest, article: Article, form: ShareLinkForm) -> None:
        form.instance.article, form.instance.created_by = article, staff(request)
        link = form.save()
        self.log_change(request, article, f"Share link made{_for(link)}.")
        messages.success(request, "The link is ready: copy it below. It opens for seven days.")

    def _revoke(self, request: HttpRequest, article: Article) -> None:
        number = request.POST["revoke"]
        number = number if number.isdecimal() and len(number) < 19 else "0"
        link = get_object_or_404(article.share_links, pk=number)
        # Of two people who press at once, one is enough for the log.
        if article.share_links.open().filter(pk=link.pk).update(revoked_at=timezone.now()):
            self.log_change(request, article, f"Share link revoked{_for(link)}.")
        messages.success(request, "The link is revoked: it opens nothing any more.")

    def _share_page(
        self, request: HttpRequest, article: Article, form: ShareLinkForm
    ) -> TemplateResponse:
        links = article.share_links.select_related("created_by")
        context = {
            **self.admin_site.each_context(request),
            "title": "Share links",
            "opts": self.opts,
            "article": article,
            "form": form,
            "days": LIFETIME.days,
            "former": [link for link in links[:FORMER_LINKS] if not link.is_open],
            **open_links(article),
        }
        return TemplateResponse(request, "admin/articles/article/share.html", context)


def open_links(article: Article) -> dict[str, Any]:
    """An article's links that still open it, for a template (one query)."""
    links = article.share_links.open().select_related("created_by")
    return {"open_links": list(links), "site_url": settings.SITE_URL}


def _for(link: ShareLink) -> str:
    return f" for {link.label}" if link.label else ""
