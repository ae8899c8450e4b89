"""Everything that the site sends: what has an address, what goes wrong, and mail."""

import email
import re
from email import policy
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core import mail
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from articles.channels import sitemaps
from articles.site import rendering
from newsletter.tasks import deliver
from tests.newsletter.factories import forget_messages
from tests.seal.plants import BESIDE, letters
from tests.seal.walking import Walk

TEMPLATES = Path(settings.BASE_DIR) / "templates"
#: What only the desk sees.
OF_DESK = ("admin/", "articles/banners/preview.html")
#: Every one of these is answered in a walk.
STATUSES = {200, 301, 302, 307, 400, 403, 404, 405, 409, 410, 500}


def read_everything(world):
    """A walk through all of it, whose gaps name what was not reached."""
    used = set()

    def note(template, **kwargs):
        used.add(template.name)

    template_rendered.connect(note)
    try:
        walk = Walk(world).walk()
        read_errors(walk)
        read_mail(walk)
        with mock.patch.object(sitemaps, "LIMIT", 1):  # a large site's sitemap is an index
            walk.get("/sitemap.xml", "a crawler")
    finally:
        template_rendered.disconnect(note)
    walk.gaps += [f"nothing was sent with {name}" for name in sorted(readers_templates() - used)]
    missing = STATUSES - walk.statuses.keys()
    walk.gaps += [f"nothing was answered with status {status}" for status in sorted(missing)]
    return walk


def readers_templates(root=TEMPLATES):
    """Names of the templates of pages and messages for readers."""
    names = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith(OF_DESK)}


def read_errors(walk):
    """Read the responses to wrong requests."""
    page = walk.known.world.page
    walk.get("/nobody/ever/wrote/this/", "a reader")
    strange = Client(headers={"host": "elsewhere.example.org"})
    walk.take(strange.get(page), "GET for another site", opened=False)
    foreign = Client(headers={"origin": "https://elsewhere.example.org"})
    for poll in walk.known.world.polls.values():
        answer = foreign.post(reverse("polls:vote", args=[poll.slug]))
        walk.take(answer, "POST from another site", opened=False)
    read_failure(walk, page)


def read_failure(walk, page):
    """Read the response of a view that fails after it has rendered the whole text."""
    make = rendering.page_context

    def fail(*args, **kwargs):
        raise RuntimeError(make(*args, **kwargs)["body"])

    client = Client(raise_request_exception=False)
    with mock.patch.object(rendering, "page_context", fail):
        walk.take(client.get(page), f"GET {page}, which fails", opened=False)


def found_by_search(world):
    """Names of planted words to which the search says more than to a word that stands nowhere."""
    plants, client = world.plants, Client()

    def ask(word):
        response = client.get(reverse("articles:search"), {"q": word})
        return response.status_code, response.text.replace(word, "")

    assert world.page in ask(BESIDE)[1], "The search finds nothing at all."
    nothing = ask(letters(16))
    return {plants.name(word) for word in (*plants.places, plants.mark) if ask(word) != nothing}


# Mail


def read_mail(walk):
    """Every kind of message, caused as readers cause it."""
    for message in send_mail(walk.known):
        walk.take_message(message)
        for path in own_links(message):
            walk.get(path, "a reader")


def send_mail(known):
    """The messages as they go out."""
    forms, paths = known.forms, _paths(known)
    client = Client()
    new = next(form for form in forms["newsletter:sign_up"] if "somebody" in form["address"])
    client.post(paths["sign_up"], new)
    deliver.call()
    [asked] = [message for message in mail.outbox if message.to == [new["address"]]]
    [confirm] = [path for path in own_links(sent(asked)) if "/confirm/" in path]
    client.post(confirm)
    deliver.call()
    forget_messages()
    client.post(paths["sign_up"], new)  # subscribed already
    client.post(paths["new_link"])
    client.post(paths["change_address"], forms["newsletter:change_address"][0])
    deliver.call()
    return [sent(message) for message in mail.outbox]


def _paths(known):
    names = ("sign_up", "new_link", "change_address")
    return {
        name: reverse(f"newsletter:{name}", kwargs=known.arguments[f"newsletter:{name}"][0])
        for name in names
    }


def sent(message):
    """A message as its recipient's program reads it."""
    return email.message_from_bytes(message.message().as_bytes(), policy=policy.default)


def own_links(message):
    """Paths of the links to this site in a message."""
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    text = "".join([*parts, str(message["List-Unsubscribe"])])
    return sorted(set(re.findall(rf"{re.escape(settings.SITE_URL)}(/[^\s\"'<>]*)", text)))
