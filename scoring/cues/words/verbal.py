"""What reading a transcript brings: values, marks on words, and remarks with suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.cues.catalogue import Cue
from scoring.cues.values import Value


@dataclass(frozen=True, slots=True)
class WordMark:
    """Words `first`..`last` (inclusive, places in `Transcript.words`) are a filler, repeat, restart or hedge."""

    code: Cue
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A grammar or language remark on the words `first`..`last` (inclusive).

    `kind` is a stable word for what it is about, `message` is in the language of the answer, `suggestions` are
    replacements for these words, the best first.
    """

    first: int
    last: int
    kind: str
    message: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verbal:
    """All verbal cues of one answer, and where in the transcript they show."""

    values: Mapping[Cue, Value]
    marks: tuple[WordMark, ...]
    remarks: tuple[Remark, ...]
