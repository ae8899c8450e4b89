"""Two users saving one article: the second one chooses between both texts, block by block.

The form carries the number of the save that it was loaded with. If the article was saved since,
nothing is saved: the text of the form is frozen into a signed ticket, and a page of its own asks
for a choice at each place where the two texts differ.
"""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from articles.admin.article_page import ArticlePage
from articles.admin.autosave import confirm_saved, is_recovery
from articles.blocks import BLOCKS, PARTS, Block
from articles.comparing import merging
from articles.models import Article, ArticleTitle, Byline, Revision
from articles.publishing import revisions, snapshot
from newsroom.desk.pages import parse_pk, staff_user

if TYPE_CHECKING:
    from articles.admin.article import ArticleAdmin

_SALT = "articles.clash"
#: Rows of a formset, and digits of their number, that are looked at.
_MAX_FORMS_DIGITS = 4


class OutdatedForm(forms.ModelForm):
    """A form with a text older than the stored one: it is shown again, never saved."""

    def clean(self) -> dict[str, Any] | None:
        """Add an error that says what to do."""
        self.add_error(
            None,
            "Somebody else has saved this article in the meantime. Your text is not lost: correct "
            "the fields marked below and save again, and you will see both texts.",
        )
        return super().clean()


def is_outdated(request: HttpRequest) -> bool:
    """Return whether the request's form was found to be older than the stored text."""
    return hasattr(request, "has_outdated_form")


def find_clash(
    model_admin: "ArticleAdmin", request: HttpRequest, article: Article
) -> HttpResponse | None:
    """Return the page that asks, if the form is older than the stored text and valid.

    Return None if the form can be saved, or has to be shown again. Locks the article.
    """
    if request.POST.get("_version") == str(revisions.locked_version(article)):
        revisions.record_before_first_save(article)
        return None
    if is_recovery(request):
        return None
    mine = _freeze_form(model_admin, request, article)
    if mine is None:
        return None
    base = request.POST.get("_version", "")
    ticket = {"article": article.pk, "base": base, "mine": mine}
    return ClashPage(model_admin).ask(request, article, ticket)


def _freeze_form(
    model_admin: "ArticleAdmin", request: HttpRequest, article: Article
) -> snapshot.Content | None:
    """Return the form's text as frozen content, or None if the form is not valid.

    The article's stored parts are deleted while the form is read, and then restored.
    """
    form_class = model_admin.get_form(request, article, change=True)
    # From here on nothing is saved, and rows that are not stored count as new ones.
    request.has_outdated_form = True  # type: ignore[attr-defined]  # an attribute of our own
    savepoint = transaction.savepoint()
    try:
        for model in PARTS:
            model._default_manager.filter(**{_parent_field(model): article}).delete()
        form = form_class(request.POST, request.FILES, instance=article)
        formsets, _ = model_admin._create_formsets(request, article, change=True)
        if not all_valid(formsets) or not form.is_valid():
            return None
        return snapshot.freeze_copy(_working_copy(form, formsets))
    finally:
        transaction.savepoint_rollback(savepoint)
        article.refresh_from_db()


def _working_copy(form: Any, formsets: list[Any]) -> snapshot.WorkingCopy:
    """Return the unsaved working copy that a valid form and its formsets hold."""
    rows: dict[Any, list[Any]] = {}
    for formset in formsets:
        deleted = set(formset.deleted_forms)
        kept = [row for row in formset.forms if row not in deleted and row.has_changed()]
        rows[formset.model] = [row.instance for row in kept]
    blocks = [block for model in BLOCKS for block in rows.get(model, [])]
    titles = sorted(rows.get(ArticleTitle, []), key=lambda link: link.position)
    bylines = sorted(rows.get(Byline, []), key=lambda byline: byline.position)
    return snapshot.WorkingCopy(
        article=form.instance,
        blocks=sorted(blocks, key=lambda block: block.ordering),
        titles=[link.title for link in titles],
        authors=[byline.author for byline in bylines],
        topics=sorted(form.cleaned_data["topics"], key=lambda topic: topic.name),
    )


