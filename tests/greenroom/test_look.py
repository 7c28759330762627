"""The look holds: contrast in both themes, tokens that exist, pages with nothing inline, words that translate."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
STYLES = sorted((CHECKOUT / "static").rglob("*.css"))
PAGES = sorted((CHECKOUT / "templates").rglob("*.html"))
TOKENS = CHECKOUT / "static" / "greenroom" / "tokens.css"
DRAWING = CHECKOUT / "static" / "sessions" / "interviewer.css"

TEXTS = ("ink", "ink-muted", "accent", "accent-strong", "amber", "red", "green")
GROUNDS = ("paper", "surface", "sunken", "accent-tint", "amber-tint", "red-tint", "green-tint")
PAIRS = [
    *itertools.product(TEXTS, GROUNDS),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-red", "red"),
    ("paper", "ink"),
]
SERIES = [f"series-{number}" for number in range(1, 7)]
EDGES = list(itertools.product(("line-strong", *SERIES), ("paper", "surface")))
THEMES = ("light", "dark")
Colour = tuple[float, float, float]


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


# --- contrast (WCAG 2.2, 1.4.3 and 1.4.11) ------------------------------------------------------------


def linear_rgb(value: str) -> Colour:
    """Linear sRGB of `oklch(52% 0.09 195)` (Ottosson 2020) or `#0072b2`, clipped as a screen does."""
    if value.startswith("#"):
        parts = (int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return red, green, blue
    found = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", value)
    assert found, value
    light, chroma, hue = (float(part) for part in found.groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light / 100 + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light / 100 - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light / 100 - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        min(1, max(0, 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short)),
        min(1, max(0, -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short)),
        min(1, max(0, -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short)),
    )


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def colours(theme: str) -> dict[str, Colour]:
    colour = r"(oklch\([^()/]*\)|#[0-9a-f]{6})"
    rows = re.findall(rf"--([\w-]+): light-dark\({colour}, {colour}\);", TOKENS.read_text())
    return {name: linear_rgb(light if theme == "light" else dark) for name, light, dark in rows}


def test_the_arithmetic_of_contrast() -> None:
    assert contrast(linear_rgb("#000000"), linear_rgb("#ffffff")) == pytest.approx(21)
    assert contrast(linear_rgb("#767676"), linear_rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)
    assert linear_rgb("oklch(100% 0 0)") == pytest.approx((1, 1, 1), abs=1e-4)
    # The same teal in both notations.
    assert linear_rgb("oklch(54.3% 0.0927 194.8)") == pytest.approx(linear_rgb("#008080"), abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: str) -> None:
    palette = colours(theme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_what_can_be_used_or_read_off_has_an_edge(edge: str, ground: str, theme: str) -> None:
    palette = colours(theme)
    assert contrast(palette[edge], palette[ground]) >= 3


# --- styles -------------------------------------------------------------------------------------------


def test_every_token_that_is_used_exists() -> None:
    texts = {path: path.read_text() for path in STYLES}
    made = {name for text in texts.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    # One with a fallback may be set by a page or a script alone.
    used = {
        (name_of(path), name) for path in STYLES for name in re.findall(r"var\((--[\w-]+)\)", texts[path])
    }
    assert [use for use in sorted(used) if use[1] not in made] == []


@pytest.mark.parametrize("path", [path for path in STYLES if path not in (TOKENS, DRAWING)], ids=name_of)
def test_colours_are_named_in_one_file(path: Path) -> None:
    style = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert (
        re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\b(?:rgba?|hsla?|oklch|oklab)\(|gradient\(", style) == []
    )


# --- pages --------------------------------------------------------------------------------------------

# Not shown: comments, and the block that names a class.
UNSEEN = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% block body_class %}.*?{% endblock %}", re.DOTALL
)
SAID = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
CODE = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN = ("aria-label", "alt", "title", "placeholder", "aria-description")
NAMES = {"greenroom", "moodle", "canvas"}
CODE_ELEMENTS = {"pre", "code", "kbd", "samp"}


class Page(HTMLParser):
    """The words and the attributes of a template whose Django parts are taken out."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self.inside = ""
        self.code = 0
        text = UNSEEN.sub("", path.read_text())
        self.feed(CODE.sub("", SAID.sub("", text)))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.code += tag in CODE_ELEMENTS
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""
        self.code -= tag in CODE_ELEMENTS

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style"):
            self.scripts.append(data.strip())
        elif not self.code:
            self.words += re.findall(r"[^\W\d_]{2,}", data)


def untranslated(page: Page) -> Iterator[str]:
    yield from (word for word in page.words if word.lower() not in NAMES)
    for tag, name, value in page.attributes:
        if name in SPOKEN and re.search(r"[^\W\d_]{2,}", value):
            yield f"<{tag} {name}={value}>"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_has_nothing_inline(path: Path) -> None:
    """What the content security policy would refuse, silently, in the browser."""
    page = Page(path)
    assert [row for row in page.attributes if row[1] == "style" or re.match("on[a-z]+$", row[1])] == []
    assert [row for row in page.attributes if row[2].strip().startswith("javascript:")] == []
    assert "".join(page.scripts) == ""
    assert not any(tag == "style" for tag, _name, _value in page.attributes)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_word_of_a_page_can_be_translated(path: Path) -> None:
    assert list(untranslated(Page(path))) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_comment_ends_on_its_line(path: Path) -> None:
    """Django shows a `{#` that goes over several lines to the reader."""
    assert [line for line in path.read_text().splitlines() if "{#" in line and "#}" not in line] == []


def test_the_checks_find_what_they_look_for(tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        '{% load i18n %}<p style="x" onclick="y">Plain words {% translate "ok" %}</p>'
        '<a aria-label="Close" href="#">{{ name }}</a><script>run()</script>'
    )
    page = Page(path)
    assert ("p", "onclick", "y") in page.attributes
    assert page.scripts == ["run()"]
    assert list(untranslated(page)) == ["Plain", "words", "<a aria-label=Close>"]
