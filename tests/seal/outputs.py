"""Everything that has an address, found in the resolver, and what is known to ask for there."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import URLResolver, get_resolver, resolve, reverse

from articles.channels.feeds import FORMATS
from articles.channels.sitemaps import SECTIONS, SINGLE_PAGES
from articles.models import Edition
from tests.seal.newsletters import BROKEN, forms_of, tokens_of
from tests.seal.plants import BESIDE

ADMIN = "admin"
_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
#: A named group of a regular expression, as far as there are any in addresses.
_GROUP = re.compile(r"\(\?P(<\w+>)[^()]*\)")


@dataclass(frozen=True)
class Output:
    """One pattern; the key is its name with its namespaces or, where it has none, its route."""

    key: str
    route: str

    @property
    def is_of_desk(self):
        """Whether it is the admin's, which anonymous readers see nothing of."""
        return self.key.startswith(f"{ADMIN}:") or self.route.startswith(f"{ADMIN}/")

    @property
    def asked(self):
        """Names of the arguments in its route."""
        return frozenset(_NAMED.findall(self._plain))

    @property
    def _plain(self):
        return _GROUP.sub(r"\1", self.route).replace("$", "").replace("^", "")

    def path(self, arguments):
        """The path with arguments; raises ``LookupError`` where it leads to another pattern."""
        given = _NAMED.sub(lambda name: quote(str(arguments[name[1]]), safe="/:=~"), self._plain)
        path = f"/{given}"
        found = resolve(path).route
        if found.replace("^", "") != self.route.replace("^", ""):
            raise LookupError(f"{path} was to be {self.key}, but is {found}")
        return path


def find_outputs(resolver=None):
    """All of them, the admin's too, in the resolver's order."""
    return list(_walk(resolver or get_resolver()))


def _walk(resolver, prefix="", namespaces=()):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            below = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, route, below)
        else:
            yield Output(":".join((*namespaces, pattern.name)) if pattern.name else route, route)


class Known:
    """The arguments, values and forms of a world, by output and by parameter."""

    def __init__(self, world):
        self.world = world
        self.arguments = {**_of_articles(world), **_of_polls(world), **_of_newsletters(world)}
        self.parameters = _parameters(world)
        self.queries = {"articles:search": _searches(world)}
        self.forms = _forms(world)

    def forms_for(self, output, path):
        """Return the data to send to a path."""
        return [{}, *self.forms.get(output.key, []), *self.forms.get(path, [])]

    def paths(self, output):
        """Paths of an output with all that is known to ask it for."""
        if output.is_of_desk:
            given = dict.fromkeys(output.asked, self.world.marked.pk)
            return [output.path({**given, "app_label": "articles"})]
        given = self.arguments.get(output.key) or ([] if output.asked else [{}])
        return [output.path(each) for each in given if each.keys() == output.asked]


def _slugs(rows):
    return [{"slug": row.slug} for row in rows]


def _of_articles(world):
    addresses = Edition.objects.values_list("hub__slug", "slug").distinct()
    former = {"hub": world.hub.slug, "slug": world.former.slug}
    subjects = {name: _slugs([row]) for name, row in {"hub": world.hub, **world.filed}.items()}
    feeds = {f"feed_{name}_{form}": subjects[name] for name in subjects for form in FORMATS}
    return {
        **{f"articles:{name}": slugs for name, slugs in (subjects | feeds).items()},
        "articles:sitemap_file": [
            {"section": SINGLE_PAGES, "number": 0},
            *(
                {"section": name, "number": number}
                for name, section in SECTIONS.items()
                for number in section().files()
            ),
        ],
        # Those that nobody sees too.
        "articles:article": [{"hub": hub, "slug": slug} for hub, slug in addresses] + [former],
        "articles:share": [
            {"token": token} for token in (world.share.token, world.ended_share.token, BROKEN)
        ],
    }


def _of_polls(world):
    slugs = _slugs(world.polls.values())
    return {f"polls:{name}": slugs for name in ("poll", "vote", "result", "results")}


def _of_newsletters(world):
    readers = world.newsletters
    slugs = _slugs([readers.newsletter, readers.other])
    tokens = {
        name: [{"token": token} for token in each] for name, each in tokens_of(readers).items()
    }
    own = tokens.pop("own")
    pages = {f"newsletter:{name}": each for name, each in tokens.items()}
    for name in ("agree_to_new_policies", "change_address", "download_data", "erase"):
        pages[f"newsletter:{name}"] = own
    for name in ("manage_subscribe", "manage_unsubscribe"):
        pages[f"newsletter:{name}"] = [{**own[0], **slug} for slug in slugs]
    for name in ("newsletter", "sign_up", "requested"):
        pages[f"newsletter:{name}"] = slugs
    for name in ("terms", "privacy"):
        pages[f"newsletter:{name}_version"] = [{"number": number} for number in (1, 2)]
    return pages


def _parameters(world):
    """Return a value for each name in a query."""
    return {
        "q": [BESIDE, world.plants.mark],
        "hub": [world.hub.slug, BROKEN],
        "to": ["2090-01-01"],
        "page": ["1", "2", "last"],
        "from": [world.page, "2020-01-01"],
        "vote": ["counted"],
        "resent": ["1"],
        "done": ["on"],
    }


def _searches(world):
    """Queries that find something beside the boxes, narrowed in every way."""
    narrowed = {"hub": world.hub.slug, "from": "2020-01-01", "to": "2090-01-01"}
    texts = ("Open", BESIDE, world.marked.slug, BESIDE[:5], f'"{BESIDE} grows"')
    return [{"q": text, **narrowed, "page": page} for text in texts for page in ("1", "2")]


def _forms(world):
    """The data that is sent besides none: by output, or by path where each has its own."""
    sent = forms_of(world.newsletters, world.page)
    forms = {f"newsletter:{name}": each for name, each in sent.items()}
    for poll in world.polls.values():
        first = poll.choices.first().pk
        forms[reverse("polls:vote", args=[poll.slug])] = [{"choice": [first], "from": "/"}]
    return forms
