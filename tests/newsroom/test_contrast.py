"""The contrast of every text colour of the site with its background, in both themes.

WCAG 2.2, success criterion 1.4.3. The colours are read from the stylesheet; the pairs of text
and background are listed here. A colour that can't be read, or a hub's accent that is missing
from a theme, is a failure.
"""

import re
from functools import partial
from pathlib import Path

import pytest

from articles.models import Hub

CSS = (Path(__file__).parents[2] / "newsroom/static/newsroom/site.css").read_text()
DARK = "@media (prefers-color-scheme: dark)"
LEAST = 4.5

#: Text and background, as the stylesheet names them, outside of any hub.
BASE_PAIRS = [
    ("var(--text)", "var(--background)"),
    ("var(--text)", "var(--background-shaded)"),
    ("var(--text-muted)", "var(--background)"),
    ("var(--text-muted)", "var(--background-shaded)"),
    ("var(--error)", "var(--background)"),
    ("var(--error)", "var(--background-shaded)"),
    ("var(--text-on-dark-panel)", "var(--dark-panel)"),
    ("var(--background)", "var(--text)"),
]
#: The same in each hub, and where there is no hub.
ACCENT_PAIRS = [
    ("var(--accent)", "var(--background)"),
    ("var(--accent)", "var(--background-shaded)"),
    ("var(--text-on-accent)", "var(--accent)"),
]
#: Rules that set both text and background; a rule of the dark theme adds to the one before.
RULES = [
    ".spoiler-action",
    ".masthead",
    ".site-footer",
    ".page-banner",
    ".skip-link",
    ".badge",
    ".button",
    ".hub-links a",
]
#: The rule of the elements in a hub's dark accent.
ACCENT_DARK = '[class*="accent-"] .masthead, .hub-front-head, .home .story-lead'
ACCENTS = [None, *Hub.Accent.values]


def blocks(css):
    """Yield the outermost blocks of a stylesheet: their prelude, on one line, and their body."""
    depth, start, prelude = 0, 0, ""
    for match in re.finditer(r"[{}]", css):
        depth += 1 if match[0] == "{" else -1
        assert depth >= 0, "a brace too many"
        if match[0] == "{" and depth == 1:
            prelude, start = " ".join(css[start : match.start()].split()), match.end()
        elif match[0] == "}" and depth == 0:
            yield prelude, css[start : match.start()]
            start = match.end()
    assert depth == 0, "a brace is missing"


def declarations(body):
    pairs = (declaration.split(":", 1) for declaration in body.split(";") if declaration.strip())
    return {name.strip(): value.strip() for name, value in pairs}


def theme_rules(css, *, dark):
    """The declarations of each selector, those of the dark theme last."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    rules = {}
    found = [block for block in blocks(css) if not block[0].startswith("@")]
    if dark:
        media = [body for prelude, body in blocks(css) if prelude == DARK]
        assert media, "there is no dark theme"
        found += [block for body in media for block in blocks(body)]
    for selector, body in found:
        rules.setdefault(selector, {}).update(declarations(body))
    return rules


def variables(rules, accent):
    values = {**rules[":root"]}
    if accent:
        values |= rules[f".accent-{accent}"]
    return {name: value for name, value in values.items() if name.startswith("--")}


def colour(value, names):
    """Red, green and blue, 0 to 255; a value of another form is an error."""
    if match := re.fullmatch(r"var\((--[\w-]+)\)", value):
        return colour(names[match[1]], names)
    if match := re.fullmatch(r"color-mix\(in srgb, (.+) (\d+)%, (.+)\)", value):
        share = int(match[2]) / 100
        parts = zip(colour(match[1], names), colour(match[3], names), strict=True)
        return tuple(share * one + (1 - share) * other for one, other in parts)
    match = re.fullmatch(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", value)
    assert match, f"{value} is no colour that this test can read"
    return tuple(int(part, 16) for part in match.groups())


def luminance(rgb):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (part / 255 for part in rgb)
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs(rules, accent):
    yield from ACCENT_PAIRS
    if accent is None:
        yield from BASE_PAIRS
        yield from ((rules[name]["color"], rules[name]["background"]) for name in RULES)
    else:
        dark_accent = rules[ACCENT_DARK]
        yield dark_accent["color"], dark_accent["background"]
        yield rules[".spoiler-action"]["color"], rules[".spoiler-action"]["background"]


def faults(css):
    """The pairs below the least contrast."""
    found = []
    for dark in (False, True):
        rules = theme_rules(css, dark=dark)
        for accent in ACCENTS:
            read = partial(colour, names=variables(rules, accent))
            for text, ground in pairs(rules, accent):
                ratio = contrast(read(text), read(ground))
                if ratio < LEAST:
                    theme = "dark" if dark else "light"
                    found.append(f"{theme}, {accent or 'no'} accent: {text} on {ground}: {ratio}")
    return found


def changed(css, *, dark, selector, name, value):
    """The stylesheet with another value for a variable of one theme."""
    light_part, media, dark_part = css.partition(DARK)
    part = dark_part if dark else light_part
    pattern = rf"(\n\s*{re.escape(selector)} \{{[^}}]*?{name}:)[^;}}]+"
    part, count = re.subn(pattern, rf"\g<1>{value}", part, count=1)
    assert count == 1
    return light_part + media + part if dark else part + media + dark_part


def test_ratio_is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


def test_all_text_can_be_read_in_both_themes():
    assert faults(CSS) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("accent", Hub.Accent.values)
def test_each_theme_sets_each_accent(accent, dark):
    light_part, _, dark_part = CSS.partition(DARK)
    part = dark_part if dark else light_part

    colours = r"\s+--accent: #[0-9a-f]{6};\s+--text-on-accent: #"
    assert re.search(rf"\n\s*\.accent-{accent} \{{{colours}", part)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (":root", "--text"),
        (":root", "--text-muted"),
        (":root", "--error"),
        (":root", "--background"),
        (":root", "--dark-panel"),
        *((f".accent-{accent}", "--accent") for accent in Hub.Accent.values),
        *((f".accent-{accent}", "--text-on-accent") for accent in Hub.Accent.values),
    ],
)
def test_a_colour_that_can_not_be_read_is_found(selector, name, dark):
    bad = changed(CSS, dark=dark, selector=selector, name=name, value="#7f7f7f")

    assert faults(bad)


def test_a_dark_accent_that_can_not_be_read_is_found():
    bad = changed(CSS, dark=False, selector=".accent-teal", name="--accent-dark", value="#8fd8d8")

    assert any("teal" in fault for fault in faults(bad))


def test_a_missing_accent_is_found():
    without = CSS.replace(".accent-rose {", ".accent-roze {")

    with pytest.raises(KeyError, match="rose"):
        faults(without)
