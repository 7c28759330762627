"""The card of a model as a page: Markdown of our own cards, and the figures in words.

Rendered is what a card needs: headings, paragraphs, lists, tables, emphasis. HTML is shown as text; links and pictures
are not made, since a card may come from an institution's own training and a page of ours leads nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from scoring.models import ModelVersion

FIGURES: Mapping[str, Any] = MappingProxyType(
    {
        "accuracy": gettext_lazy("Share of right verdicts"),
        "f1": gettext_lazy("F1 of the verdict “high”"),
        "auroc": gettext_lazy("AUROC: how often a high moment gets the higher estimate than a low one"),
        "bayes_auroc": gettext_lazy("AUROC that is possible at best"),
        "auroc_share": gettext_lazy("Share of the way from chance to the best possible"),
        "ece": gettext_lazy("Calibration error: by how much the probabilities are off on average"),
        "brier": gettext_lazy("Brier score: mean squared error of the probabilities"),
        "validity": gettext_lazy("Share of low moments that some change turns"),
        "features_changed_median": gettext_lazy("Changes that it takes, at the median"),
        "turned_by_two": gettext_lazy("Share that at most two changes turn"),
        "proposal_validity": gettext_lazy("Share that the whole proposal turns, before it is reduced"),
        "l1_sd": gettext_lazy("How far the changes go, in standard deviations"),
        "plausibility_lof_ratio": gettext_lazy(
            "How unusual the changed moments are beside real high ones (1: alike)"
        ),
        "frozen_violations": gettext_lazy("Changes of what was frozen"),
        "range_violations": gettext_lazy("Changes out of range"),
        "wrong_sign": gettext_lazy("Changes in a direction that is not advised"),
    }
)
"""What is said of a figure; one without words is shown by its own name."""


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """`trained_on` is a sentence; `text` is the card without its own title."""

    name: str
    kind: str
    simulated: bool
    trained_on: str
    against: str
    figures: tuple[Figure, ...]
    text: SafeString


def card(version: ModelVersion) -> Card:
    return Card(
        name=version.name,
        kind=str(version.get_kind_display()),
        simulated=version.simulated,
        trained_on=_trained_on(version),
        against=version.against,
        figures=tuple(_figures(version.figures)),
        text=html_of(version.card),
    )


def _trained_on(version: ModelVersion) -> str:
    if version.simulated:
        return _(
            "Trained on simulated people. Nobody real is in it, and no figure here is about real people."
        )
    return _("Trained on %(what)s.") % {"what": version.trained_on.rstrip(".")}


def _figures(figures: Mapping[str, Any]) -> list[Figure]:
    """The numbers among the figures, those with words first and in their order."""
    known = [name for name in FIGURES if name in figures]
    others = sorted(name for name in figures if name not in FIGURES)
    return [
        Figure(str(FIGURES.get(name, name)), _number(figures[name]))
        for name in (*known, *others)
        if isinstance(figures[name], int | float) and not isinstance(figures[name], bool)
    ]


def _number(value: float) -> str:
    decimals = 0 if isinstance(value, int) else 3
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True))


# --- Markdown ------------------------------------------------------------------------------------------


def html_of(markdown: str) -> SafeString:
    """The card's Markdown as HTML, without its own title and with its headings below the page's."""
    tokens = _without_title(_PARSER.parse(markdown))
    for token in tokens:
        _adapt(token)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return SafeString(html)  # the parser has escaped what the card says


class _Renderer(RendererHTML):
    """Tables scroll by themselves where the page is narrow, by keyboard too."""

    def table_open(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        label = escape(_("Figures of the card"))
        wrap = f'<div class="table-wrap" tabindex="0" role="region" aria-label="{label}">'
        return wrap + self.renderToken(tokens, at, options, env)

    def table_close(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        return self.renderToken(tokens, at, options, env) + "</div>"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}, renderer_cls=_Renderer)
    return parser.enable(["heading", "list", "table", "emphasis", "backticks", "escape", "entity"])


_PARSER = _parser()


def _without_title(tokens: Sequence[Token]) -> list[Token]:
    titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return list(tokens[3:] if titled else tokens)


def _adapt(token: Token) -> None:
    """Headings below the page's own; tables as ours look, without the style attributes that our pages do not allow."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, max(2, int(token.tag[1])))}"
    token.attrs.pop("style", None)
    if token.type == "table_open":
        token.attrSet("class", "data compact")
