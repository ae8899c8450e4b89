"""Shared by the admin's tests: staff with chosen permissions, URLs of pages, rows of lists."""

from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.articles.factories import make_user

APP = "newsletter"
#: The permissions that only the audience group has.
AUDIENCE_ONLY = {
    "view_address",
    "export_subscribers",
    "export_subscriber",
    "erase_subscriber",
    "suppress_subscriber",
}


def make_staff(*, without=(), only=None, **fields):
    """Return a member of staff with all newsletter permissions but some, or with ``only`` some."""
    permissions = Permission.objects.filter(content_type__app_label=APP)
    if only is not None:
        permissions = permissions.filter(codename__in=only)
    user = make_user(**fields)
    user.user_permissions.set(permissions.exclude(codename__in=without))
    return user


def page(model, view, *arguments, **query):
    """Return the URL of an admin page."""
    return reverse(f"admin:{APP}_{model}_{view}", args=arguments, query=query)


def rows(client, model, **query):
    """Return the rows of a list."""
    return list(client.get(page(model, "changelist"), query).context["cl"].result_list)
