"""What a question expects of an answer's cues, and what is expected where a question says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from scoring.cues.catalogue import Band, Cue

LENGTH_WEIGHT = 0.6
"""Weight of the answer's length, which every question expects (TARDIS: a short answer to a complex question is -1)."""

LENGTH_BASIS = "the question's expected length"


class Direction(StrEnum):
    """Where a cue is expected: above or below the person's own usual, or in a band."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expected cue. `weight` is over 0 and relative to the others; `band` takes the catalogue's place.

    Raises:
        ValueError: the weight is not over 0.
    """

    cue: Cue
    direction: Direction
    weight: float
    band: Band | None = None

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise ValueError(f"an expectation's weight is over 0, not {self.weight}")


_Row = tuple[Cue, Direction, float]

_SPEECH: tuple[_Row, ...] = (
    (Cue.WPM, Direction.BAND, 0.7),
    (Cue.LATENCY, Direction.BAND, 0.6),
    (Cue.F0_SD, Direction.BAND, 0.5),
    (Cue.LOUD, Direction.BAND, 0.5),
)
"""Rate, wait before speaking, pitch variability and loudness: the examples of TARDIS, section 5."""

_OPEN: tuple[_Row, ...] = ((Cue.GZ_DR, Direction.BAND, 0.8), (Cue.SMILE_SHARE, Direction.UP, 0.6), *_SPEECH)
_TELL: tuple[_Row, ...] = ((Cue.GZ_DR, Direction.BAND, 0.6), (Cue.FILLERS, Direction.DOWN, 0.4), *_SPEECH)
_HARD: tuple[_Row, ...] = (
    (Cue.GZ_DR, Direction.BAND, 0.6),
    (Cue.PAUSE_LONG_N, Direction.DOWN, 0.4),
    (Cue.HD_TH, Direction.DOWN, 0.3),
    (Cue.WPM, Direction.BAND, 0.7),
    (Cue.F0_SD, Direction.BAND, 0.4),
    (Cue.LOUD, Direction.BAND, 0.5),
)
"""Without the wait before speaking: a hard question deserves a thought."""

DEFAULTS: Mapping[str, tuple[Expectation, ...]] = MappingProxyType(
    {
        kind: tuple(Expectation(*row) for row in rows)
        for kind, rows in (
            ("opening", _OPEN),
            ("motivation", _TELL),
            ("experience", _TELL),
            ("situational", _HARD),
            ("behavioural", _TELL),
            ("strengths", _TELL),
            ("difficult", _HARD),
            ("knowledge", _TELL),
            ("closing", _OPEN),
        )
    }
)
"""What a question of each type expects when it names nothing itself. Own choice, after the papers' examples."""


def expectations(
    stored: Iterable[Mapping[str, Any]], *, question_type: str, expected_s: tuple[float, float] | None
) -> tuple[Expectation, ...]:
    """A question's expectations from its stored list ({"cue", "direction", "weight"}, "band" optional), else by type.

    The length of the answer is added from `expected_s` (seconds, low and high) unless the question names it.
    What cannot be read (a cue of another version) is left out.
    """
    named = tuple(one for one in map(_read, stored) if one is not None)
    found = named or DEFAULTS.get(question_type, ())
    if expected_s is None or any(one.cue is Cue.ANSWER_LEN for one in found):
        return found
    return (*found, Expectation(Cue.ANSWER_LEN, Direction.BAND, LENGTH_WEIGHT, length_band(*expected_s)))


def length_band(low_s: float, high_s: float) -> Band:
    """The band of an answer's length: tolerated from half of the shorter to one and a half times the longer."""
    return Band(low_s, high_s, low_s / 2, high_s * 1.5, LENGTH_BASIS)


def _read(raw: Mapping[str, Any]) -> Expectation | None:
    try:
        return Expectation(
            Cue(raw["cue"]), Direction(raw["direction"]), float(raw["weight"]), _band(raw.get("band"))
        )
    except (KeyError, TypeError, ValueError):
        return None


def _band(raw: Mapping[str, Any] | None) -> Band | None:
    if raw is None:
        return None

    def end(name: str) -> float | None:
        return None if raw.get(name) is None else float(raw[name])

    return Band(
        *(end("low"), end("high"), end("wide_low"), end("wide_high")),
        basis=str(raw.get("basis", "")),
        relative=bool(raw.get("relative", False)),
    )
