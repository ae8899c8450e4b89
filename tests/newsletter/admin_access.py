"""What the tests of the desk's side share: people with permissions, addresses of pages."""

from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.articles.factories import make_user

APP = "newsletter"
#: What an editor of newsletters doesn't have, who is no member of the audience desk.
AUDIENCE_ONLY = {
    "view_address",
    "export_subscribers",
    "export_subscriber",
    "erase_subscriber",
    "suppress_subscriber",
}


def make_staff(*, without=(), only=None, **fields):
    """A member of staff with all permissions on newsletters but some, or with some only."""
    permissions = Permission.objects.filter(content_type__app_label=APP)
    if only is not None:
        permissions = permissions.filter(codename__in=only)
    user = make_user(**fields)
    user.user_permissions.set(permissions.exclude(codename__in=without))
    return user


def page(model, view, *arguments, **query):
    """The address of a page of the admin."""
    return reverse(f"admin:{APP}_{model}_{view}", args=arguments, query=query)


def rows(client, model, **query):
    """What a list shows."""
    return list(client.get(page(model, "changelist"), query).context["cl"].result_list)
