"""Rated answers of simulated people as rows of a simulated institution, to try a training on. They say so everywhere.

People, cameras and raters are those of `scoring.interchange.simulated`, whose folder is read into the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from accounts.actions import ActionRefused
from accounts.demo import DOMAIN
from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from accounts.purposes import current
from scoring.cues.analysis import HOP_S, WINDOW_S, Track
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.cues.track_file import to_bytes
from scoring.cues.values import Absent
from scoring.engagement.features import CODES
from scoring.interchange.reading import Dataset, read
from scoring.interchange.simulated import ANSWERS_EACH, SECONDS, Plan, write
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    Mode,
    PracticeSession,
    Question,
    Rating,
    RatingKind,
    ResultState,
    State,
)

QUESTION_S = 4
"""The question is asked for so long before the answer begins."""
WEEKS = 8
AGREED = (Purpose.CAMERA, Purpose.REVIEW, Purpose.TRAINING)


class NotSimulated(ActionRefused):
    """Made-up people are put into made-up institutions only."""

    text = "This institution is not a simulated one: nothing was made."


class NothingToAsk(ActionRefused):
    text = "There is no interview to answer. Run `manage.py load_scenarios` first."


def simulate_rated_answers(*, institution: Institution, plan: Plan) -> int:
    """So many answers of simulated people, rated by so many simulated teachers; how many people those are.

    Raises NotSimulated, NothingToAsk, ValueError for a plan without answers or raters.
    """
    if not institution.simulated:
        raise NotSimulated
    questions = _questions()
    with TemporaryDirectory(prefix="greenroom-simulated-") as name:
        write(Path(name), plan)
        maker = _Maker(institution, questions, read(Path(name)))
        try:
            with transaction.atomic():
                maker.make()
                _tell_planner()
        except BaseException:
            for result in maker.results:
                result.track.delete(save=False)
            raise
    return len(maker.sessions)


def _tell_planner() -> None:
    """So many rows at once: until the database has counted them it joins them as if there were a few, for minutes."""
    names = (model._meta.db_table for model in (PracticeSession, Answer, AnswerResult, Rating, User, Consent))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, names)))


def _questions() -> list[Question]:
    standing = Question.objects.filter(
        scenario__institution=None, scenario__archived_at=None, retired_at=None
    )
    first = standing.order_by("scenario__slug", "scenario__language", "position").first()
    if first is None:
        raise NothingToAsk
    return list(standing.filter(scenario=first.scenario_id).order_by("position")[:ANSWERS_EACH])


@dataclass
class _Maker:
    """Makes the rows, table by table in the order in which they may be written."""

    institution: Institution
    questions: Sequence[Question]
    dataset: Dataset
    users: list[User] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    sessions: dict[str, PracticeSession] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    results: list[AnswerResult] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._now = timezone.now()
        self._password = make_password(None)

    def make(self) -> None:
        for number, (key, interview) in enumerate(self.dataset.interviews.items(), start=1):
            student = self._person(Role.STUDENT, f"Simulated person {number} ({interview.person})")
            self._agree(student)
            self.sessions[key] = self._session(student, number)
        for key, answer in self.dataset.answers.items():
            self._answer(key, self.sessions[answer.interview], answer.position)
        self._rate()
        self._save()

    def _save(self) -> None:
        tables: tuple[list[Any], ...] = (
            *(self.users, self.memberships, self.consents),
            *(list(self.sessions.values()), list(self.answers.values()), self.results, self.ratings),
        )
        for rows in tables:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=500)

    def _person(self, role: Role, name: str) -> User:
        address = f"simulated-{uuid.uuid4().hex[:12]}@{DOMAIN}"
        user = User(email=address, name=name, simulated=True, password=self._password)
        self.users.append(user)
        self.memberships.append(Membership(institution=self.institution, user=user, role=role))
        return user

    def _agree(self, user: User) -> None:
        versions = [(purpose, current(purpose).version) for purpose in AGREED]
        self.consents += [
            Consent(institution=self.institution, user=user, purpose=purpose, version=version)
            for purpose, version in versions
        ]

    def _session(self, student: User, number: int) -> PracticeSession:
        """Spread over the last weeks, the first one longest ago."""
        weeks = WEEKS * (1 - number / (len(self.dataset.interviews) + 1))
        return _session(self.institution, student, self.questions, self._now - timedelta(weeks=weeks))

    def _answer(self, key: str, session: PracticeSession, position: int) -> None:
        row = _answer(session, self.questions[(position - 1) % len(self.questions)], position - 1)
        self.answers[key] = row
        self.results.append(_result(row, self.dataset.moments(key).features))

    def _rate(self) -> None:
        names = sorted({rating.rater for rating in self.dataset.ratings})
        raters = {name: self._person(Role.TEACHER, f"Simulated rater {name}") for name in names}
        self.ratings = [
            Rating(
                institution=self.institution,
                answer=self.answers[said.answer],
                rater=raters[said.rater],
                kind=RatingKind.TEACHER,
                engagement=said.engagement,
            )
            for said in self.dataset.ratings
        ]


LENGTH_S = QUESTION_S + SECONDS


def _session(
    institution: Institution, student: User, questions: Sequence[Question], began: datetime
) -> PracticeSession:
    used = timedelta(seconds=LENGTH_S * len(questions))
    return PracticeSession(
        institution=institution,
        user=student,
        scenario_id=questions[0].scenario_id,
        mode=Mode.CAMERA,
        state=State.DONE,
        question_ids=[question.pk for question in questions],
        position=len(questions) - 1,
        used_ms=used // timedelta(milliseconds=1),
        simulated=True,
        created_at=began,
        started_at=began,
        ended_at=began + used,
    )


def _answer(session: PracticeSession, question: Question, position: int) -> Answer:
    asked = session.created_at + timedelta(seconds=LENGTH_S * position)
    return Answer(
        institution_id=session.institution_id,
        session=session,
        question=question,
        position=position,
        question_text=question.text,
        state=AnswerState.SAVED,
        asked_at=asked,
        ended_at=asked + timedelta(seconds=LENGTH_S),
        question_ended_ms=1000 * QUESTION_S,
        speech_started_ms=1000 * QUESTION_S,
        stream_ms=1000 * LENGTH_S,
    )


def _result(answer: Answer, features: NDArray[np.float64]) -> AnswerResult:
    """A result with nothing but the 18 features: their means, and their track in the storage."""
    track = AnswerResult._meta.get_field("track")
    name = track.generate_filename(AnswerResult(), f"{answer.institution_id}/{uuid.uuid4().hex}.parquet")
    return AnswerResult(
        answer=answer,
        institution_id=answer.institution_id,
        state=ResultState.READY,
        catalogue_version=CATALOGUE_VERSION,
        cues=_means(features),
        quality={"sound_s": float(LENGTH_S), "speech": [], "problems": []},
        track=track.storage.save(name, ContentFile(to_bytes(as_track(features)))),
        made_by={"simulator": "scoring.simulation"},
        made_at=answer.ended_at,
    )


def _means(features: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        code.value: {"absent": Absent.NOT_AVAILABLE.value} for code in CATALOGUE
    }
    for code, column in zip(CODES, features.T, strict=True):
        if np.isfinite(column).any():
            found[code.value] = {"v": float(f"{np.nanmean(column):.6g}")}
    return found


def as_track(features: NDArray[np.float64]) -> Track:
    """Windows as an analysis makes them: one has the features of the second in which its middle lies."""
    ends = np.arange(WINDOW_S, LENGTH_S + HOP_S / 2, HOP_S)
    seconds = np.floor(ends - WINDOW_S / 2).astype(int) - QUESTION_S
    rows = np.full((len(ends), features.shape[1]), np.nan, dtype=np.float32)
    answering = seconds >= 0
    rows[answering] = features[seconds[answering]]
    columns = {code: rows[:, i] for i, code in enumerate(CODES)}
    # Of its window, what lies before the end of the question is the recruiter's turn.
    length = np.minimum(CATALOGUE[Cue.TN_HD].window_s or WINDOW_S, ends)
    columns[Cue.TN_HD] = columns[Cue.TN_HD] * (np.minimum(length, ends - QUESTION_S) / length).astype(
        np.float32
    )
    return Track(1000 * ends, columns)
