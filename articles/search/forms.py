"""The search form, which is submitted with GET."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.http import urlencode
from django.utils.timezone import make_aware

from articles.models import Hub
from articles.search.terms import MAX_CHARACTERS, SearchTerms
from articles.site import masthead

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
BAD_DATE = "Write the date like this: 2026-03-31."
BAD_YEAR = "Choose a year from 1900 to 2199."
BAD_ORDER = "This day is before the first one. Swap the two, or leave one empty."
BAD_HUB = "There is no such hub. Choose one from the list."


class QueryField(forms.CharField):
    """A query of any text."""

    widget = forms.TextInput(
        attrs={"type": "search", "maxlength": MAX_CHARACTERS, "enterkeyhint": "search"}
    )

    def to_python(self, value: Any) -> str:
        """Return the text on one line, without NUL, which PostgreSQL refuses."""
        text = super().to_python(value) or ""
        return " ".join(text.replace("\0", " ").split())


class DayField(forms.DateField):
    """A day in the site's time zone."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        validators = [MinValueValidator(EARLIEST, BAD_YEAR), MaxValueValidator(LATEST, BAD_YEAR)]
        messages = {"invalid": BAD_DATE}
        super().__init__(required=False, validators=validators, error_messages=messages, **kwargs)


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


class SearchForm(forms.Form):
    """The query and its filters; all fields may be empty."""

    q = QueryField(label="Words to look for", required=False)
    hub = forms.ChoiceField(required=False, error_messages={"invalid_choice": BAD_HUB})
    to = DayField(label="To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "search-%s", **kwargs})
        # “from” is a keyword of Python.
        self.fields["from"] = DayField(label="From")
        self.order_fields(["q", "hub", "from", "to"])
        self.hubs: dict[str, Hub] = {hub.slug: hub for hub in masthead.hubs()}
        hubs = [(slug, hub.name) for slug, hub in self.hubs.items()]
        self.fields["hub"].choices = [("", "All hubs"), *hubs]  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        """Return the query, shortened; its words are :attr:`terms`."""
        query: str = self.cleaned_data["q"]
        self.terms = SearchTerms.parse(query)
        return query[:MAX_CHARACTERS]

    def clean(self) -> dict[str, Any]:
        """Check the order of the days."""
        given = self.cleaned_data
        if given.get("from") and given.get("to") and given["to"] < given["from"]:
            self.add_error("to", forms.ValidationError(BAD_ORDER, code="order"))
        return given

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is used."""
        return any(self.cleaned_data.get(name) for name in ("hub", "from", "to"))

    def condition(self) -> Q:
        """Return the filters as a condition on editions."""
        given, condition = self.cleaned_data, Q()
        if given["hub"]:
            condition &= Q(hub=self.hubs[given["hub"]].pk)
        if given["from"]:
            condition &= Q(first_published__gte=_midnight(given["from"]))
        if given["to"]:
            condition &= Q(first_published__lt=_midnight(given["to"] + timedelta(days=1)))
        return condition

    def query_string(self, *names: str) -> str:
        """Return the query string of the same search, or of some of its fields."""
        given = self.cleaned_data
        return urlencode([(name, str(given[name])) for name in names or given if given[name]])
