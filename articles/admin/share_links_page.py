"""The page that creates and revokes links to an article for people without an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.admin.article_page import ArticlePage
from articles.models import Article, ShareLink
from articles.models.share_link import LIFETIME
from newsroom.desk.pages import parse_pk, staff_user

#: The newest links of which ended ones are still listed.
NEWEST_LINKS = 20


class ShareLinkForm(forms.ModelForm):
    """Asks who a new link is for."""

    class Meta:
        model = ShareLink
        fields = ("label",)


class ShareLinksPage(ArticlePage):
    """Lists an article's share links; creates and revokes them."""

    route = "<int:pk>/share/"
    name = "share"
    title = "Share links"
    template = "admin/articles/article/share.html"

    def may_open(self, request: HttpRequest, row: Article) -> bool:
        """Return whether this user may change the article."""
        return self.model_admin.has_change_permission(request, row)

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """List the links, with a form for a new one."""
        return self._list(request, row, ShareLinkForm())

    def post(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Create a link or revoke one, depending on the button."""
        form = ShareLinkForm(request.POST if "create" in request.POST else None)
        if "revoke" in request.POST:
            self._revoke(request, row)
        elif form.is_valid():
            self._create(request, row, form)
        else:
            return self._list(request, row, form)
        return HttpResponseRedirect(self.model_admin.address("share", row.pk))

    def _create(self, request: HttpRequest, article: Article, form: ShareLinkForm) -> None:
        form.instance.article, form.instance.created_by = article, staff_user(request)
        link = form.save()
        self.model_admin.log_change(request, article, f"Share link created{_label_suffix(link)}.")
        messages.success(request, "The link is ready. Copy it below; it is valid for seven days.")

    def _revoke(self, request: HttpRequest, article: Article) -> None:
        link = get_object_or_404(article.share_links, pk=parse_pk(request.POST["revoke"]))
        # If two users revoke a link at the same time, one line in the log is enough.
        if article.share_links.open().filter(pk=link.pk).update(revoked_at=timezone.now()):
            self.model_admin.log_change(
                request, article, f"Share link revoked{_label_suffix(link)}."
            )
        messages.success(request, "The link is revoked and no longer works.")

    def _list(
        self, request: HttpRequest, article: Article, form: ShareLinkForm
    ) -> TemplateResponse:
        links = article.share_links.select_related("created_by")
        return self.render(
            request,
            article,
            form=form,
            days=LIFETIME.days,
            ended=[link for link in links[:NEWEST_LINKS] if not link.is_open],
            **open_links(article),
        )


def open_links(article: Article) -> dict[str, Any]:
    """An article's links that still open it, for a template (one query)."""
    links = article.share_links.open().select_related("created_by")
    return {"open_links": list(links), "site_url": settings.SITE_URL}


def _label_suffix(link: ShareLink) -> str:
    return f" for {link.label}" if link.label else ""
