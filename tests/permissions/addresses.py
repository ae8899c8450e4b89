"""Finds all addresses of the admin in the resolver, and their variants."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver, reverse

from newsroom.desk.model_admin import DeskAdmin
from newsroom.models import User

ROOT = "admin/"
#: Transitions by “<app>_<model>”, for each model that has any.
ALL_TRANSITIONS = {
    f"{model._meta.app_label}_{model._meta.model_name}": model_admin.transitions
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, DeskAdmin) and model_admin.transitions
}


@dataclass(frozen=True)
class Address:
    """A URL pattern; the key is its name or, if it has none, its route."""

    key: str
    name: str
    route: str


def find_addresses(resolver=None):
    """Return the addresses in the namespace ``admin`` or below ``admin/``, by key."""
    found = {}
    for namespaces, name, route in _walk(resolver or get_resolver()):
        if "admin" not in namespaces and not route.startswith(ROOT):
            continue
        address = Address(name or route.removeprefix(ROOT), name, route)
        assert address.key not in found, f"Two addresses are called {address.key}."
        found[address.key] = address
    return found


def _walk(resolver, prefix="", namespaces=()):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route, (*namespaces, pattern.namespace))
        else:
            yield namespaces, pattern.name or "", route


def find_variants():
    """Return the keys of transitions, actions, lookups, apps and models that share an address."""
    variants = []
    for model, transitions in ALL_TRANSITIONS.items():
        variants += [f"{model}_transition[{name}]" for name in transitions]
        variants += [f"{model}_bulk[{name}]" for name, each in transitions.items() if each.in_bulk]
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    for model, model_admin in admin.site._registry.items():
        address = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        variants += [f"{address}[{name}]" for name in model_admin.get_actions(request)]
        variants += [f"autocomplete[{field}]" for field in _autocompletes(model, model_admin)]
        for inline in model_admin.inlines:
            of_inline = inline(model, admin.site)
            variants += [
                f"autocomplete[{field}]" for field in _autocompletes(inline.model, of_inline)
            ]
    variants += [
        f"app_list[{label}]" for label in {m._meta.app_label for m in admin.site._registry}
    ]
    variants += [
        f"view_on_site[{model._meta.model_name}]"
        for model in apps.get_models()
        if hasattr(model, "get_absolute_url")
    ]
    return set(variants)


def _autocompletes(model, model_admin):
    return [
        f"{model._meta.model_name}.{name}" for name in model_admin.get_autocomplete_fields(None)
    ]


#: Addresses that are declared with a variant only.
ONLY_VARIANTS = {
    *(f"{model}_{page}" for model in ALL_TRANSITIONS for page in ("transition", "bulk")),
    "app_list",
    "view_on_site",
}


def undeclared(declared, addresses=None):
    """Return the keys that exist and are not declared."""
    wanted = (set(addresses or find_addresses()) - ONLY_VARIANTS) | find_variants()
    return sorted(wanted - set(declared))


def vanished(declared, addresses=None):
    """Return the declared keys that do not exist."""
    known = set(addresses or find_addresses())
    variants = find_variants()
    free = {key.partition("[")[0] for key in variants}
    return sorted(
        key
        for key in declared
        if key.partition("[")[0] not in known
        or ("[" in key and key.partition("[")[0] in free and key not in variants)
    )


def path_of(address, arguments):
    """Return the path of an address, with the arguments that its route needs."""
    asked = re.findall(r"<(?:\w+:)?(\w+)>", address.route)
    missing = [name for name in asked if name not in arguments]
    assert not missing, f"No {missing[0]} is known for {address.key}: see world.py."
    given = {name: arguments[name] for name in asked}
    if address.name:
        return reverse(f"admin:{address.name}", kwargs=given)
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), address.route)
    return "/" + route.replace(f"(?P{given.get('url')}.*)$", str(given.get("url")))
