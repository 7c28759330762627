"""Stored advice as pieces: one change of one answer each, and the same change gathered over a session.

`Advice.changes` and `.details` are read here and nowhere else in this app.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

import structlog

from analytics.coach.told import Direction
from analytics.cue_names import as_cue
from scoring.cues.catalogue import Cue
from sessions.models import Advice

log = structlog.get_logger(__name__)

Kind = tuple[Cue, Direction]


@dataclass(frozen=True, slots=True)
class Piece:
    """One change. Values in the cue's unit, moments in milliseconds of stream time, at least one.

    `low` seconds of the answer were estimated low; with all of its changes (`alone`: with this one, as there is no
    other) `turned` of them would not be, and the estimate would rise by `gain` on average. `rank` is the place in the
    answer's advice.
    """

    advice_id: UUID
    answer_id: UUID
    position: int
    rank: int
    cue: Cue
    direction: Direction
    before: float
    after: float
    seconds: int
    moments: tuple[tuple[int, int], ...]
    low: int
    turned: int
    gain: float
    alone: bool
    version: str

    @property
    def kind(self) -> Kind:
        return self.cue, self.direction

    @property
    def number(self) -> int:
        """Of the answer, as pages count."""
        return self.position + 1

    @property
    def use(self) -> float:
        """How much there is to win: the gain, over the seconds in which it is won."""
        return self.gain * self.seconds


@dataclass(frozen=True, slots=True)
class Gathered:
    """The same change in one or more answers of a session, the most useful first."""

    pieces: tuple[Piece, ...]

    @property
    def first(self) -> Piece:
        return self.pieces[0]

    @property
    def others(self) -> tuple[Piece, ...]:
        """The same in other answers, in their order."""
        return tuple(sorted(self.pieces[1:], key=lambda piece: piece.position))

    @property
    def use(self) -> float:
        return sum(piece.use for piece in self.pieces)


def pieces_of(advice: Advice) -> tuple[Piece, ...]:
    """The changes of one answer, most useful first; none where this version cannot read them."""
    try:
        found = [_piece(advice, rank, change) for rank, change in enumerate(advice.changes)]
    except (KeyError, TypeError, ValueError, AttributeError):
        log.warning("advice_unreadable", advice=str(advice.pk))
        return ()
    return tuple(piece for piece in found if piece and piece.moments)


def _piece(advice: Advice, rank: int, change: Mapping[str, Any]) -> Piece | None:
    cue, direction, details = as_cue(change["cue"]), change["direction"], advice.details
    if cue is None or direction not in get_args(Direction):
        return None
    return Piece(
        advice_id=advice.pk,
        answer_id=advice.answer_id,
        position=advice.answer.position,
        rank=rank,
        cue=cue,
        direction=direction,
        before=float(change["before"]),
        after=float(change["after"]),
        seconds=int(change["seconds"]),
        moments=tuple((int(start), int(end)) for start, end in change["moments"]),
        low=int(details["low"]),
        turned=int(details["turned"]),
        gain=float(details["after"]) - float(details["before"]),
        alone=len(advice.changes) == 1,
        version=advice.version,
    )


def gather(advice: Iterable[Advice]) -> list[Gathered]:
    """The changes of a session's advice, each kind once, the most useful first."""
    kinds: dict[Kind, list[Piece]] = {}
    for piece in (piece for one in advice for piece in pieces_of(one)):
        kinds.setdefault(piece.kind, []).append(piece)
    together = [Gathered(tuple(sorted(found, key=_most_useful))) for found in kinds.values()]
    return sorted(together, key=lambda one: (-one.use, _most_useful(one.first)))


def _most_useful(piece: Piece) -> tuple[float, int, int]:
    """For sorting; what is equally useful keeps the order of the answers."""
    return -piece.use, piece.position, piece.rank
