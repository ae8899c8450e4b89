"""The templates of an app need nothing of an app that depends on it."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
TAG = re.compile(r"{%.*?%}", re.DOTALL)
LOWER = ("polls", "newsletter", "mail", "admin/polls", "admin/newsletter", "includes")


def foreign_tags(path, others):
    tags = TAG.findall(path.read_text())
    return [tag for tag in tags if any(re.search(rf"\b{other}\b", tag) for other in others)]


@pytest.mark.parametrize(
    "path",
    [path for name in LOWER for path in sorted((TEMPLATES / name).rglob("*.*"))],
    ids=lambda path: str(path.relative_to(TEMPLATES)),
)
def test_templates_of_polls_and_newsletters_name_no_other_app(path):
    own = next(name for name in LOWER if path.is_relative_to(TEMPLATES / name))
    others = {"articles", "polls", "newsletter"} - {own.rpartition("/")[2]}
    if own == "mail":
        others -= {"newsletter"}

    assert foreign_tags(path, others) == []


def test_tag_of_another_app_is_noticed(tmp_path):
    template = tmp_path / "page.html"
    template.write_text("{% load photos %}{% url 'articles:home' %}<p>articles</p>")

    assert foreign_tags(template, {"articles"}) == ["{% url 'articles:home' %}"]
