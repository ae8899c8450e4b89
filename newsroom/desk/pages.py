"""Pages of a model's admin besides Django's own.

An admin that inherits from :class:`newsroom.desk.model_admin.DeskAdmin` lists its pages' classes
in ``pages``.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Generic

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from newsroom.desk.transitions import Row
from newsroom.models import User

if TYPE_CHECKING:
    from newsroom.desk.model_admin import DeskAdmin

#: Digits of the longest number that fits into a primary key of 64 bits.
_MAX_DIGITS = 18


def parse_pk(text: str) -> int | None:
    """Return the primary key that a text stands for, or None if it is not a number."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None


def staff_user(request: HttpRequest) -> User:
    """Return the member of staff who sent a request that the admin let in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class AdminPage(Generic[Row]):
    """A page about one row: 404 for who may not view the row, 403 for who may not open the page.

    Its address is ``admin:<app>_<model>_<name>``. A subclass defines ``get``, ``post`` or both.
    """

    #: Below the model's own address. Begins with the row's primary key.
    route: ClassVar[str]
    name: ClassVar[str]
    title: ClassVar[str] = ""
    template: ClassVar[str]
    #: A permission that opening the page needs, besides viewing the row.
    permission: ClassVar[str] = ""
    #: Static files, after the admin's own.
    stylesheets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model_admin: "DeskAdmin[Row]") -> None:
        self.model_admin = model_admin

    def may_open(self, request: HttpRequest, row: Row) -> bool:
        """Return whether this user, who may view the row, may open the page."""
        return not self.permission or staff_user(request).has_perm(self.permission)

    def view(
        self, request: HttpRequest, pk: int | str, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Find the row for this user, check the permission, then call ``get`` or ``post``.

        ``pk`` is any text where a page replaces one of Django's, whose addresses accept that.
        """
        key = parse_pk(str(pk))
        if key is None:
            raise Http404
        row = self.model_admin.get_row_or_404(request, key)
        if not self.may_open(request, row):
            raise PermissionDenied
        answer = self.post if request.method == "POST" else self.get
        return answer(request, row, *args, **kwargs)

    def get(self, request: HttpRequest, row: Row, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer every method but POST."""
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, row: Row, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a POST; by default as a GET."""
        return self.get(request, row, *args, **kwargs)

    def render(
        self, request: HttpRequest, row: Row, *, title: str = "", **context: Any
    ) -> TemplateResponse:
        """Return the page's template with what every page about a row needs."""
        model_admin = self.model_admin
        context = {
            **model_admin.admin_site.each_context(request),
            "title": title or f"{self.title}: {row}",
            "page_title": self.title,
            "opts": model_admin.opts,
            "row": row,
            "stylesheets": (*model_admin.page_stylesheets, *self.stylesheets),
            **context,
        }
        return TemplateResponse(request, self.template, context)
