"""The state machine of a practice session, pure: what may be done when, and what comes of it.

The table is that of docs/live-protocol.md. `sessions.actions` writes its steps down; nothing here does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """The same words as `sessions.models.State`."""

    LOBBY = "lobby"
    ASKING = "asking"
    THINKING = "thinking"
    ANSWERING = "answering"
    PAUSED = "paused"
    DONE = "done"


class Verb(StrEnum):
    BEGIN = "begin"
    ASKED = "asked"
    ANSWER = "answer"
    DONE = "done"
    PAUSE = "pause"
    RESUME = "resume"
    REPEAT = "repeat"
    END = "end"


OPEN_STATES = frozenset({State.ASKING, State.THINKING, State.ANSWERING})
"""The stream of an answer runs."""

ALLOWED: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {
        Verb.BEGIN: frozenset({State.LOBBY}),
        Verb.ASKED: frozenset({State.ASKING}),
        Verb.ANSWER: frozenset({State.ASKING, State.THINKING}),
        Verb.DONE: OPEN_STATES,
        Verb.PAUSE: OPEN_STATES,
        Verb.RESUME: frozenset({State.PAUSED}),
        Verb.REPEAT: frozenset({State.THINKING, State.ANSWERING}),
        Verb.END: frozenset(State) - {State.DONE},
    }
)


class NotNow(Exception):
    """The verb is not allowed in this state. Nothing has changed."""

    def __init__(self, verb: Verb, state: State) -> None:
        super().__init__(f"{verb} is not possible while {state}")
        self.verb = verb
        self.state = state


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands: question `position` (from 0) of `questions`; `resumes` only while paused.

    Raises:
        ValueError: no such place exists.
    """

    state: State
    position: int
    questions: int
    resumes: State | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.position < self.questions:
            raise ValueError(f"there is no question {self.position} of {self.questions}")
        if (self.state == State.PAUSED) != (self.resumes is not None):
            raise ValueError("`resumes` is set while paused, and only then")
        if self.resumes is not None and self.resumes not in OPEN_STATES:
            raise ValueError(f"a pause cannot go back to {self.resumes}")

    @property
    def has_open_answer(self) -> bool:
        return self.state in OPEN_STATES or self.state == State.PAUSED


def allows(place: Place, verb: Verb) -> bool:
    return place.state in ALLOWED[verb]


def step(place: Place, verb: Verb) -> Place:
    """Where `verb` leads. Raises NotNow."""
    if not allows(place, verb):
        raise NotNow(verb, place.state)
    match verb:
        case Verb.BEGIN | Verb.REPEAT:
            return replace(place, state=State.ASKING)
        case Verb.ASKED:
            return replace(place, state=State.THINKING)
        case Verb.ANSWER:
            return replace(place, state=State.ANSWERING)
        case Verb.DONE:
            return _next_question(place)
        case Verb.PAUSE:
            return replace(place, state=State.PAUSED, resumes=place.state)
        case Verb.RESUME:
            return replace(place, state=place.resumes or State.ASKING, resumes=None)
        case Verb.END:
            return replace(place, state=State.DONE, resumes=None)


def _next_question(place: Place) -> Place:
    if place.position + 1 < place.questions:
        return replace(place, state=State.ASKING, position=place.position + 1)
    return replace(place, state=State.DONE)
