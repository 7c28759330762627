"""The performance index of an answer, in words and bars: what made it, and what was left out. For the learner alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import cue_names, summaries, units, words
from analytics.bands import band_for, is_own
from analytics.summaries import Measured, Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.expectation import LENGTH_BASIS, Direction, Expectation
from scoring.performance.index import Missing, Profile
from sessions.models import AnswerScore
from sessions.scores import stored_basis

LEVELS: Sequence[tuple[float, Any]] = (
    (0.6, gettext_lazy("What you showed lay close to what this question expects.")),
    (0.2, gettext_lazy("What you showed lay mostly near what this question expects.")),
    (-0.2, gettext_lazy("Some of what you showed lay near what this question expects, some away from it.")),
    (-0.6, gettext_lazy("What you showed lay mostly away from what this question expects.")),
    (-1.0, gettext_lazy("Much of what was measured differs from what this question expects.")),
)
"""From which index on the sentence is said. Own choice: fifths of the scale."""

MISSING: Mapping[Missing, Any] = MappingProxyType(
    {
        Missing.NO_SIGNAL: gettext_lazy(
            "There is no index for this answer: too little of what the question expects could be measured."
        ),
        Missing.SWITCHED_OFF: gettext_lazy(
            "There is no index for this answer: without what you left out, too little remains of what is expected."
        ),
        Missing.CALIBRATING: gettext_lazy(
            "There is no index for this answer yet. It comes after your third answer, once your usual is known."
        ),
        Missing.NOTHING_EXPECTED: gettext_lazy(
            "There is no index for this answer: its question expects nothing in particular."
        ),
    }
)
NONE_MADE = gettext_lazy("There is no index for this answer: it was analysed before there was one.")
EDGE = 48.0
"""How far the longest bar reaches from the middle, in per cent of the width."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a term, in per cent of the width. `kind` is own (against the own usual) or band."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class TermLine:
    """One cue's part. `amount` is signed; `share` is its weight; `parts` say where the amount comes from."""

    code: str
    name: str
    amount: str
    observed: str
    expected: str
    parts: str
    share: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """An expected cue that is not in the sum, with the reason."""

    code: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """`amount` is empty where there is no index; `sentence` then says why."""

    sentence: str
    amount: str
    terms: tuple[TermLine, ...]
    left_out: tuple[LeftOutLine, ...]
    version: str

    @property
    def has_own(self) -> bool:
        return any(bar.kind == "own" for term in self.terms for bar in term.bars)


def performance_view(
    score: AnswerScore | None, values: Mapping[Cue, Measured], profile: Profile, language: str
) -> PerformanceView:
    """The index as it is shown. `values` are the answer's, for the reasons of what could not be measured."""
    if score is None:
        return PerformanceView(str(NONE_MADE), "", (), (), "")
    left_out = tuple(_left_out(one, values) for one in score.details["left_out"])
    if score.value is None:
        return PerformanceView(_missing(score.missing), "", (), left_out, score.version)
    terms = tuple(_terms(score.details, profile, language))
    return PerformanceView(_sentence(score.value), signed(score.value), terms, left_out, score.version)


def signed(value: float) -> str:
    """A number of the index with its sign, to two decimals; nothing has none."""
    rounded = round(value, 2) + 0.0
    shown = str(number_format(abs(rounded), decimal_pos=2, use_l10n=True))
    return shown if rounded == 0 else f"{'+' if rounded > 0 else units.MINUS}{shown}"


def _sentence(value: float) -> str:
    return str(next((text for least, text in LEVELS if value >= least), LEVELS[-1][1]))


def _missing(why: str) -> str:
    return str(MISSING[Missing(why)]) if why in set(Missing) else str(NONE_MADE)


def _terms(details: Mapping[str, Any], profile: Profile, language: str) -> list[TermLine]:
    basis = stored_basis(details)
    usual = summaries.usual(basis.baseline)
    expected = {one.cue: one for one in basis.expected}
    terms = [term for term in details["terms"] if cue_names.as_cue(term["cue"]) in expected]
    longest = max((_reach(term) for term in terms), default=0.0)
    return [
        _line(term, expected[Cue(term["cue"])], usual.get(Cue(term["cue"])), longest, (profile, language))
        for term in terms
    ]


