"""A teacher's review of one answer, put together for its page: what was said and seen, and what people said of it.

Nothing that was measured is here: no cue, no mark, no index and no advice. Those are the student's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from analytics import transcripts, units
from analytics.transcripts import Spoken
from sessions.models import (
    Answer,
    AnswerTranscript,
    Rating,
    RatingComment,
    RatingKind,
    Recording,
    RecordingState,
)
from sessions.ratings import queries
from sessions.ratings.agreement import ENGAGEMENT, NO_SPREAD, TOO_FEW, Agreement
from sessions.ratings.rubric import name_shown

KOO_LI = (
    (0.9, gettext_lazy("excellent")),
    (0.75, gettext_lazy("good")),
    (0.5, gettext_lazy("moderate")),
)
"""Words for an intraclass correlation (Koo and Li 2016, J Chiropr Med 15:155); below the last one, poor."""


# --- the answer -----------------------------------------------------------------------------------


def words_of(answer: Answer) -> Spoken | None:
    """What was said, without marks, remarks and pauses; None without a transcript that can be read."""
    try:
        stored: AnswerTranscript = answer.transcript
    except ObjectDoesNotExist:
        return None
    found = transcripts.spoken(stored, ())
    return replace(found, marks=(), remarks=()) if found else None


def recording_of(answer: Answer) -> Recording | None:
    try:
        recording: Recording = answer.recording
    except ObjectDoesNotExist:
        return None
    return recording if recording.state == RecordingState.READY else None


# --- what people said of it -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """Above one column of levels: who rated."""

    name: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion and its level by each rater; None where somebody left it out."""

    name: str
    levels: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Note:
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as it is shown; `t_ms` is None for one about the whole answer."""

    id: Any
    by: str
    text: str
    t_ms: int | None
    is_mine: bool

    @property
    def at(self) -> str:
        return "" if self.t_ms is None else units.clock(self.t_ms)


@dataclass(frozen=True, slots=True)
class Said:
    """All that people said of one answer, as one reader may see it."""

    headings: tuple[Heading, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[Note, ...] = ()
    comments: tuple[Remark, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.headings or self.comments)

    @property
    def by_teachers(self) -> bool:
        """Whether somebody else than the person who answered said something."""
        return bool(self.comments) or any(not heading.is_self for heading in self.headings)


def said_of(
    ratings: Iterable[Rating], comments: Iterable[RatingComment], *, reader: User, student: User
) -> Said:
    """Ratings side by side, one column for each rater, and the comments."""
    rated = [one for one in ratings if one.criteria or one.engagement is not None or one.note]
    return Said(
        headings=tuple(_heading(one, reader, student) for one in rated),
        rows=tuple(_rows(rated)),
        notes=tuple(Note(_who(one.rater, reader), one.note) for one in rated if one.note),
        comments=tuple(_remark(one, reader) for one in comments),
    )


def for_student(answer: Answer, student: User) -> Said:
    """What the student reads beside their result; two queries."""
    ratings, comments = queries.ratings_of([answer]), queries.comments_of([answer])
    return said_of(ratings, comments, reader=student, student=student)


def for_teacher(ratings: Iterable[Rating], answer: Answer, teacher: User) -> Said:
    """What the teacher reads beside the form: before the own rating the own comments only, then everybody's."""
    ratings = list(ratings)
    comments = queries.comments_of([answer])
    if not any(one.rater_id == teacher.pk for one in ratings):
        ratings, comments = [], [one for one in comments if one.author_id == teacher.pk]
    return said_of(ratings, comments, reader=teacher, student=answer.session.user)


def _remark(one: RatingComment, reader: User) -> Remark:
    return Remark(one.pk, _who(one.author, reader), one.text, one.at_ms, one.author_id == reader.pk)


def _heading(rating: Rating, reader: User, student: User) -> Heading:
    is_self = rating.kind == RatingKind.SELF
    return Heading(_who(student if is_self else rating.rater, reader), is_self)


def _who(person: User | None, reader: User) -> str:
    if person is None:
        return _("A teacher")
    return _("You") if person.pk == reader.pk else person.name


def _rows(rated: list[Rating]) -> Iterable[Row]:
    """Engagement first, then criteria in the order in which the ratings have them."""
    columns = [_by_key(one) for one in rated]
    names = {key: name for column in reversed(columns) for key, (name, _level) in column.items()}
    keys = dict.fromkeys(key for column in columns for key in column)
    for key in sorted(keys, key=lambda key: key != ENGAGEMENT):
        levels = tuple(column[key][1] if key in column else None for column in columns)
        yield Row(names[key], levels)


def _by_key(rating: Rating) -> Mapping[str, tuple[str, int]]:
    found = {one["key"]: (name_shown(one["key"], one["name"]), int(one["level"])) for one in rating.criteria}
    if rating.engagement is not None:
        found[ENGAGEMENT] = (_("Engagement"), rating.engagement)
    return found


# --- agreement ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One criterion of the cohort's agreement in words; `icc` and `kappa` are empty where there are none."""

    name: str
    answers: int
    raters: int
    said: str
    icc: str = ""
    mean: str = ""
    kappa: str = ""


def agreement_line(one: Agreement) -> AgreementLine:
    name = name_shown(one.key, one.name) if one.key != ENGAGEMENT else _("Engagement")
    if one.icc is None:
        return AgreementLine(name, one.answers, one.raters, _why(one.missing))
    icc = one.icc_same or one.icc
    return AgreementLine(
        name,
        one.answers,
        one.raters,
        said=_("%(how)s agreement of single raters") % {"how": degree(icc.single)},
        icc=_index(icc.single),
        mean=_index(icc.mean),
        kappa="" if one.kappa is None else _index(one.kappa),
    )


def degree(icc: float) -> str:
    """A word for an intraclass correlation."""
    return str(next((word for least, word in KOO_LI if icc >= least), _("poor")))


def _why(missing: str) -> str:
    known = {
        TOO_FEW: _("not yet known: too few answers were rated by two teachers"),
        NO_SPREAD: _("not known: all these ratings are one and the same level"),
    }
    return known[missing]


def _index(value: float) -> str:
    """A number without a unit, such as a correlation: two decimals."""
    return str(number_format(round(value, 2) + 0.0, decimal_pos=2)).replace("-", units.MINUS)
