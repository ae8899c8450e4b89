"""The model admin that all apps' admins inherit from: further pages, and transitions."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse

from newsroom.desk.pages import AdminPage
from newsroom.desk.transition_pages import BulkTransitionPage, TransitionHandler, TransitionPage
from newsroom.desk.transitions import Row, Transition


class DeskAdmin(admin.ModelAdmin, Generic[Row]):
    """A model admin with pages of its own and with transitions.

    The transitions' pages are ``admin:<app>_<model>_transition`` (primary key, name) and
    ``admin:<app>_<model>_bulk`` (name). On the form a button called ``_transition`` saves and
    applies one. The list offers those that are declared with ``in_bulk`` as actions.
    """

    pages: ClassVar[tuple[type[AdminPage[Any]], ...]] = ()
    #: Static files that all pages load.
    page_stylesheets: ClassVar[tuple[str, ...]] = ()
    transitions: ClassVar[Mapping[str, Transition[Any, Any]]] = {}
    transition_handler_class: ClassVar[type[TransitionHandler[Any, Any]]] = TransitionHandler

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.transition_handler = self.transition_handler_class(self)

    # Pages

    def get_urls(self) -> list[URLPattern]:
        """Return the pages' addresses, then Django's; a page replaces Django's of its name."""
        own = [
            path(page.route, self.admin_site.admin_view(page.view), name=self.url_name(page.name))
            for page in self._make_pages()
        ]
        replaced = {pattern.name for pattern in own}
        return [*own, *(each for each in super().get_urls() if each.name not in replaced)]

    def _make_pages(self) -> Iterator[AdminPage[Any]]:
        if self.transitions:
            yield TransitionPage(self)
            yield BulkTransitionPage(self)
        for page in self.pages:
            yield page(self)

    def url_name(self, page: str) -> str:
        """Return the name of a page's address within the admin's namespace."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def address(self, page: str, *args: Any) -> str:
        """Return the address of a page of this admin, Django's own pages included."""
        return reverse(f"{self.admin_site.name}:{self.url_name(page)}", args=args)

    def get_page_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        """Return the rows that this user may reach, with what the pages print of them."""
        return self.get_queryset(request)

    def get_row_or_404(self, request: HttpRequest, pk: int) -> Row:
        """Return a row that this user may view; raise ``Http404`` if there is none."""
        row = self.get_page_queryset(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    # Transitions in the list and on the form

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Add the transitions that several rows can take at once."""
        actions: dict[str, Any] = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions
        return {**actions, **self.transition_handler.get_actions(request)}

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Add ``status`` (None while the row is unsaved) and the available ``transitions``."""
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        if not self.transitions:
            return response
        row = kwargs.get("obj")
        is_saved = row is not None and row.pk is not None
        handler = self.transition_handler
        status = handler.status(row if is_saved else self.model())
        may_change = response.context_data["has_change_permission"]
        is_open = not is_saved or may_change or not handler.requires_change
        response.context_data |= {
            "status": status if is_saved else None,
            "transitions": handler.available(request, status) if is_open else [],
        }
        return response

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Apply the transition whose button was pressed, else answer as Django does."""
        applied = self.transition_handler.apply_after_save(request, obj)
        return applied or super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """Apply the transition whose button was pressed, else answer as Django does."""
        applied = self.transition_handler.apply_after_save(request, obj)
        return applied or super().response_change(request, obj)