class ClashPage(ArticlePage):
    """Asks which of two texts to keep at each place, and saves the answers."""

    route = "<int:pk>/clash/"
    name = "clash"
    title = "Two texts"
    template = "admin/articles/article/clash.html"
    stylesheets = ("articles/clash.css",)

    def may_open(self, request: HttpRequest, row: Article) -> bool:
        """Return whether this user may replace the article's text."""
        return self.may_replace_text(request, row)

    def get(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Redirect to the form: without a form that was sent there is nothing to ask."""
        return HttpResponseRedirect(self.model_admin.address("change", row.pk))

    def post(self, request: HttpRequest, row: Article) -> HttpResponse:
        """Save the answers, unless the article was saved once more: then ask again."""
        try:
            ticket = signing.loads(request.POST.get("ticket", ""), salt=_SALT)
        except signing.BadSignature:
            ticket = {}
        if ticket.get("article") != row.pk:
            return self.get(request, row)
        with transaction.atomic():
            if request.POST.get("theirs") != str(revisions.locked_version(row)):
                messages.warning(
                    request, "Somebody has saved the article once more. Please look again."
                )
                return self.ask(request, row, ticket)
            self._save_merged(request, row, ticket)
        response = HttpResponseRedirect(self.model_admin.address("change", row.pk))
        confirm_saved(request, response)
        return response

    def ask(
        self, request: HttpRequest, article: Article, ticket: dict[str, Any]
    ) -> TemplateResponse:
        """Return the page with both texts of a ticket: article, base (a save's number), mine."""
        return self.render(
            request,
            article,
            title="Somebody else has saved this article",
            last=article.revisions.without_content().first(),
            plan=_merge_plan(article, ticket),
            autosave_token=request.POST.get("_autosave", ""),
            ticket=signing.dumps(ticket, salt=_SALT, compress=True),
        )

    def _save_merged(self, request: HttpRequest, article: Article, ticket: dict[str, Any]) -> None:
        content = _merge_plan(article, ticket).merge(request.POST)
        note = f"two texts of save {ticket['base']} put together"
        user = staff_user(request)
        restored = revisions.restore(article, content, by=user, note=note)
        article.refresh_from_db()
        self.model_admin.transition_handler.return_to_review(request, article)
        self.model_admin.log_change(request, article, f"Saved: {note}.")
        messages.success(
            request, "Both texts are put together and saved. Please look the article over."
        )
        for sentence in restored.left_out:
            messages.warning(request, sentence)


def _merge_plan(article: Article, ticket: dict[str, Any]) -> merging.Plan:
    base, number = None, parse_pk(ticket["base"])
    if number is not None:
        base = Revision.objects.filter(article=article, number=number).first()
    theirs = snapshot.freeze(article)
    return merging.plan(theirs, ticket["mine"], base.content if base else None)


def make_unknown_rows_new(
    model: type[Model], article: Article, data: QueryDict, prefix: str
) -> None:
    """Turn rows of a formset's data that are not stored any more into new rows, in place.

    Django shows only as many existing rows as are stored, which would lose the others' text.
    """
    stored = model._default_manager.filter(**{_parent_field(model): article})
    renumber_rows(data, prefix, set(map(str, stored.values_list("pk", flat=True))))


def _parent_field(model: type[Model]) -> str:
    """Return the name of a part's foreign key to its article."""
    return "parent" if issubclass(model, Block) else "article"


def renumber_rows(data: QueryDict, prefix: str, stored: set[str]) -> None:
    """Put a formset's rows with a stored id first, and remove the id from all others."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not total.isdecimal() or len(total) > _MAX_FORMS_DIGITS:
        return
    field_name = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,4}})-(\w+)")
    rows: dict[int, dict[str, list[str]]] = {}
    for name in list(data):
        found = field_name.fullmatch(name)
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