def _line(
    term: Mapping[str, Any],
    expected: Expectation,
    usual: Usual | None,
    longest: float,
    reader: tuple[Profile, str],
) -> TermLine:
    cue, (profile, language) = expected.cue, reader
    band = profile.targets.get(cue) or expected.band or band_for(profile, cue, language)
    return TermLine(
        code=cue.value,
        name=cue_names.name(cue),
        amount=signed(term["weight"] * term["score"]),
        observed=words.fact(cue, term["value"], usual, with_band=False).text,
        expected=expected_words(expected.direction, cue, band),
        parts=_parts(term),
        share=units.in_unit("share", term["weight"]),
        bars=tuple(_bars(term, longest)),
    )


def expected_words(direction: Direction, cue: Cue, band: Band | None) -> str:
    """What the question expects, in words."""
    if direction is Direction.UP:
        return _("Expected: more than your usual.")
    if direction is Direction.DOWN:
        return _("Expected: less than your usual.")
    return "" if band is None else _in_band(cue, band)


def _in_band(cue: Cue, band: Band) -> str:
    if band.relative:
        amount = {"amount": units.limit(CATALOGUE[cue].unit, band.high or 0.0)}
        return _("Expected: within %(amount)s of your usual.") % amount
    range_ = {"band": units.band_words(cue, band)}
    if is_own(band):
        return _("Your own target: %(band)s.") % range_
    if band.basis == LENGTH_BASIS:
        return _("Expected for this question: %(band)s.") % range_
    return _("Expected: %(band)s.") % range_


def _weighed(term: Mapping[str, Any], part: str) -> float | None:
    """A part of a term as it enters the sum; None where there is none."""
    return None if term.get(part) is None else term["weight"] * term[part]


def _parts(term: Mapping[str, Any]) -> str:
    """Where the amount comes from, where it comes from two sides."""
    own, band = _weighed(term, "own"), _weighed(term, "band")
    if own is None or band is None or round(own, 2) == 0:
        return ""
    amounts = {"own": signed(own), "band": signed(band)}
    said = _("Against your usual %(own)s, against the range %(band)s.") % amounts
    limit = abs(term["own"] + term["band"]) > 1
    most = _("One cue counts no more than its weight.")
    return f"{said} {most}" if limit else said


def _reach(term: Mapping[str, Any]) -> float:
    """How far the bars of a term reach to one side."""
    parts = [_weighed(term, part) or 0.0 for part in ("own", "band")]
    return max(sum(part for part in parts if part > 0), -sum(part for part in parts if part < 0))


def _bars(term: Mapping[str, Any], longest: float) -> list[Bar]:
    """The parts side by side, positive ones to the right of the middle and negative ones to the left."""
    ends, found = {True: 50.0, False: 50.0}, []
    for kind in ("band", "own"):
        part = _weighed(term, kind) or 0.0
        width = EDGE * abs(part) / longest if longest > 0 else 0.0
        if width < 0.1:
            continue
        is_more = part > 0
        x = ends[is_more] if is_more else ends[is_more] - width
        ends[is_more] += width if is_more else -width
        found.append(Bar(kind, round(x, 2), round(width, 2)))
    return found


def _left_out(one: Mapping[str, Any], values: Mapping[Cue, Measured]) -> LeftOutLine:
    code, why = str(one["cue"]), str(one["why"])
    return LeftOutLine(code, cue_names.name(code), _why(code, why, values))


def _why(code: str, why: str, values: Mapping[Cue, Measured]) -> str:
    if why == Missing.SWITCHED_OFF:
        return _("you left it out")
    if why == Missing.CALIBRATING:
        return _("it needs your usual, which is known after your third answer")
    cue = cue_names.as_cue(code)
    measured = values.get(cue) if cue else None
    return cue_names.reason((measured.absent if measured else None) or "")
