"""JavaScript modules as production serves them: every import leads to a hashed file."""

import json
import posixpath
import re
from collections.abc import Container
from pathlib import Path

import pytest
from django.core.management import call_command

APPS = ("articles/", "newsletter/", "newsroom/", "polls/")
COMMENTS = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
IMPORTS = re.compile(r"""\b(?:from|import|import\()\s*["'](\.{0,2}/[^"'\s]+)["']""")


@pytest.fixture
def collected(settings, tmp_path):
    """The folder that collectstatic fills, and the hashed names by the names in the sources."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static_files.StaticStorage"}
    }
    # Compressed copies take most of the time, and no import leads to one.
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "json", "map", "svg", "txt")
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path, json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


def imports_of(folder: Path, name: str) -> list[str]:
    """The names, within static files, that a module imports; packages of the import map aside."""
    code = COMMENTS.sub("", (folder / name).read_text())
    return [posixpath.normpath(posixpath.join(name, "..", each)) for each in IMPORTS.findall(code)]


def missing(imports: dict[str, list[str]], files: Container[str]) -> set[tuple[str, str]]:
    """The pairs of a module and what it imports where that isn't among the files."""
    return {(name, each) for name, found in imports.items() for each in found if each not in files}


def test_every_import_leads_to_a_file(collected):
    folder, hashed_names = collected
    modules = [name for name in hashed_names if name.endswith(".js")]
    own = [name for name in modules if name.startswith(APPS)]
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.js")}

    # Development serves the sources, whose imports have no hashes.
    assert missing({name: imports_of(folder, name) for name in modules}, files) == set()

    imports = {name: imports_of(folder, hashed_names[name]) for name in own}
    shared = hashed_names["newsroom/submit-in-place.js"]
    assert imports["polls/vote.js"] == imports["newsletter/sign-up.js"] == [shared]
    assert missing(imports, files & set(hashed_names.values())) == set()
