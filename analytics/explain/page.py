"""One cue as its page tells it, and all of them as the list does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from analytics import cue_names, units
from analytics.explain.figures.registry import FIGURES
from analytics.explain.quotes import Quote, quote
from analytics.explain.texts import BASES, MORE_REASONS, NO_BAND, NO_BANDS, REASONS, SOURCES, TEXTS
from scoring.cues.catalogue import BANDS_IN, CATALOGUE, Band, Cue, CueSpec


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is told of one cue, in the reader's language."""

    code: str
    name: str
    group: str
    is_event: bool
    available: bool
    short: str
    how: str
    example: str
    figure: SafeString | None
    quote: Quote | None
    not_meant: str
    practise: str
    unit: str
    range: str
    window: str
    band: str
    has_band: bool
    signal: str
    reasons: tuple[str, ...]
    source: str


def explanation(cue: Cue) -> Explanation:
    """The page of one cue."""
    spec, told = CATALOGUE[cue], TEXTS[cue]
    drawn = FIGURES[cue]() if cue in FIGURES else None
    quoted = quote(cue, get_language() or "en")
    values = {**(drawn.values if drawn else {}), **(quoted.values if quoted else {})}
    return Explanation(
        code=cue.value,
        name=cue_names.name(cue),
        group=str(cue_names.GROUPS[spec.group]),
        is_event=spec.kind == "event",
        available=spec.available,
        short=str(told.short),
        how=str(told.how),
        example=str(told.example) % values if values else str(told.example),
        figure=drawn.svg if drawn else None,
        quote=quoted,
        not_meant=str(told.not_meant),
        practise=str(told.practise),
        unit=_unit(cue, spec),
        range=_range(spec),
        window=_window(spec),
        band=_band(cue, spec),
        has_band=spec.band is not None,
        signal=cue_names.signal(cue),
        reasons=_reasons(cue),
        source=str(SOURCES.get(spec.source, spec.source)),
    )


def _reasons(cue: Cue) -> tuple[str, ...]:
    found = (*REASONS.get(CATALOGUE[cue].minimum_signal, ()), *MORE_REASONS.get(cue, ()))
    return tuple(cue_names.reason(why) for why in found)


def _unit(cue: Cue, spec: CueSpec) -> str:
    if spec.kind == "event":
        return _("how often it happened, each time with its moment and a strength from 0 to 1")
    return str(_UNITS.get(spec.unit) or units.axis_unit(cue))


_UNITS: Mapping[str, Any] = {
    "share": gettext_lazy("percent"),
    "percent": gettext_lazy("percent"),
    "-1..1": gettext_lazy("a number without a unit, from −1 to 1"),
    "degrees": gettext_lazy("degrees (°)"),
    "degrees/s": gettext_lazy("degrees per second"),
    "dB": gettext_lazy("decibels (dB)"),
    "Hz": gettext_lazy("hertz (Hz), times in a second"),
    "semitones from 27.5 Hz": gettext_lazy("semitones above 27.5 Hz"),
    "count": gettext_lazy("a number, counted over the answer"),
}
"""Units in words, where the sign beside an axis is not enough."""


def _range(spec: CueSpec) -> str:
    if spec.unit == "-1..1":
        return _("%(low)s to %(high)s") % {"low": units.tick(spec.unit, -1), "high": units.tick(spec.unit, 1)}
    if spec.unit == "count":
        return _("%(low)s or more") % {"low": units.tick(spec.unit, spec.low or 0.0)}
    if spec.low is None and spec.high is None:
        return _("any number, also below zero")
    if spec.low is not None and spec.high is not None:
        return units.range_words(spec.unit, spec.low, spec.high)
    return _("%(low)s or more") % {"low": units.limit(spec.unit, spec.low or 0.0)}


def _window(spec: CueSpec) -> str:
    if spec.group == "words":
        return _("the whole answer, after it has ended; not while you speak")
    if spec.kind == "event":
        return _("at the moment in which it happens")
    if spec.window_s is None:
        return _("while you answer: everything so far; afterwards: the whole answer")
    return _("while you answer: the last %(seconds)s; afterwards: the whole answer") % {
        "seconds": units.limit("s", spec.window_s)
    }


def _band(cue: Cue, spec: CueSpec) -> str:
    """The band with what it rests on, or why there is none. Never a pass mark."""
    if spec.kind == "event":
        return _("There is no band: how often it is right depends on what is said.")
    if spec.band is None:
        return str(NO_BANDS.get(cue, NO_BAND))
    said = [_relative(spec, spec.band) if spec.band.relative else _common(cue, spec.band)]
    said.append(_("Where it comes from: %(basis)s.") % {"basis": BASES.get(spec.band.basis, spec.band.basis)})
    others = [_in_language(cue, code, band) for (of, code), band in BANDS_IN.items() if of is cue]
    return " ".join([*said, *others])


def _in_language(cue: Cue, code: str, band: Band | None) -> str:
    """The band of answers in a language in which it is another one."""
    language = {"language": get_language_info(code)["name_translated"]}
    if band is None:
        return _("For answers in %(language)s there is no band: we know of no evidence that fits.") % language
    return _("For answers in %(language)s: %(band)s, %(basis)s.") % {
        **language,
        "band": units.band_words(cue, band),
        "basis": BASES.get(band.basis, band.basis),
    }


def _common(cue: Cue, band: Band) -> str:
    wide = units.range_words(CATALOGUE[cue].unit, band.wide_low, band.wide_high)
    return _("Common in interviews: %(band)s; still ordinary: %(wide)s.") % {
        "band": units.band_words(cue, band),
        "wide": wide,
    }


def _relative(spec: CueSpec, band: Band) -> str:
    amount = {
        "high": units.limit(spec.unit, band.high or 0.0),
        "wide": units.limit(spec.unit, band.wide_high or 0.0),
    }
    return _("Within %(high)s of your own usual; still ordinary: within %(wide)s.") % amount


# --- the list ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One cue in the list."""

    code: str
    name: str
    short: str
    usual: str
    is_event: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The cues of face, body, voice or words that were looked for."""

    name: str
    lines: tuple[Line, ...]


def groups(*, looked_for: str = "", group: str = "", usual: Mapping[Cue, str] | None = None) -> list[Group]:
    """All cues by group, or those whose name, line or code holds every word that is looked for."""
    wanted = looked_for.casefold().split()
    found = []
    for key, name in cue_names.GROUPS.items():
        cues = (cue for cue in in_group(key) if group in ("", key))
        lines = tuple(_line(cue, (usual or {}).get(cue, "")) for cue in cues if _holds(cue, wanted))
        if lines:
            found.append(Group(str(name), lines))
    return found


def in_group(group: str) -> list[Cue]:
    """The cues of a group in the catalogue's order: what is measured all the time before what happens at a moment."""
    return [cue for cue, spec in CATALOGUE.items() if spec.group == group]


def neighbours(cue: Cue) -> tuple[Cue | None, Cue | None]:
    """The cues before and after this one in its group."""
    cues = in_group(CATALOGUE[cue].group)
    at = cues.index(cue)
    return (cues[at - 1] if at else None), (cues[at + 1] if at + 1 < len(cues) else None)


def _line(cue: Cue, usual: str) -> Line:
    return Line(cue.value, cue_names.name(cue), str(TEXTS[cue].short), usual, CATALOGUE[cue].kind == "event")


def _holds(cue: Cue, wanted: Iterable[str]) -> bool:
    text = f"{cue_names.name(cue)} {TEXTS[cue].short} {cue.value}".casefold()
    return all(word in text for word in wanted)
