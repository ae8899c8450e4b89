"""Data for a request to each address, valid if the user has the permission."""

import secrets

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ForeignKey

from articles.blocks import TextBlock
from tests.articles.admin_forms import form_data
from tests.articles.factories import make_picture
from tests.permissions.addresses import path_of
from tests.permissions.world import (
    HELD_NETWORK,
    OF_NEWSLETTERS,
    PASSWORD,
    content_type,
    rows,
    spares,
    ticket,
)

NEW_PASSWORD = secrets.token_urlsafe()
PLACES = {"availability-TOTAL_FORMS": 0, "availability-INITIAL_FORMS": 0}
#: Transitions that require an article in review.
OF_REVIEW = {"approve", "send-back"}

#: Pages and transitions that require a poll in another state.
OTHER_POLLS = {
    "record": "closed_poll",
    "transition[reopen]": "closed_poll",
    "bulk[reopen]": "closed_poll",
    "transition[record]": "unrecorded_poll",
    "transition[unarchive]": "archived_poll",
}

#: Pages and transitions tested with another row than the rest of the model's pages.
OTHER_ROWS = {
    "newsletter_policyversion_change[coming]": "spare_policyversion",
    "newsletter_wording_change[coming]": "spare_wording",
    "newsletter_subscriber_transition[lift]": "suppressed_subscriber",
    # An erasure is recorded outside of the transaction, so it is not rolled back.
    "newsletter_subscriber_transition[erase]": "spare_subscriber",
}

TRANSITION_ANSWERS = {
    "send-back": {"note": "Shorter, please"},
    "correct": {"note": "The year is 2090"},
    "schedule": {"at": "2089-01-01T10:00"},
    "expire": {"at": "2091-01-01T10:00"},
    "withdraw": {"reason": "A lawyer called", "notice": ""},
}


class Target:
    """A request to an address: path, query and form data."""

    def __init__(self, world, address, key, side):
        self.world, self.side, self.key = world, side, key
        self.name, _, variant = key.partition("[")
        self.variant = variant.rstrip("]")
        self.model, self.page = _model_and_page(address)
        deletes = self.page == "delete" and self.variant != "used"
        self.row = (spares if deletes else rows)(world, side).get(self.model)
        if self.variant in OF_REVIEW:
            self.row = side.draft
        other = OTHER_POLLS.get(key.removeprefix("polls_poll_")) or OTHER_ROWS.get(key)
        if other:
            self.row = getattr(world, other)
        self.path = path_of(address, self._arguments())
        self.query = self._query()

    def _arguments(self):
        key = self.row.pk if self.row is not None else ""
        found = rows(self.world, self.side).get(self.variant)
        return {
            "object_id": found.pk if self.name == "view_on_site" else key,
            "content_type_id": content_type(self.variant) if self.name == "view_on_site" else "",
            "pk": key,
            "id": self.world.colleague.pk,
            "name": self.variant,
            "version": "r1",
            "number": 1,
            "network": HELD_NETWORK.hex(),
            "decision": self.world.decision.pk,
            "app_label": self.variant,
            "url": "nothing/of/the/kind/",
        }

    def _query(self):
        if self.page == "bulk":
            return f"?ids={self.row.pk}"
        if self.name == "autocomplete" and self.variant:
            model, _, field = self.variant.partition(".")
            return f"?app_label=articles&model_name={model}&field_name={field}&term="
        return ""

    @property
    def address(self):
        return self.path + self.query

    def data(self, user):
        """Return the form data; logging in and changing a password depend on the user."""
        if self.page == "delete":
            return {"post": "yes"}
        if self.page == "changelist" and self.variant in {"delete_selected", "used"}:
            row = (
                rows(self.world, self.side)[self.model] if self.variant == "used" else self._spare()
            )
            return {
                "action": "delete_selected",
                "_selected_action": row.pk,
                "post": "yes",
                "index": 0,
            }
        if self.page == "changelist" and self.variant:
            return {"action": self.variant, "_selected_action": self.row.pk, "index": 0}
        if self.model == "poll" and self.page in {"transition", "bulk"}:
            return _poll_wordings(self.row)
        if self.model in OF_NEWSLETTERS and self.page == "transition":
            key = self.world.newsletter.pk
            return {"reason": "A reason", "newsletters": [key], "newsletter": key}
        if self.page in {"transition", "bulk"}:
            answers = TRANSITION_ANSWERS.get(self.variant, {})
            return {"versions": f"{self.row.pk}:{self.row.version}", **answers}
        special = SPECIAL.get(self.name) or SPECIAL.get(f"{self.model}_{self.page}")
        return special(self, user) if special else {}

    def _spare(self):
        return spares(self.world, self.side)[self.model]


def _model_and_page(address):
    """Return “hub” and “change” for articles_hub_change; two empty strings for other names."""
    parts = address.route.removeprefix("admin/").split("/")
    for model in admin.site._registry:
        opts = model._meta
        if parts[:2] == [opts.app_label, opts.model_name]:
            return opts.model_name, address.name.rpartition("_")[2]
    return "", ""


