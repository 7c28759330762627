"""The form in which the accommodation profile is set.

Nobody is asked for a reason, and nobody but the person sees what they set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import cue_names, units
from analytics.explain.texts import TEXTS
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.performance.index import NO_PROFILE, Profile
from scoring.performance.profile import EVENTS_OF, ProfileError, Wrong, takes_target

WORDS: Mapping[Wrong, Any] = MappingProxyType(
    {
        Wrong.UNKNOWN_CUE: gettext_lazy("There is no such cue."),
        Wrong.NO_TARGET: gettext_lazy("This cue takes no target."),
        Wrong.NOT_A_NUMBER: gettext_lazy("Please write a number, such as 12 or 1.5."),
        Wrong.EMPTY: gettext_lazy("Please write a number, or leave it empty."),
        Wrong.OUT_OF_RANGE: gettext_lazy("This cue cannot have that value: %(range)s."),
        Wrong.LOW_OVER_HIGH: gettext_lazy("The first number is larger than the second."),
        Wrong.WIDE_INSIDE: gettext_lazy("What is still ordinary must lie around the target."),
    }
)


@dataclass(frozen=True, slots=True)
class End:
    """One end of an own target, as it stands in its box. `name` is that of the field."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One cue in the form. Without `ends` it takes no target. `also` names the events that go with it."""

    code: str
    name: str
    short: str
    also: str
    off: bool
    ends: tuple[End, ...]
    unit: str
    common: str
    error: str


@dataclass(frozen=True, slots=True)
class Group:
    """The cues of face, body, voice or words."""

    key: str
    name: str
    lines: tuple[Line, ...]

    @property
    def n_off(self) -> int:
        return sum(1 for line in self.lines if line.off)


def groups(
    profile: Profile = NO_PROFILE, posted: QueryDict | None = None, error: ProfileError | None = None
) -> list[Group]:
    """The form's lines: as the profile is, or as they were `posted` with what was wrong in it."""
    cues = [cue for cue, spec in CATALOGUE.items() if spec.kind == "continuous" and spec.available]
    return [
        Group(
            key,
            str(name),
            tuple(_line(cue, profile, posted, error) for cue in cues if CATALOGUE[cue].group == key),
        )
        for key, name in cue_names.GROUPS.items()
    ]


def _line(cue: Cue, profile: Profile, posted: QueryDict | None, error: ProfileError | None) -> Line:
    off = cue.value in posted.getlist("off") if posted is not None else cue in profile.off
    band = CATALOGUE[cue].band
    common = units.band_words(cue, band) if band and takes_target(cue) else ""
    wrong = _wrong(cue, error.wrong) if error and error.cue == cue.value else ""
    return Line(
        code=cue.value,
        name=cue_names.name(cue),
        short=str(TEXTS[cue].short),
        also=_(", ").join(cue_names.name(event) for event in EVENTS_OF.get(cue, ())),
        off=off,
        ends=tuple(_end(cue, end, profile, posted) for end in _ends(cue)),
        unit=units.axis_unit(cue),
        common=common,
        error=wrong,
    )


def _ends(cue: Cue) -> tuple[str, ...]:
    """The ends that the catalogue's band has: where more is no fault, nobody needs to say how much more."""
    band = CATALOGUE[cue].band
    if band is None or not takes_target(cue):
        return ()
    return tuple(end for end in ("low", "high") if getattr(band, end) is not None)


def _end(cue: Cue, end: str, profile: Profile, posted: QueryDict | None) -> End:
    name = f"{end}-{cue.value}"
    target = profile.targets.get(cue)
    kept = getattr(target, end) if target else None
    value = (
        posted.get(name, "")
        if posted is not None
        else ""
        if kept is None
        else f"{units.scaled(CATALOGUE[cue].unit, kept):.4g}"
    )
    return End(name, _("from") if end == "low" else _("to"), value)


def _wrong(cue: Cue, wrong: Wrong) -> str:
    spec = CATALOGUE[cue]
    return str(WORDS[wrong]) % {"range": units.range_words(spec.unit, spec.low or 0.0, spec.high)}


def asked_for(posted: QueryDict) -> tuple[list[str], dict[str, dict[str, float]]]:
    """What the form says, in the cues' own units. Raises ProfileError for a box that holds no number."""
    targets = {cue.value: _numbers(cue, posted) for cue in CATALOGUE}
    return posted.getlist("off"), {code: ends for code, ends in targets.items() if ends}


def _numbers(cue: Cue, posted: QueryDict) -> dict[str, float]:
    found = {}
    for end in _ends(cue):
        text = posted.get(f"{end}-{cue.value}", "").strip().replace(",", ".")
        if text:
            found[end] = _number(cue, text) / units.scaled(CATALOGUE[cue].unit, 1.0)
    return found


def _number(cue: Cue, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ProfileError(cue.value, Wrong.NOT_A_NUMBER) from None
