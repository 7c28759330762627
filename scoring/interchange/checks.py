"""What a row has to be, by itself and among the others; the same for what is read and for what is written."""

from __future__ import annotations

from collections.abc import Container, Mapping

from scoring.interchange.errors import InterchangeError
from scoring.interchange.layout import (
    ANSWERS,
    COLUMNS,
    INTERVIEWS,
    KINDS,
    LEAST_LEVELS,
    LONGEST_TEXT,
    MOST_LEVELS,
    MOST_SECONDS,
    PSEUDONYM,
    RATINGS,
    Answer,
    Column,
    Interview,
    Rating,
)

Row = Interview | Answer | Rating
FILE_OF: dict[type[Row], str] = {Interview: INTERVIEWS, Answer: ANSWERS, Rating: RATINGS}


class Known:
    """What has come so far: whoever is referred to must be among it, and nothing may come twice."""

    def __init__(self) -> None:
        self.interviews: dict[str, Interview] = {}
        self.answers: dict[str, Answer] = {}
        self._positions: set[tuple[str, int]] = set()
        self._ratings: set[tuple[object, ...]] = set()

    def person_of(self, answer: str) -> str:
        return self.interviews[self.answers[answer].interview].person

    def add(self, row: Row, number: int) -> None:
        """Take in row `number` (from 1) of its file, or raise InterchangeError."""
        place = _Place(FILE_OF[type(row)], number)
        for column in COLUMNS[place.file]:
            place.check_value(column, getattr(row, column.name))
        if isinstance(row, Interview):
            self._add_interview(row, place)
        elif isinstance(row, Answer):
            self._add_answer(row, place)
        else:
            self._add_rating(row, place)

    def _add_interview(self, row: Interview, place: _Place) -> None:
        place.must_be_new("interview", row.interview, self.interviews)
        self.interviews[row.interview] = row

    def _add_answer(self, row: Answer, place: _Place) -> None:
        place.must_be_new("answer", row.answer, self.answers)
        place.must_be_known("interview", row.interview, self.interviews, INTERVIEWS)
        place.must(row.position >= 1, "position", f"{row.position}; positions count from 1")
        within = 0 < row.seconds <= MOST_SECONDS
        place.must(within, "seconds", f"{row.seconds}; expected more than 0 and at most {MOST_SECONDS}")
        place.must_be_new("position", (row.interview, row.position), self._positions)
        self._positions.add((row.interview, row.position))
        self.answers[row.answer] = row

    def _add_rating(self, row: Rating, place: _Place) -> None:
        place.must_be_known("answer", row.answer, self.answers, ANSWERS)
        place.must(row.kind in KINDS, "kind", f"{row.kind!r}; expected one of {', '.join(KINDS)}")
        own = row.rater == self.person_of(row.answer)
        expected = "the answer's person" if row.kind == "self" else "somebody else than the answer's person"
        place.must(own == (row.kind == "self"), "rater", f"a rating of kind {row.kind} is by {expected}")
        levels = f"{row.levels}; expected {LEAST_LEVELS} to {MOST_LEVELS}"
        place.must(LEAST_LEVELS <= row.levels <= MOST_LEVELS, "levels", levels)
        level = f"{row.engagement}; expected a level from 1 to {row.levels}"
        place.must(1 <= row.engagement <= row.levels, "engagement", level)
        self._check_stretch(row, place)
        key = (row.answer, row.rater, row.start_s, row.end_s)
        place.must(
            key not in self._ratings, "rater", "has rated the same answer or stretch in an earlier row"
        )
        self._ratings.add(key)

    def _check_stretch(self, row: Rating, place: _Place) -> None:
        if row.start_s is None or row.end_s is None:
            both = row.start_s is None and row.end_s is None
            place.must(
                both, "end_s", "start_s and end_s are both given, or both left empty for a whole answer"
            )
            return
        length = self.answers[row.answer].seconds
        within = 0 <= row.start_s < row.end_s <= length
        place.must(
            *(within, "start_s"),
            f"the stretch {row.start_s} to {row.end_s} does not lie within the answer of {length} s",
        )


class _Place:
    """A row of a file, to complain about."""

    def __init__(self, file: str, row: int) -> None:
        self.file, self.row = file, row

    def must(self, holds: bool, column: str, otherwise: str) -> None:
        if not holds:
            raise InterchangeError(self.file, otherwise, row=self.row, column=column)

    def must_be_new(self, column: str, key: object, known: Container[object]) -> None:
        self.must(key not in known, column, f"{key!r} is there twice")

    def must_be_known(self, column: str, key: str, known: Mapping[str, Row], file: str) -> None:
        self.must(key in known, column, f"{key!r} is not in {file}")

    def check_value(self, column: Column, value: object) -> None:
        if value is None:
            self.must(column.may_be_empty, column.name, f"is empty; expected a {column.type}")
        elif isinstance(value, str):
            self._check_text(column, value)
        elif isinstance(value, float):
            # A NaN is equal to nothing, an infinity is no time.
            self.must(abs(value) < float("inf"), column.name, f"{value}; expected a finite number")

    def _check_text(self, column: Column, value: str) -> None:
        if column.type == "pseudonym":
            what = "expected a pseudonym of 1 to 64 letters, digits, - and _"
            self.must(PSEUDONYM.fullmatch(value) is not None, column.name, f"{value[:80]!r}; {what}")
        else:
            self.must(len(value) <= LONGEST_TEXT, column.name, f"is longer than {LONGEST_TEXT} characters")
