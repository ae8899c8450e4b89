"""A newsletter's sign-up form in the text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.page import Page, register_loader
from newsletter.forms import SignUpForm
from newsletter.models import Newsletter
from newsletter.sign_up_forms import Placement, new_forms


def _load_forms(keys: Iterable[int], page: Page) -> Mapping[int, SignUpForm]:
    preview = not page.takes_answers
    return new_forms(keys, page=page.address, placement=Placement.ARTICLE, preview=preview)


register_loader(Newsletter, _load_forms)


class SignUpBlock(Block):
    """A newsletter's form, printed as it is when the page is read."""

    kind = "signup"
    icon = "mail"
    button_order = 60
    autocomplete_fields = ("newsletter",)

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="blocks")

    class Meta(Block.Meta):
        verbose_name = "sign-up"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        # The name is for comparisons. Readers get the form as it is when they read.
        return {"kind": self.kind, "newsletter": self.newsletter_id, "name": self.newsletter.name}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {"newsletter_id": frozen["newsletter"]}

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return cls.render({**frozen, "sign_up_form": page.row(Newsletter, frozen["newsletter"])})

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return ""

    @classmethod
    def scripts(cls, frozen: Frozen, page: Page) -> Iterable[str]:
        form = page.row(Newsletter, frozen["newsletter"])
        return ("newsletter/sign-up.js",) if form else ()

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        yield PrintedText(frozen["name"])

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Newsletter", frozen["name"])

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        return f"The newsletter “{frozen['name']}” no longer exists."
