"""Ask for everything, as readers and programs do, and read every answer."""

import gzip
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from urllib.parse import urljoin

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils.functional import cached_property

from tests.seal.outputs import Known, find_outputs
from tests.seal.reading import Sent, read

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
#: Who asks: pairs of a method and headers.
READERS = {
    "a reader": ("GET", {"user-agent": BROWSER, "accept": HTML}),
    "a crawler": ("GET", {"user-agent": CRAWLER, "accept": "*/*"}),
    "a crawler that looks first": ("HEAD", {"user-agent": CRAWLER, "accept": "*/*"}),
    "a program": ("GET", {"user-agent": "curl/8.5.0", "accept": "application/json"}),
    "a feed reader": (
        "GET",
        {"user-agent": "Feedly/1.0", "accept": "application/atom+xml, application/rss+xml"},
    ),
}
MOST_HOPS = 5


class _Noting(QueryDict):
    """A query that notes what it is asked for."""

    #: None while it is being filled.
    names = None

    def _note(self, name):
        if self.names is not None:
            self.names.add(name)

    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name):
        self._note(name)
        return super().__contains__(name)

    def getlist(self, name, default=None):
        self._note(name)
        return super().getlist(name, default)


@contextmanager
def noting_parameters():
    """The set of names that views look for in queries."""
    names = set()

    def query(request):
        noting = _Noting(request.META.get("QUERY_STRING", ""), encoding=request._encoding)
        noting.names = names
        return noting

    noted = cached_property(query)
    noted.__set_name__(WSGIRequest, "GET")
    with mock.patch.object(WSGIRequest, "GET", noted):
        yield names


class Walk:
    """The result of requesting a world's outputs."""

    def __init__(self, world):
        self.plants = world.plants
        self.known = Known(world)
        self.client = Client()
        #: Sentences on planted words that stand where they must not.
        self.leaks = []
        #: Sentences on outputs that were not reached.
        self.gaps = []
        #: Pairs of a path and a planted word that was found there in a closed box.
        self.hidden = set()
        #: Every address that was asked for, by status.
        self.statuses = {}

    def walk(self, outputs=None, only=None):
        """Ask for all outputs, or for those with some keys; returns the walk."""
        for output in find_outputs() if outputs is None else outputs:
            if only is None or output.key in only:
                self._ask_for(output)
        return self

    def _ask_for(self, output):
        reached = False
        paths = self.known.paths(output)
        if output.is_of_desk:
            for path in paths:
                self.get(path, "a reader")
            return
        for path in paths:
            reached |= self._ask_for_path(output, path)
        if not reached:
            self.gaps.append(f"{output.key} ({output.route}) was not reached")

    def _ask_for_path(self, output, path):
        with noting_parameters() as names:
            statuses = [self.get(path, who) for who in READERS]
            statuses += [self.post(path, data) for data in self.known.forms_for(output, path)]
        for name in sorted(names):
            values = self.known.parameters.get(name)
            if values is None:
                self.gaps.append(f"{output.key} reads “{name}” from its query: no value is known")
            for value in values or ():
                self.get(path, "a reader", {name: value})
        for query in self.known.queries.get(output.key, ()):
            self.get(path, "a crawler", query)
        return min(statuses) < 400

    # Asking

    def get(self, path, who, query=None):
        """Ask for an address, and read the answer; its status."""
        method, headers = READERS[who]
        self.client.cookies.clear()
        response = self.client.generic(method, path, query_params=query, headers=headers)
        return self.take(response, f"{method} {path} for {who}", opened=False)

    def post(self, path, data):
        """Send a form and follow the answer as a browser does; then nothing has happened.

        The pages that it leads to are read with the cookies that came on the way.
        """
        name = f"POST {path}"
        headers = READERS["a reader"][1]
        client = Client(headers=headers)
        with transaction.atomic():
            response = client.post(path, data)
            status = self.take(response, name, opened=True)
            for _ in range(MOST_HOPS):
                if response.status_code not in (301, 302, 303, 307, 308):
                    break
                path = urljoin(path, response["Location"])
                again = response.status_code in (307, 308)
                response = client.post(path, data) if again else client.get(path)
                self.take(response, f"{name}, then {path}", opened=True)
            transaction.set_rollback(True)
        # Beside the database: who was erased.
        Path(settings.ERASURES_FILE).unlink(missing_ok=True)
        return status

    # Reading

    def take(self, response, name, *, opened):
        """Read an answer; its status."""
        asked = response.request
        asked = f"{asked['PATH_INFO']}?{asked['QUERY_STRING']}"
        sent = Sent(name, response.request["PATH_INFO"], asked=asked, opened=opened)
        for header, value in response.headers.items():
            sent.texts.append((f"in the header {header}", value))
        sent.texts += [
            ("in a cookie", morsel.OutputString()) for morsel in response.cookies.values()
        ]
        sent.texts.append(("in the status line", response.reason_phrase))
        body = _body(response)
        if response.headers.get("Content-Type", "").startswith(("text/html", "application/xhtml")):
            sent.page = body
        else:
            sent.texts.append(("in the body", body))
        self.statuses.setdefault(response.status_code, []).append(name)
        self._read(sent)
        return response.status_code

    def _read(self, sent):
        wrong, hidden = read(sent, self.plants)
        self.leaks += wrong
        self.hidden |= {(sent.path, word) for word in hidden}

    def take_message(self, message):
        """Read a message: all its headers, and each part."""
        sent = Sent(f"the message “{message['Subject']}”", "")
        sent.texts += [(f"in the header {name}", str(value)) for name, value in message.items()]
        for part in message.walk():
            if not part.is_multipart():
                kind = part.get_content_type()
                sent.texts.append((f"in its {kind}", part.get_content()))
        self._read(sent)


def _body(response):
    content = b"".join(response) if response.streaming else response.content
    packed = response.headers.get("Content-Encoding", "identity")
    if packed == "gzip":
        content = gzip.decompress(content)
    elif packed != "identity":
        raise ValueError(f"Nobody can read “{packed}” here yet.")
    return content.decode(response.charset or "utf-8", errors="replace")


def look_at(world, *paths):
    """Return a walk that went to these paths only."""
    walk = Walk(world)
    for each in paths:
        walk.get(each, "a crawler")
    return walk


def told(walk, *pieces):
    """Return whether one sentence of a walk holds all of ``pieces``."""
    return any(all(piece in leak for piece in pieces) for leak in walk.leaks)
