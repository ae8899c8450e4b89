"""Two people saving one article: the second gets both texts, block by block.

The form carries the version it was loaded with. Where that is not the stored one, nothing is
saved; what was typed is frozen without being stored, and asked about on a page of its own.
"""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from articles.admin.kept_text import confirm_saved, recovering
from articles.admin.step_pages import StepPages
from articles.blocks import BLOCKS, PARTS, Block
from articles.comparing import merging
from articles.models import Article, ArticleTitle, Byline, Revision
from articles.publishing import revisions
from articles.publishing import snapshot as contents
from newsroom.desk.transition_pages import staff

_SALT = "articles.clash"


class OlderForm(forms.ModelForm):
    """A form whose text is older than the stored one: it is shown again, never saved."""

    def clean(self) -> dict[str, Any] | None:
        """Say what comes next, beside the other errors."""
        self.add_error(
            None,
            "Somebody else has saved this article meanwhile. Nothing of yours is lost: correct "
            "what is marked and save again, and you will see both texts.",
        )
        return super().clean()


class ClashPages(StepPages):
    """What the article admin knows of versions and clashes."""

    def get_urls(self) -> list[URLPattern]:
        """The page that asks, before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/clash/", wrap(self.clash_view), name="articles_article_clash"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's; a form loaded with an older version never gets as far as saving."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            article = self.get_object(request, object_id)
            if article is not None and self.has_change_permission(request, article):
                version = revisions.locked_version(article)
                if request.POST.get("_version") != str(version):
                    return self._with_older_form(request, article, form_url, extra_context)
                revisions.keep_unsaved(article)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As Django's; with an older form, one that is never valid."""
        form = super().get_form(request, *args, **kwargs)
        if not hasattr(request, "has_older_form"):
            return form
        return type(form.__name__, (OlderForm, form), {})

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """As Django's; with an older text, rows that are not stored any more are new ones.

        Django shows as many old rows as are stored: the text of others would be lost.
        """
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if hasattr(request, "has_older_form") or (recovering(request) and obj.pk):
            stored = inline.model._default_manager.filter(**{_parent(inline.model): obj})
            keys = set(map(str, stored.values_list("pk", flat=True)))
            number_anew(kwargs["data"], prefix, keys)
        return kwargs

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With the version that the form's text began with, also when it comes back bound."""
        article = kwargs.get("obj")
        version = article.version if article is not None else 0
        context["form_version"] = request.POST.get("_version", version)
        return super().render_change_form(request, context, *args, **kwargs)

    def _with_older_form(
        self, request: HttpRequest, article: Article, form_url: str, extra: dict[str, Any] | None
    ) -> Any:
        mine = None if recovering(request) else self._typed(request, article)
        if mine is not None:
            ticket = {
                "article": article.pk,
                "base": request.POST.get("_version", ""),
                "mine": mine,
            }
            return self._ask(request, article, ticket)
        # Not valid, or only brought back: the form comes again.
        return super().changeform_view(request, str(article.pk), form_url, extra)

    # What was typed

    def _typed(self, request: HttpRequest, article: Article) -> contents.Content | None:
        """Freeze what a form holds, as if nothing were stored of the article's parts.

        None where the form is not valid.
        """
        form_class = self.get_form(request, article, change=True)
        # From here on nothing is saved, and rows that are not stored count as new ones.
        request.has_older_form = True  # type: ignore[attr-defined]  # a mark of our own
        point = transaction.savepoint()
        try:
            for model in PARTS:
                model._default_manager.filter(**{_parent(model): article}).delete()
            form = form_class(request.POST, request.FILES, instance=article)
            # The way the stock form makes them; private, so the stubs don't know it.
            formsets, _ = self._create_formsets(  # type: ignore[attr-defined]
                request, article, change=True
            )
            if not all_valid(formsets) or not form.is_valid():
                return None
            return contents.freeze_copy(_copy_in(form, formsets))
        finally:
            transaction.savepoint_rollback(point)
            article.refresh_from_db()

    # Asking

    def clash_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the answers and save what they make of the two texts."""
        article = self.reachable(request, pk)
        if not self.may_rewrite(request, article):
            raise PermissionDenied
        change = reverse("admin:articles_article_change", args=[pk])
        try:
            ticket = signing.loads(request.POST.get("ticket", ""), salt=_SALT)
        except signing.BadSignature:
            ticket = {}
        if ticket.get("article") != pk:
            return HttpResponseRedirect(change)
        with transaction.atomic():
            if request.POST.get("theirs") != str(revisions.locked_version(article)):
                messages.warning(request, "Somebody has saved the article once more. Look again.")
                return self._ask(request, article, ticket)
            self._settle(request, article, ticket)
        response = HttpResponseRedirect(change)
        confirm_saved(request, response)
        return response

    def _settle(self, request: HttpRequest, article: Article, ticket: dict[str, Any]) -> None:
        plan = _plan(article, ticket)
        content = plan.merge(request.POST)
        note = f"two texts of save {ticket['base']} put together"
        restored = revisions.restore(article, content, by=staff(request), note=note)
        article.refresh_from_db()
        self.ask_for_approval_again(request, article)
        self.log_change(request, article, f"Saved: {note}.")
        messages.success(request, "Both texts are put together and saved. Look the article over.")
        for sentence in restored.left_out:
            messages.warning(request, sentence)

    def _ask(
        self, request: HttpRequest, article: Article, ticket: dict[str, Any]
    ) -> TemplateResponse:
        last = article.revisions.listed().first()
        context = {
            **self.admin_site.each_context(request),
            "title": "Somebody else has saved this article",
            "opts": self.opts,
            "article": article,
            "last": last,
            "plan": _plan(article, ticket),
            "kept": request.POST.get("_kept", ""),
            "ticket": signing.dumps(ticket, salt=_SALT, compress=True),
        }
        return TemplateResponse(request, "admin/articles/article/clash.html", context)


def _plan(article: Article, ticket: dict[str, Any]) -> merging.Plan:
    base = None
    if ticket["base"].isdecimal() and len(ticket["base"]) < 10:
        base = Revision.objects.filter(article=article, number=ticket["base"]).first()
    theirs = contents.freeze(article)
    return merging.plan(theirs, ticket["mine"], base.content if base else None)


def _copy_in(form: Any, formsets: list[Any]) -> contents.WorkingCopy:
    """The working copy that a valid form and its formsets hold, unsaved."""
    rows: dict[Any, list[Any]] = {}
    for formset in formsets:
        deleted = set(formset.deleted_forms)
        kept = [row for row in formset.forms if row not in deleted and row.has_changed()]
        rows[formset.model] = [row.instance for row in kept]
    blocks = [block for model in BLOCKS for block in rows.get(model, [])]
    titles = sorted(rows.get(ArticleTitle, []), key=lambda link: link.position)
    bylines = sorted(rows.get(Byline, []), key=lambda byline: byline.position)
    return contents.WorkingCopy(
        article=form.instance,
        blocks=sorted(blocks, key=lambda block: block.ordering),
        titles=[link.title for link in titles],
        authors=[byline.author for byline in bylines],
        topics=sorted(form.cleaned_data["topics"], key=lambda topic: topic.name),
    )


def _parent(model: type[Model]) -> str:
    """The column of a part that names its article."""
    return "parent" if issubclass(model, Block) else "article"


def number_anew(data: QueryDict, prefix: str, stored: set[str]) -> None:
    """Put rows with a stored number first and take the numbers from all others, in place."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not total.isdecimal() or len(total) > 4:
        return
    numbered = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-(\w+)")
    rows: dict[int, dict[str, list[str]]] = {}
    for name in list(data):
        found = numbered.fullmatch(name)
        if found and int(found[1]) < int(total):
            rows.setdefault(int(found[1]), {})[found[2]] = data.pop(name)
    known, new = [], []
    for _, row in sorted(rows.items()):
        if row.get("id", [""])[-1] in stored:
            known.append(row)
        elif "DELETE" not in row:
            new.append({**row, "id": [""]})
    for index, row in enumerate([*known, *new]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{index}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(known))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(known) + len(new))
