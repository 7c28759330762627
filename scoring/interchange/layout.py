"""The files, their columns and their limits: format 1 of the folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.cues.catalogue import CATALOGUE_VERSION

FORMAT = 1
ABOUT, INTERVIEWS, ANSWERS, RATINGS = (
    "dataset.json",
    "interviews.parquet",
    "answers.parquet",
    "ratings.parquet",
)
FEATURES_FOLDER = "features"

MOST_ROWS = {INTERVIEWS: 1_000_000, ANSWERS: 5_000_000, RATINGS: 20_000_000}
MOST_SECONDS = 7200
"""Rows of one answer's features: two hours."""
LEAST_LEVELS, MOST_LEVELS = 2, 10
LONGEST_TEXT = 200
LONGEST_ABOUT = 64 * 1024

PSEUDONYM = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Of people, raters, interviews, answers. It leaves no room for a name with a space, a mail address or a path."""

Kind = Literal["teacher", "self"]
KINDS: tuple[Kind, ...] = ("teacher", "self")

ColumnType = Literal["pseudonym", "text", "whole number", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType
    may_be_empty: bool = False


COLUMNS: dict[str, tuple[Column, ...]] = {
    INTERVIEWS: (
        Column("interview", "pseudonym"),
        Column("person", "pseudonym"),
        Column("scenario", "text", may_be_empty=True),
        Column("language", "text", may_be_empty=True),
    ),
    ANSWERS: (
        Column("answer", "pseudonym"),
        Column("interview", "pseudonym"),
        Column("position", "whole number"),
        Column("question", "text", may_be_empty=True),
        Column("seconds", "number"),
    ),
    RATINGS: (
        Column("answer", "pseudonym"),
        Column("rater", "pseudonym"),
        Column("kind", "text"),
        Column("start_s", "number", may_be_empty=True),
        Column("end_s", "number", may_be_empty=True),
        Column("engagement", "whole number"),
        Column("levels", "whole number"),
    ),
}


@dataclass(frozen=True, slots=True)
class About:
    """`source` is free text, `simulated` is said of every model trained on it, `catalogue_version` is the features'."""

    source: str
    simulated: bool = False
    catalogue_version: int = CATALOGUE_VERSION
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Interview:
    """One session of a person. `scenario` is a name for it, `language` a code such as "de"; None where unknown."""

    interview: str
    person: str
    scenario: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer at `position` (from 1) of its interview, `seconds` long; `question` is a name for what was asked."""

    answer: str
    interview: str
    position: int
    seconds: float
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rater said of an answer, or of the stretch [`start_s`, `end_s`) of it: a level from 1 to `levels`."""

    answer: str
    rater: str
    engagement: int
    levels: int
    kind: Kind = "teacher"
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """An answer's features, one row a second: `t_s` (n,) from the answer's start, `features` (n, 18), NaN absent."""

    t_s: NDArray[np.float64]
    features: NDArray[np.float64]
