"""Steps that a row of the admin can take: who may, when it makes sense, what it asks.

The pages that ask, the buttons that save and take a step, and the bulk actions are the same for
every model whose admin inherits from :class:`StepPages`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from newsroom.desk.transitions import TransitionRefused
from newsroom.models import User

#: Rows that one bulk step takes at the most; each is a transaction of its own.
MAX_BULK = 100
_CHANGED = "Something was changed since this question came up. Look at it again."
_WARNED = "Look at the warning above the button before you go on. Nothing was done yet."

Row = TypeVar("Row", bound=Model)
Standing = TypeVar("Standing")


class MomentField(forms.DateTimeField):
    """A day and a time in the newsroom's zone, with the browser's own picker."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class StepForm(forms.Form):
    """A step that asks nothing but “sure?”."""


@dataclass(frozen=True, slots=True)
class Step(Generic[Row, Standing]):
    """One step: ``run`` gets row, member of staff and answers, and returns a message.

    The message is the rest of a sentence that begins with the row: “is in review now”.
    """

    name: str
    label: str
    question: str
    permission: str
    applies: Callable[[Standing], bool]
    run: Callable[[Row, User, dict[str, Any]], str]
    form: type[StepForm] = StepForm
    #: What the form shows at first.
    initial: Callable[[Standing], dict[str, Any]] = lambda standing: {}
    #: Whether a page asks first; what changes nothing for readers just happens.
    asks: bool = True
    in_bulk: bool = False
    #: Whether the row is gone afterwards.
    removes: bool = False

    @property
    def plain_label(self) -> str:
        """The label without the dots that announce a question."""
        return self.label.rstrip("…")