def article_form(article, **fields):
    """Return the data of the article's form as it was loaded, with a changed text."""
    block = TextBlock.objects.filter(parent=article).first()
    loaded = {
        "_version": article.version,
        "headline": article.headline,
        "slug": article.slug,
        "standfirst": article.standfirst,
        "spoiler": article.spoiler,
        "hub": article.hub_id,
        "photo": article.photo_id or "",
        "topics": [topic.pk for topic in article.topics.all()],
    }
    return form_data("<p>Rewritten.</p>", block, **{**loaded, **fields})


def _fields_of(row, *names, **more):
    """Return a row's fields as a form sends them."""
    values = {}
    for name in names:
        is_link = isinstance(row._meta.get_field(name), ForeignKey)
        value = getattr(row, f"{name}_id" if is_link else name)
        values[name] = "" if value is None else value
    return {**values, **more}


def _photo_add(target, user):
    file = SimpleUploadedFile("new.jpg", make_picture(colour="olive"), "image/jpeg")
    words = {"alt": "New", "credit": "Somebody"}
    return {"image": file, "focus_x": 50, "focus_y": 50, **words}


def _passwords(target, user):
    return {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}


def _log_in(target, user):
    name = user.get_username() if user else "nobody"
    return {"username": name, "password": PASSWORD}


def _new_password(target, user):
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return {"old_password": PASSWORD, **new}


def _user_change(target, user):
    row = target.row
    joined = {"date_joined_0": "2030-01-01", "date_joined_1": "10:00:00"}
    return {"username": row.username, "first_name": "Renamed", "is_staff": "on", **joined}


def _hub_list(target, user):
    """Return the data for the editable column of the list."""
    positions = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}
    return {**positions, "form-0-id": target.world.hub.pk, "form-0-position": 7}


def _poll_wordings(poll):
    """Return the answers for a correction, which other transitions ignore."""
    texts = {f"choice_{choice.pk}": choice.text for choice in poll.choices.all()}
    return {"question": "Worded otherwise?", "reason": "A slip", **texts}


def _poll_add(target, user):
    own = {"question": "New?", "slug": "new", "max_choices": 1, "result_visibility": "always"}
    return {**own, **TWO_CHOICES}


def _newsletter_form(**more):
    words = {"strapline": "x", "frequency": "x", "sender_name": "x"}
    return {**words, "sender_address": "desk@example.org", "is_open": "on", **more}


#: Later than everything that is scheduled.
LATER = {"effective_from": "2091-01-01T10:00"}
POLICY = {"document": "terms", "body": "<p>New.</p>", "summary": "New", **LATER}


def _wording(target, user):
    words = {"sentence": "New.", "button": "New"}
    return {"newsletter": target.world.newsletter.pk, **words, **LATER}


TWO_CHOICES = {
    "choices-TOTAL_FORMS": 2,
    "choices-INITIAL_FORMS": 0,
    "choices-0-text": "Yes",
    "choices-1-text": "No",
}
NO_CHOICES = {"choices-TOTAL_FORMS": 0, "choices-INITIAL_FORMS": 0}
VERDICT = {"verdict": "accepted", "reason": "A school"}
NAMED = {"name": "New", "slug": "new"}
SPECIAL = {
    "login": _log_in,
    "password_change": _new_password,
    "auth_user_password_change": _passwords,
    "articles_hub_changelist": _hub_list,
    "article_add": lambda target, user: form_data("<p>New.</p>", headline="New"),
    "article_change": lambda target, user: article_form(target.side.article),
    "article_clash": lambda target, user: {
        "ticket": ticket(target.side.article),
        "theirs": target.side.article.version,
        "headline": "mine",
    },
    "article_restore": lambda target, user: {"version": target.side.article.version},
    "article_share": lambda target, user: (
        {"revoke": target.side.link.pk}
        if target.variant == "revoke"
        else {"create": 1, "label": "x"}
    ),
    "photo_add": _photo_add,
    "photo_change": lambda target, user: _fields_of(
        target.row, "alt", "credit", "focus_x", "focus_y", caption="New"
    ),
    "hub_add": lambda target, user: {**NAMED, "accent": "teal", "position": 3},
    "hub_change": lambda target, user: _fields_of(
        target.row, "slug", "accent", "position", name="New"
    ),
    "title_add": lambda target, user: {**NAMED, "kind": "film", **PLACES},
    "title_change": lambda target, user: _fields_of(
        target.row, "slug", "kind", name="New", **PLACES
    ),
    "topic_add": lambda target, user: NAMED,
    "topic_change": lambda target, user: _fields_of(target.row, "slug", name="New"),
    "author_add": lambda target, user: NAMED,
    "author_change": lambda target, user: _fields_of(target.row, "slug", "user", name="New"),
    "poll_add": _poll_add,
    "poll_change": lambda target, user: _fields_of(
        target.row, "result_visibility", introduction="New", **NO_CHOICES
    ),
    "poll_decide": lambda target, user: VERDICT,
    "poll_again": lambda target, user: VERDICT,
    "newsletter_add": lambda target, user: _newsletter_form(**NAMED),
    "newsletter_change": lambda target, user: _newsletter_form(name="New"),
    "policyversion_add": lambda target, user: POLICY,
    "policyversion_change": lambda target, user: POLICY,
    "wording_add": _wording,
    "wording_change": _wording,
    "group_add": lambda target, user: {"name": "New"},
    "group_change": lambda target, user: {"name": "New"},
    "user_add": lambda target, user: {"username": "new", **_passwords(target, user)},
    "user_change": _user_change,
}
