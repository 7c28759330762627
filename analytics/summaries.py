"""From stored results to typed values: what an answer, a session and a baseline say about each cue.

Stored JSON is read here and nowhere else in this app. Codes that this version does not know are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.cue_names import as_cue
from scoring.cues.bands import spread_of
from scoring.cues.baseline import Baseline
from scoring.cues.baseline import Usual as Known
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.values import Value


@dataclass(frozen=True, slots=True)
class Measured:
    """A cue of one answer: a value, or the code of the reason why there is none."""

    value: float | None
    absent: str | None


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a person: the mean, and by how much their answers vary anyway (`spread`, over 0)."""

    mean: float
    spread: float

    def distance(self, value: float) -> float:
        """How many spreads `value` lies from the mean, signed."""
        return (value - self.mean) / self.spread


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at `start_ms` of stream time; `end_ms` where it lasted."""

    cue: Cue
    start_ms: int
    end_ms: int | None
    strength: float


def measured(cues: Mapping[str, Any]) -> dict[Cue, Measured]:
    """`AnswerResult.cues` as values. Anything that is neither a number nor a reason counts as absent."""
    found: dict[Cue, Measured] = {}
    for code, stored in cues.items():
        cue = as_cue(code)
        if cue is not None:
            found[cue] = _measured(stored)
    return found


def without(values: Mapping[Cue, Measured], off: Collection[Cue]) -> dict[Cue, Measured]:
    """The values without the cues that the person left out."""
    return {cue: value for cue, value in values.items() if cue not in off}


def _measured(stored: Any) -> Measured:
    value = stored.get("v") if isinstance(stored, Mapping) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Measured(float(value), None)
    reason = stored.get("absent") if isinstance(stored, Mapping) else None
    return Measured(None, str(reason or ""))


def usual(baseline: Baseline | None) -> dict[Cue, Usual]:
    """What is usual, of cues whose calibration is over."""
    known = {cue: baseline.usual(cue) for cue in baseline.cues} if baseline else {}
    return {cue: Usual(found.mean, _spread(cue, found)) for cue, found in known.items() if found}


def _spread(cue: Cue, found: Known) -> float:
    """Of what is counted, one more or less says nothing."""
    return max(spread_of(cue, found), 1.0 if CATALOGUE[cue].unit == "count" else 0.0)


def learnt(baseline: Baseline, cues: Mapping[str, Any]) -> Baseline:
    """The baseline with one more stored answer."""
    values = {cue: Value.of(one.value) for cue, one in measured(cues).items() if one.value is not None}
    return baseline.with_answer(values)


def happenings(events: Iterable[Mapping[str, Any]]) -> list[Happening]:
    """`AnswerResult.events` in order of time; a start and its end become one. An end without a start is left out."""
    found: list[Happening] = []
    open_at: dict[Cue, int] = {}
    for event in sorted(events, key=lambda event: event["t_ms"]):
        cue = as_cue(event["code"])
        if cue is None:
            continue
        if event["phase"] == "end":
            _close(found, open_at.pop(cue, None), int(event["t_ms"]))
            continue
        if event["phase"] == "start":
            open_at[cue] = len(found)
        found.append(Happening(cue, int(event["t_ms"]), None, float(event["strength"])))
    return found


def _close(found: list[Happening], index: int | None, end_ms: int) -> None:
    if index is not None:
        begun = found[index]
        found[index] = Happening(begun.cue, begun.start_ms, end_ms, begun.strength)


def counts(happened: Iterable[Happening]) -> dict[Cue, int]:
    return dict(Counter(one.cue for one in happened))


def over_answers(answers: Iterable[Mapping[Cue, Measured]]) -> dict[Cue, Measured]:
    """A session's value per cue: the mean over the answers that have one; the commonest reason where none has."""
    columns: dict[Cue, list[Measured]] = {}
    for answer in answers:
        for cue, value in answer.items():
            columns.setdefault(cue, []).append(value)
    return {cue: _together(column) for cue, column in columns.items()}


def _together(column: list[Measured]) -> Measured:
    values = [one.value for one in column if one.value is not None]
    if values:
        return Measured(sum(values) / len(values), None)
    reasons = Counter(one.absent for one in column)
    return Measured(None, reasons.most_common(1)[0][0])