def staff(request: HttpRequest) -> User:
    """The member of staff behind a request that the admin let in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class StepPages(admin.ModelAdmin, Generic[Row]):
    """What a model's admin knows of steps. Every door to one ends in :meth:`take`.

    The pages are ``admin:<app>_<model>_step`` (row, step) and ``admin:<app>_<model>_bulk`` (step,
    with ``?ids=1,2``). They are printed by ``admin/<app>/<model>/step.html`` where that exists,
    else by ``admin/step.html``.
    """

    steps: ClassVar[Mapping[str, Step]]
    #: Whether only who may change a row takes steps with it; else whoever may look at it.
    steps_change: ClassVar[bool] = True

    # What a subclass may say of its rows

    def reachable_rows(self, request: HttpRequest) -> QuerySet[Row]:
        """Those that this member of staff may reach, with what the pages print of them."""
        return self.get_queryset(request)

    def standing(self, row: Row) -> Any:
        """Where a row, which may be unsaved, stands: for ``applies``, ``initial`` and templates."""
        return row

    def version_of(self, row: Row) -> str:
        """What a question is about: where it is another when the answer comes, it asks again."""
        return str(row.pk)

    def step_context(
        self, request: HttpRequest, step: Step, standings: Sequence[Any]
    ) -> dict[str, Any]:
        """What else the page that asks prints."""
        return {}

    def warnings(
        self, step: Step, rows: Sequence[Row], answers: Mapping[str, Any]
    ) -> Sequence[tuple[Row, Sequence[Any]]]:
        """What to know before taking a step: rows, each with its warnings.

        ``answers`` is empty until the form is complete. The page that asks gets them as
        ``warnings``, to print above its button; while one of them, known again by its ``repr``,
        was not on the page that an answer comes from, it asks again.
        """
        return []

    # Who may

    def reachable(self, request: HttpRequest, pk: int) -> Row:
        """A row that this member of staff may look at, or 404."""
        row = self.reachable_rows(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def may_take(self, request: HttpRequest, step: Step, row: Row | None = None) -> bool:
        """Whether this member of staff may take a step, with this row if one is given."""
        reaches = self.has_change_permission if self.steps_change else self.has_view_permission
        return staff(request).has_perm(step.permission) and reaches(request, row)

    def steps_for(self, request: HttpRequest, standing: Any) -> list[Step]:
        """Those that make sense now and that this member of staff has the permission for."""
        user = staff(request)
        return [
            step
            for step in self.steps.values()
            if user.has_perm(step.permission) and step.applies(standing)
        ]

    # The pages that ask

    def get_urls(self) -> list[URLPattern]:
        """The steps' pages before the stock ones."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name=self._named("step")),
            path("step/<slug:name>/", wrap(self.bulk_view), name=self._named("bulk")),
            *super().get_urls(),
        ]

    def _named(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self._named(page)}", args=args)

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask, then take one step with one row."""
        row = self.reachable(request, pk)
        return self._step_page(request, name, [row], self._address("change", pk))

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask, then take one step with each of several rows."""
        ids = request.GET.get("ids", "").split(",")[: MAX_BULK + 1]
        numbers = [int(pk) for pk in ids if pk.isdecimal() and len(pk) < 19]
        step = self.steps.get(name)
        if step is None or not step.in_bulk or len(numbers) > MAX_BULK:
            raise Http404
        rows = list(self.reachable_rows(request).filter(pk__in=numbers))
        if not rows:
            raise Http404
        return self._step_page(request, name, rows, self._address("changelist"))

    def _step_page(
        self, request: HttpRequest, name: str, rows: list[Row], back: str
    ) -> HttpResponse:
        step = self.steps.get(name)
        if step is None:
            raise Http404
        self._check(request, step, rows)
        standings = [self.standing(row) for row in rows]
        sent = request.POST if request.method == "POST" else None
        form = step.form(sent, initial=step.initial(standings[0]))
        answers = form.cleaned_data if form.is_valid() else {}
        asked = {"title": step.question, "step": step, "form": form}
        asked |= self._said(step, rows, answers)
        if sent is not None and (again := self._why_again(sent, asked)):
            messages.warning(request, again)
        elif form.is_valid():
            self.take(request, step, rows, answers)
            return HttpResponseRedirect(self._address("changelist") if step.removes else back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "rows": rows,
            "standings": standings,
            "back": back,
            **asked,
            **self.step_context(request, step, standings),
        }
        own = f"admin/{self.opts.app_label}/{self.opts.model_name}/step.html"
        return TemplateResponse(request, [own, "admin/step.html"], context)

    def _said(self, step: Step, rows: Sequence[Row], answers: Mapping[str, Any]) -> dict[str, Any]:
        """What an answer has to be about, for the page and, in short, for its hidden fields."""
        warnings = self.warnings(step, rows, answers)
        texts = (f"{row.pk}: {warning!r}" for row, several in warnings for warning in several)
        return {
            "versions": ",".join(self.version_of(row) for row in rows),
            "warnings": warnings,
            "warned": ",".join(sha256(text.encode()).hexdigest()[:16] for text in texts),
        }

    @staticmethod
    def _why_again(sent: Mapping[str, str], said: Mapping[str, Any]) -> str:
        """Why an answer is not about what the page would say now; "" where it is."""
        if sent.get("versions", said["versions"]) != said["versions"]:
            return _CHANGED
        known = {"", *sent.get("warned", "").split(",")}
        return "" if known.issuperset(said["warned"].split(",")) else _WARNED

    # Taking a step

    def take(
        self, request: HttpRequest, step: Step, rows: Sequence[Row], answers: dict[str, Any]
    ) -> None:
        """Take a step with each row, with a message for each refusal.

        Raises ``PermissionDenied`` before anything is done where one may not be touched.
        """
        self._check(request, step, rows)
        done = []
        for row in rows:
            link = format_html('<a href="{}">{}</a>', self._address("change", row.pk), row)
            try:
                outcome = step.run(row, staff(request), answers)
            except TransitionRefused as refusal:
                messages.error(request, format_html("{}: {}", link, refusal))
            else:
                self._log(request, step, row, f"{step.plain_label}: it {outcome}.")
                done.append(format_html("{} {}.", row if step.removes else link, outcome))
        if len(done) > 1:
            several = f"{len(done)} {self.opts.verbose_name_plural}"
            messages.success(request, f"{step.plain_label}: done with {several}.")
        elif done:
            messages.success(request, done[0])

    @staticmethod
    def _log(request: HttpRequest, step: Step, row: Row, told: str) -> None:
        """As the admin logs; of a row that is gone it doesn't make a link."""
        flag = DELETION if step.removes else CHANGE
        LogEntry.objects.log_actions(staff(request).pk, [row], flag, told, single_object=True)

    def _check(self, request: HttpRequest, step: Step, rows: Iterable[Row]) -> None:
        if not all(self.may_take(request, step, row) for row in rows):
            raise PermissionDenied

    def ask_in_bulk(
        self, request: HttpRequest, name: str, queryset: QuerySet[Row]
    ) -> HttpResponseRedirect | None:
        """Lead a bulk action to the page that asks; None, and a message, for too many rows."""
        keys = list(queryset.values_list("pk", flat=True)[: MAX_BULK + 1])
        if len(keys) > MAX_BULK:
            several = f"{MAX_BULK} {self.opts.verbose_name_plural}"
            messages.error(request, f"Choose at most {several} at a time.")
            return None
        ids = ",".join(map(str, keys))
        return HttpResponseRedirect(f"{self._address('bulk', name)}?ids={ids}")

    # The form, which ends in a step where the button that saves it names one

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With ``standing`` (None while the row is unsaved), and ``steps`` for buttons."""
        row = kwargs.get("obj")
        saved = row if row is not None and row.pk is not None else None
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        standing = self.standing(saved or self.model())
        may_change = response.context_data["has_change_permission"]
        open_to_steps = saved is None or may_change or not self.steps_change
        response.context_data |= {
            "standing": standing if saved else None,
            "steps": self.steps_for(request, standing) if open_to_steps else [],
        }
        return response

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """As Django's, or a step."""
        return self._step_after(request, obj) or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """As Django's, or a step."""
        return self._step_after(request, obj) or super().response_change(request, obj)

    def _step_after(self, request: HttpRequest, row: Row) -> HttpResponse | None:
        step = self.steps.get(request.POST.get("_step", ""))
        if step is None:
            return None
        if not self.may_take(request, step, row):
            messages.error(request, "Saved. That step needs an editor.")
            return None
        if step.asks:
            return HttpResponseRedirect(self._address("step", row.pk, step.name))
        self.take(request, step, [row], {})
        return HttpResponseRedirect(self._address("change", row.pk))
