"""Minifying a style sheet changes none of its rules."""

from pathlib import Path

import pytest

from newsroom.static_files import minify_css

PROJECT = Path(__file__).parents[2]
SHEETS = sorted(PROJECT.glob("*/static/*/*.css"))
#: The rules of a style sheet as the browser understands them. It keeps white space in custom
#: properties and conditions, also where that has no meaning: beside punctuation.
RULES = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const text = (rule) => rule.cssText.replace(/\\s+/g, " ").replace(/ ?([,:()*/]) ?/g, "$1");
  return [...sheet.cssRules].map(text);
}"""


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_minified_style_sheet_has_the_same_rules(page, sheet):
    css = sheet.read_bytes()
    rules = page.evaluate(RULES, css.decode())

    minified = minify_css(css)

    assert len(minified) < len(css)
    assert page.evaluate(RULES, minified.decode()) == rules
    assert rules
