"""What a question expects, for those who teach: the form in which it is changed, and what the student will read of it.

Values are typed and shown in the unit that a reader knows (a share in per cent) and kept in the cue's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import cue_names, units
from analytics.performance import expected_words
from scoring.cues.bands import band_of
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.performance.expectation import LENGTH_WEIGHT, Expectation
from sessions.content.schema import Direction, ExpectedBand, ExpectedCue

MOST = 8
"""Cues that one question expects at most (the scenario format's limit)."""
BLANK = 2
"""Empty lines below those that are filled in."""
USUAL_WEIGHT = 0.5

DIRECTIONS = (
    (Direction.BAND.value, gettext_lazy("within a range")),
    (Direction.UP.value, gettext_lazy("more than the student's usual")),
    (Direction.DOWN.value, gettext_lazy("less than the student's usual")),
)


def offered() -> list[Cue]:
    """Cues that an answer can be compared by. Its length is expected by seconds, with the question."""
    return [
        cue
        for cue in cue_names.in_order(CATALOGUE)
        if CATALOGUE[cue].kind == "continuous" and CATALOGUE[cue].available and cue is not Cue.ANSWER_LEN
    ]


# --- the form -------------------------------------------------------------------------------------


def _cues() -> list[tuple[str, Any]]:
    groups = [
        (str(name), [(cue.value, _label(cue)) for cue in offered() if CATALOGUE[cue].group == group])
        for group, name in cue_names.GROUPS.items()
    ]
    return [("", _("nothing"))] + [(name, cues) for name, cues in groups if cues]


def _label(cue: Cue) -> str:
    return f"{cue_names.name(cue)} ({units.axis_unit(cue)})"


class End(forms.FloatField):
    """One end of a range, in the unit that is shown; a comma is a decimal point as well."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "maxlength": 8, "autocomplete": "off"})
    default_error_messages = {"invalid": gettext_lazy("Please write a number, such as 12 or 1.5.")}

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class ExpectedForm(forms.Form):
    """One expected cue. A line without a cue is nothing."""

    cue = forms.ChoiceField(label=gettext_lazy("Cue"), choices=_cues, required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Expected"), choices=DIRECTIONS, required=False, initial=Direction.BAND.value
    )
    low = End(label=gettext_lazy("from"), required=False)
    high = End(label=gettext_lazy("to"), required=False)
    weight = End(
        label=gettext_lazy("Weight"),
        required=False,
        initial=USUAL_WEIGHT,
        min_value=0.05,
        max_value=1,
        error_messages={
            "min_value": gettext_lazy("A weight is a number from 0.05 to 1."),
            "max_value": gettext_lazy("A weight is a number from 0.05 to 1."),
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cue") and not self.errors:
            self._check(Cue(cleaned["cue"]), cleaned)
        return cleaned

    def _check(self, cue: Cue, cleaned: dict[str, Any]) -> None:
        low, high = self._end(cue, "low"), self._end(cue, "high")
        if low is not None and high is not None and low >= high:
            self.add_error("high", _("The second number must be larger than the first."))
        needs_range = cleaned.get("direction") == Direction.BAND and CATALOGUE[cue].band is None
        if needs_range and low is None and high is None:
            self.add_error(
                "low", _("There is no common range of this cue: write one, or choose more or less.")
            )

    def _end(self, cue: Cue, name: str) -> float | None:
        """In the cue's own unit; an end that the cue cannot have is an error."""
        shown = self.cleaned_data.get(name)
        if shown is None:
            return None
        spec = CATALOGUE[cue]
        value = float(shown) / units.scaled(spec.unit, 1.0)
        least = -math.inf if spec.low is None else spec.low
        most = math.inf if spec.high is None else spec.high
        if not least <= value <= most:
            said = _("This cue cannot have that value: %(range)s.")
            range_ = units.range_words(spec.unit, spec.low or 0.0, spec.high)
            self.add_error(name, said % {"range": range_})
        return value

    @property
    def expected(self) -> ExpectedCue | None:
        """Of a valid line; None where it names no cue."""
        if not self.cleaned_data.get("cue") or self.cleaned_data.get("DELETE"):
            return None
        cue = Cue(self.cleaned_data["cue"])
        low, high = self._end(cue, "low"), self._end(cue, "high")
        weight = self.cleaned_data.get("weight")
        return ExpectedCue(
            cue,
            Direction(self.cleaned_data.get("direction") or Direction.BAND),
            USUAL_WEIGHT if weight is None else weight,
            None if low is None and high is None else ExpectedBand(low, high),
        )

    @property
    def common(self) -> str:
        """The range that holds where the line names none; empty where there is none."""
        cue = cue_names.as_cue(str(self["cue"].value() or ""))
        band = CATALOGUE[cue].band if cue else None
        return units.band_words(cue, band) if cue and band and not band.relative else ""


class Lines(forms.BaseFormSet[ExpectedForm]):
    def clean(self) -> None:
        if any(self.errors):
            return
        cues = [one.cue for one in self.expected]
        if not cues:
            raise forms.ValidationError(
                _("Nothing is left. To expect the usual again, go back to the default.")
            )
        twice = sorted({cue_names.name(cue) for cue in cues if cues.count(cue) > 1})
        if twice:
            raise forms.ValidationError(_("This is there twice: %(names)s.") % {"names": _(", ").join(twice)})

    @property
    def expected(self) -> list[ExpectedCue]:
        return [one.expected for one in self.forms if one.expected is not None]


LineFormSet = forms.formset_factory(
    ExpectedForm,
    formset=Lines,
    extra=BLANK,
    max_num=MOST,
    validate_max=True,
    absolute_max=MOST,
    can_delete=True,
)


def lines_of(posted: QueryDict | None, expected: Sequence[Expectation]) -> Lines:
    """The form as it was posted, or with what is expected now."""
    return cast(Lines, LineFormSet(posted, initial=initial(expected)))


def initial(expected: Sequence[Expectation]) -> list[dict[str, Any]]:
    """The lines of a form that shows these, without the length of the answer."""
    return [_line(one) for one in expected if one.cue is not Cue.ANSWER_LEN]


def _line(one: Expectation) -> dict[str, Any]:
    ends = {"low": one.band.low, "high": one.band.high} if one.band else {}
    unit = CATALOGUE[one.cue].unit
    shown = {name: f"{units.scaled(unit, value):.6g}" for name, value in ends.items() if value is not None}
    return {"cue": one.cue.value, "direction": one.direction.value, "weight": f"{one.weight:g}", **shown}


# --- what follows from it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """One expected cue as the student will read it: its part of the index and what is expected."""

    code: str
    name: str
    share: str
    expected: str


def preview(expected: Sequence[Expectation], language: str) -> list[Preview]:
    """What the index of an answer will be made of, the weightiest first; the answer's length always counts as well."""
    total = sum(one.weight for one in expected)
    if not any(one.cue is Cue.ANSWER_LEN for one in expected):
        total += LENGTH_WEIGHT
    ordered = sorted(expected, key=lambda one: -one.weight)
    return [
        Preview(
            one.cue.value,
            cue_names.name(one.cue),
            units.in_unit("share", one.weight / total),
            expected_words(one.direction, one.cue, one.band or band_of(one.cue, language)),
        )
        for one in ordered
    ]
