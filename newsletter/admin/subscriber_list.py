"""The list of subscribers: filters, search and columns."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from newsletter import addresses
from newsletter.models import Newsletter, Subscriber, Subscription
from newsroom.desk.lists import NoReverseLookupsAdmin
from newsroom.desk.pages import parse_pk, staff_user

VIEW_ADDRESS = "newsletter.view_address"
_NEWSLETTER = "newsletter"
_SUPPRESSED = "suppressed"


def sees_addresses(request: HttpRequest) -> bool:
    """Return whether this user may see whole addresses and other personal data."""
    return staff_user(request).has_perm(VIEW_ADDRESS)


def _with_subscription(
    queryset: QuerySet[Subscriber], request: HttpRequest, **conditions: Any
) -> QuerySet[Subscriber]:
    """Return those with one subscription that matches both filters, newsletter and state."""
    newsletter = parse_pk(request.GET.get(_NEWSLETTER, ""))
    if newsletter is not None:
        conditions["newsletter"] = newsletter
    if not conditions:
        return queryset
    found = Subscription.objects.filter(subscriber=OuterRef("pk"), **conditions)
    return queryset.filter(Exists(found))


class StateFilter(admin.SimpleListFilter):
    """Filter by the state of a subscription; combined with the other filter, of that one."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = [(state.value, str(state.label)) for state in Subscription.State]
        return [*states, (_SUPPRESSED, "Suppressed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> QuerySet[Subscriber]:
        chosen = self.value()
        if chosen == _SUPPRESSED:
            return queryset.exclude(suppression=None)
        if chosen in Subscription.State.values:
            return _with_subscription(queryset, request, state=chosen)
        return queryset


class NewsletterFilter(admin.SimpleListFilter):
    """Filter by newsletter, whatever the state of the subscription."""

    title = "newsletter"
    parameter_name = _NEWSLETTER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(newsletter.pk), newsletter.name) for newsletter in Newsletter.objects.all()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> QuerySet[Subscriber]:
        return _with_subscription(queryset, request)


class SubscriberList(NoReverseLookupsAdmin):
    """The list. Without a permission, neither columns nor search reveal an address."""

    list_filter = (StateFilter, NewsletterFilter)
    list_per_page = 50
    date_hierarchy = "created_at"
    search_help_text = "A whole address, or part of one"
    # A search term may be an address, so it is not added to the URLs of other pages.
    preserve_filters = False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the whole address for those who may see it, else the masked one."""
        name = "address_column" if sees_addresses(request) else "masked_column"
        return name, "states_column", "since_column"

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return no field, so that there is no search box, without the permission."""
        return ("address_key",) if sees_addresses(request) else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        """Return the subscriber with exactly this address, else those whose address contains it."""
        if self.get_search_fields(request):
            try:
                key = addresses.comparison_key(addresses.normalise(search_term))
            except addresses.InvalidAddress:
                pass
            else:
                if Subscriber.objects.filter(address_key=key).exists():
                    return queryset.filter(address_key=key), False
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow its own filters only: others would let users guess an address by its parts."""
        return lookup.partition("__")[0] in {"created_at", "state", _NEWSLETTER}

    # Columns

    @admin.display(description="address", ordering="address_key")
    def address_column(self, subscriber: Subscriber) -> str:
        """Return the whole address."""
        return subscriber.address

    @admin.display(description="address")
    def masked_column(self, subscriber: Subscriber) -> str:
        """Return the masked address. It can't be sorted, since the order would reveal more."""
        return subscriber.masked_address

    @admin.display(description="newsletters")
    def states_column(self, subscriber: Subscriber) -> SafeString:
        """Return a line for each subscription."""
        suppressed = ["Suppressed: nothing is sent"] if hasattr(subscriber, "suppression") else []
        return lines([*suppressed, *map(str, subscriber.subscriptions.all())])

    @admin.display(description="since", ordering="created_at")
    def since_column(self, subscriber: Subscriber) -> str:
        """Return when the subscriber was created."""
        return date_format(timezone.localtime(subscriber.created_at), "j M Y, H:i")


def lines(texts: Iterable[str]) -> SafeString:
    """Return each text on its own line."""
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts))
