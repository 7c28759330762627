"""What a scenario file says, as frozen values, and the error for a file that says it wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scoring.cues.catalogue import Cue
from sessions.content.topics import Topic

SCHEMA_VERSION = 1


class OrderRule(StrEnum):
    """In which order the questions come. Under every rule the first one opens and the last one closes.

    `easy_to_hard` sorts those between by difficulty and keeps the written order among equals.
    """

    FIXED = "fixed"
    OPENING_THEN_ANY = "opening_then_any"
    EASY_TO_HARD = "easy_to_hard"


class QuestionType(StrEnum):
    """What kind of answer is asked for. `difficult` is the harder one, mostly about what is right under pressure."""

    OPENING = "opening"
    MOTIVATION = "motivation"
    EXPERIENCE = "experience"
    SITUATIONAL = "situational"
    BEHAVIOURAL = "behavioural"
    STRENGTHS = "strengths"
    DIFFICULT = "difficult"
    KNOWLEDGE = "knowledge"
    CLOSING = "closing"


class Direction(StrEnum):
    """Where a cue is expected: above or below the person's own baseline, or in the catalogue's band."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class ExpectedBand:
    """A question's own band of a cue, in the cue's unit (a share from 0 to 1). None is an open end; one is given."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ExpectedCue:
    """A cue that suits the question. `weight`, over 0 and at most 1, is relative to the question's other weights.

    The direction `band` is allowed where the catalogue has a band or the question gives its own, which takes the
    catalogue's place. The length of an answer is expected by `expected_s`.
    """

    cue: Cue
    direction: Direction
    weight: float
    band: ExpectedBand | None = None


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """One question; `expected_s` are the low and high seconds of a good answer."""

    key: str
    text: str
    type: QuestionType
    topics: tuple[Topic, ...]
    difficulty: int
    expected_s: tuple[int, int]
    thinking_s: int | None
    expected_cues: tuple[ExpectedCue, ...]
    point: str
    key_points: tuple[str, ...]

    @property
    def expected_performance(self) -> float:
        """Pe in [-1, 1] (TARDIS, section 6.1): an easy question expects 1, a hard one -1."""
        return (3 - self.difficulty) / 2


@dataclass(frozen=True, slots=True)
class ScenarioContent:
    """One interview in one language."""

    slug: str
    language: str
    title: str
    job_title: str
    summary: str
    order_rule: OrderRule
    thinking_s: int
    questions: tuple[QuestionContent, ...]
    expected_by_type: Mapping[QuestionType, tuple[ExpectedCue, ...]] = field(default_factory=dict)
    """What the questions of a type expect that name nothing themselves."""

    def thinking_for(self, question: QuestionContent) -> int:
        """Seconds offered before this question is answered."""
        return self.thinking_s if question.thinking_s is None else question.thinking_s


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is: `question` is its number from 1, with its key once that is known."""

    source: str = ""
    question: str = ""
    field: str = ""

    def __str__(self) -> str:
        parts = (self.source, self.question and f"question {self.question}", self.field)
        return ", ".join(part for part in parts if part)

    def at(self, part: str | int) -> Place:
        """The place of a field in the object here, or of an item (counted from 0) in the list here."""
        if isinstance(part, int):
            return replace(self, field=f"{self.field}[{part}]")
        return replace(self, field=f"{self.field}.{part}" if self.field else part)


class ContentError(Exception):
    """A scenario file that cannot be used.

    `message` is English and may be translated before `values` are put into it (%-style); `reason` is both together.
    """

    def __init__(self, place: Place, message: str, values: Mapping[str, object] | None = None) -> None:
        self.place = place
        self.message = message
        self.values = dict(values or {})
        self.reason = message % self.values
        super().__init__(f"{place}: {self.reason}" if str(place) else self.reason)

    @property
    def source(self) -> str:
        return self.place.source

    @property
    def question(self) -> str:
        return self.place.question

    @property
    def field(self) -> str:
        return self.place.field
