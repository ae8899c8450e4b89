"""The base class of every kind of block, and the small types that its methods use.

A kind is one module in ``articles/blocks/kinds``: a model that inherits from :class:`Block` and
defines everything that the rest of the project needs to know of it. ``articles.blocks.checks``
stops the start where a kind leaves something out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from content_editor.models import create_plugin_base
from django.db import models
from django.template.loader import get_template

from articles.blocks.scope import Scope
from articles.models.article import REGION, Article

if TYPE_CHECKING:
    from articles.blocks.page import Page

#: A block as an edition keeps it: ``{"kind": "photo", ...}``, serialisable as JSON.
Frozen = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FreezeContext:
    """The article's titles, which blocks need when they are frozen."""

    #: Names of titles by primary key.
    names: Mapping[int, str]
    #: The name of the article's first title, "" for none.
    first_title: str
    #: The primary key of the article's first title.
    first_work: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block in a comparison."""

    label: str
    text: str
    #: The HTML, where formatting is to be compared too.
    markup: str = ""


@dataclass(frozen=True, slots=True)
class PrintedText:
    """One text that a block prints, for the warnings before publishing."""

    text: str
    #: The field's name in a warning; "" for a text that no warning is about.
    label: str = ""
    #: Whether readers have to open something in the block to read it.
    is_hidden: bool = False
    #: The scope that a spoiler box in the block prints while it is closed.
    scope: Scope | None = None


class Block(create_plugin_base(Article)):  # type: ignore[misc]
    """A block of a working copy's body.

    A row of the model is a block that editors edit. The class methods work on its frozen form.
    """

    #: Names the kind in frozen content, and the template ``articles/blocks/<kind>.html``.
    kind: ClassVar[str]
    #: The Material icon of the button that adds one.
    icon: ClassVar[str]
    #: The place of that button, from the left.
    button_order: ClassVar[int]
    #: Attributes of the form's widgets, by field.
    widget_attrs: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    #: Foreign keys that are chosen by typing.
    autocomplete_fields: ClassVar[tuple[str, ...]] = ()
    #: Whether the page prints it by its template.
    has_template: ClassVar[bool] = True
    #: Whether a spoiler section ends with this block.
    ends_section: ClassVar[bool] = False
    #: Whether its lines are paragraphs, which are paired one by one when they are compared.
    has_paragraphs: ClassVar[bool] = False

    class Meta:
        abstract = True
        ordering = ["ordering", "id"]
        constraints = [
            # A block in another region would be left out at freezing: a spoiler start, say.
            models.CheckConstraint(
                condition=models.Q(region=REGION), name="%(app_label)s_%(class)s_region"
            )
        ]

    def __str__(self) -> str:
        """A few words that tell the block from its neighbours in the form; no query."""
        raise NotImplementedError

    # From the form to an edition and back

    def freeze(self, context: FreezeContext) -> dict[str, Any]:
        """Return the block as the edition keeps it, with everything that rendering needs."""
        raise NotImplementedError

    @classmethod
    def restore(cls, frozen: Frozen) -> dict[str, Any]:
        """Return the model's columns of a frozen block."""
        raise NotImplementedError

    def titles_named(self) -> set[int]:
        """Return primary keys of the titles whose names freezing writes into the block."""
        return set()

    # For readers

    @classmethod
    def page_html(cls, frozen: Frozen, page: "Page") -> str:
        """Return the block as HTML for the article's page."""
        raise NotImplementedError

    @classmethod
    def feed_html(cls, frozen: Frozen) -> str:
        """Return the block as HTML for feeds, without anything in a spoiler box; "" for none.

        See ``articles.blocks.feed_html`` for placeholders that a feed fills in.
        """
        raise NotImplementedError

    @classmethod
    def search_text(cls, frozen: Frozen) -> str:
        """Return the block's plain text, without anything in a spoiler box; "" for none."""
        raise NotImplementedError

    @classmethod
    def scripts(cls, frozen: Frozen, page: "Page") -> Iterable[str]:
        """Return the static paths of the modules that the block needs on the page."""
        return ()

    # Spoilers

    @classmethod
    def section_scope(cls, frozen: Frozen) -> Scope | None:
        """Return the scope of the spoiler section that begins with this block, if one does."""
        return None

    @classmethod
    def box_scopes(cls, frozen: Frozen) -> Iterator[Scope]:
        """Return the scopes of all spoiler boxes inside the block, nested ones included."""
        yield from ()

    @classmethod
    def outer_box_scopes(cls, frozen: Frozen) -> Iterator[Scope]:
        """Return the scopes of the spoiler boxes inside the block that are in no other box."""
        yield from ()

    @classmethod
    def printed_texts(cls, frozen: Frozen, number: int, row: Any) -> Iterator[PrintedText]:
        """Return every text that the block prints, for the warnings before publishing.

        ``number`` counts the blocks of this kind from 1. ``row`` is the row of
        :meth:`rows_with_texts` that the block refers to; None for none.
        """
        raise NotImplementedError

    @classmethod
    def rows_with_texts(cls) -> "models.QuerySet[Any] | None":
        """Return the rows with the texts that blocks of this kind print; None for none.

        They are found by the primary key that the block's first foreign key holds.
        """
        return None

    # Comparing and restoring

    @classmethod
    def lines(cls, frozen: Frozen) -> Iterator[Line]:
        """Return every word of the block as lines to read and compare."""
        raise NotImplementedError

    @classmethod
    def identity(cls, frozen: Frozen) -> int | str | None:
        """Return the thing that the block shows, such as a photo's key, by which two are paired."""
        return None

    @classmethod
    def picture(cls, frozen: Frozen) -> str:
        """Return the name of the picture's file that the block shows, "" for none."""
        return ""

    @classmethod
    def missing_message(cls, frozen: Frozen, field: str) -> str:
        """Return a sentence for editors: the row that a foreign key names no longer exists."""
        raise NotImplementedError

    @classmethod
    def restore_without(
        cls, frozen: Frozen, columns: dict[str, Any], field: str
    ) -> dict[str, Any] | None:
        """Return the columns without a foreign key whose row is gone; None to drop the block."""
        found = cls._meta.get_field(field)
        return {**columns, found.attname: None} if found.null else None

    # References to rows of other models, which follow from the model's foreign keys

    @classmethod
    def reference_fields(cls) -> tuple["models.ForeignKey[Any, Any]", ...]:
        """Return the foreign keys of the model, without the one that names the article."""
        return tuple(
            field
            for field in cls._meta.local_concrete_fields
            if isinstance(field, models.ForeignKey) and field.name != "parent"
        )

    @classmethod
    def references(cls, frozen: Frozen) -> Iterator[tuple["models.ForeignKey[Any, Any]", int]]:
        """Return each foreign key of a frozen block with the primary key that it holds."""
        fields = cls.reference_fields()
        columns = cls.restore(frozen) if fields else {}
        for field in fields:
            if key := columns.get(field.attname):
                yield field, key

    @classmethod
    def get_queryset(cls) -> models.QuerySet[Any]:
        """Return the rows with what freezing reads; called by the content editor."""
        queryset: models.QuerySet[Any] = cls._default_manager.all()
        names = [field.name for field in cls.reference_fields()]
        return queryset.select_related(*names) if names else queryset

    # For the methods above

    @classmethod
    def kind_label(cls) -> str:
        """Return the kind's name for people: “Pull quote”."""
        return str(cls._meta.verbose_name).capitalize()

    @classmethod
    def template_name(cls) -> str:
        """Return the name of the template of the article's page."""
        return f"articles/blocks/{cls.kind}.html"

    @classmethod
    def render(cls, block: Frozen) -> str:
        """Render the template with ``block``."""
        return get_template(cls.template_name()).render({"block": block})
