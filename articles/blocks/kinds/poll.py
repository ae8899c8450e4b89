"""A poll in the text: readers vote where they read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import models

from articles.blocks.base import Block, FreezeContext, Frozen, Line, PrintedText
from articles.blocks.feed_html import POLL, paragraph
from articles.blocks.page import Page, register_loader
from polls import panel
from polls.models import Poll


def _load_panels(keys: Iterable[int], page: Page) -> Mapping[int, panel.Panel]:
    is_preview = not page.takes_answers
    return {
        key: panel.public_panel(poll, article_url=page.address, is_preview=is_preview)
        for key, poll in panel.polls_by_pk(keys).items()
    }


register_loader(Poll, _load_panels)


class PollBlock(Block):
    """A poll, printed as it is when the page is read."""

    kind = "poll"
    icon = "ballot"
    button_order = 50
    autocomplete_fields = ("poll",)

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="blocks")

    class Meta(Block.Meta):
        verbose_name = "poll"

    def __str__(self) -> str:
        return ""

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        # The question is for comparisons. Readers get the poll's own, which may be a spoiler.
        return {"kind": self.kind, "poll": self.poll_id, "question": self.poll.question}

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        return {"poll_id": frozen["poll"]}

    @classmethod
    def page_html(cls, frozen: Frozen, page: Page) -> str:
        return cls.render({**frozen, "panel": page.row(Poll, frozen["poll"])})

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        return paragraph(POLL)

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        return ""  # the poll may get a spoiler warning later

    @classmethod
    def scripts(cls, frozen: Frozen, page: Page) -> Iterable[str]:
        shown = page.row(Poll, frozen["poll"])
        return ("polls/vote.js",) if shown and shown.needs_script else ()

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        if row is None:
            return
        warning = row.spoiler_warning
        for text in (row.question, row.introduction, *(each.text for each in row.choices.all())):
            yield PrintedText(text, is_hidden=bool(warning))
        yield PrintedText(warning)

    @classmethod
    def rows_with_texts(cls) -> "models.QuerySet[Any]":
        return Poll.objects.prefetch_related("choices")

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        yield Line("Question", frozen["question"])

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        return f"The poll “{frozen['question']}” no longer exists."
