"""The criteria by which answers are rated: the shipped ones, and an institution's own for a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sessions.models import Rubric

MOST = 10
"""A rubric has at most so many criteria: more are not read with care."""
NAME_LENGTH, ANCHOR_LENGTH = 80, 160


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is looked at, and what the levels 1 (`low`) and 5 (`high`) mean. `key` stays when the name changes."""

    key: str
    name: str
    low: str
    high: str

    def to_json(self) -> dict[str, str]:
        return {"key": self.key, "name": self.name, "low": self.low, "high": self.high}


DEFAULT: tuple[Criterion, ...] = (
    Criterion(
        "answered",
        _("Answered the question"),
        _("spoke about something else"),
        _("answered just what was asked"),
    ),
    Criterion(
        "example",
        _("A concrete example"),
        _("stayed general"),
        _("one situation, with what was done and what came of it"),
    ),
    Criterion(
        "structure",
        _("Structure"),
        _("hard to say where it begins and ends"),
        _("a beginning, a middle and an end that one can retell"),
    ),
    Criterion(
        "easy_to_follow",
        _("Easy to follow"),
        _("much was lost in the wording or the pace"),
        _("every sentence was understood at once"),
    ),
    Criterion(
        "attentive",
        _("Came across as attentive"),
        _("looked or sounded turned away from the interviewer"),
        _("looked and sounded turned to the interviewer"),
    ),
)
"""The shipped criteria as they are stored, in English; `shown` translates them."""
_DEFAULT: Mapping[str, Criterion] = MappingProxyType({criterion.key: criterion for criterion in DEFAULT})


def rubric_of(institution_id: UUID, scenario_id: UUID) -> tuple[Criterion, ...]:
    """What the institution rates in answers of the scenario, as it is stored."""
    own = Rubric.objects.filter(institution_id=institution_id, scenario_id=scenario_id).first()
    return tuple(read(own.criteria)) if own and own.criteria else DEFAULT


def has_own(institution_id: UUID, scenario_id: UUID) -> bool:
    return Rubric.objects.filter(institution_id=institution_id, scenario_id=scenario_id).exists()


def read(stored: Iterable[Mapping[str, Any]]) -> list[Criterion]:
    return [Criterion(one["key"], one["name"], one["low"], one["high"]) for one in stored]


def shown(criteria: Iterable[Criterion]) -> list[Criterion]:
    """The criteria in the reader's language: shipped ones translated, an institution's own as written."""
    return [_local(one) if one == _DEFAULT.get(one.key) else one for one in criteria]


def stored(criteria: Iterable[Criterion]) -> list[Criterion]:
    """The reverse of `shown`: a shipped criterion that was left as it is stays translatable."""
    local = {_local(one): one for one in DEFAULT}
    return [local.get(one, one) for one in criteria]


def name_shown(key: str, name: str) -> str:
    """The name that a rating keeps: a shipped one in the reader's language, any other as it was given."""
    known = _DEFAULT.get(key)
    return gettext(name) if known and known.name == name else name


def _local(one: Criterion) -> Criterion:
    return Criterion(one.key, gettext(one.name), gettext(one.low), gettext(one.high))
