"""An analysed answer with a track, and advice on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Institution, ModelKind, Purpose, User
from scoring.cues.analysis import HOP_S, WINDOW_S, Track
from scoring.cues.catalogue import Cue
from scoring.cues.track_file import to_bytes
from sessions.models import (
    Advice,
    Answer,
    AnswerResult,
    AnswerState,
    Drill,
    Mode,
    PracticeSession,
    ResultState,
    Scenario,
    State,
)

VALUES: dict[str, Any] = {
    "GZ_DR": {"v": 0.4},
    "HD_TH": {"v": 0.2},
    "LOUD": {"v": -30.0},
    "WPM": {"v": 190.0},
    "SMILE_SHARE": {"absent": "too_dark"},
}
QUESTION_MS = 2000
ASKED_FOR_MS = 62_000


def noisy_track(mean: float, seconds: int = 62, seed: int = 0) -> Track:
    """A minute of GZ_DR around `mean`, and of HD_TH, with speech all the time after the question."""
    ends = np.arange(1000 * WINDOW_S, 1000 * seconds + 1, 1000 * HOP_S)
    rng = np.random.default_rng(seed)
    gaze = np.clip(mean + 0.2 * rng.standard_normal(len(ends)), 0, 1)
    hand = np.clip(0.2 + 0.1 * rng.standard_normal(len(ends)), 0, 1)
    # While the question is read, something else: it must not count.
    gaze[ends <= QUESTION_MS] = 1.0
    columns = {Cue.GZ_DR: gaze, Cue.HD_TH: hand, Cue.VOICE: np.ones(len(ends))}
    return Track(ends, {cue: column.astype(np.float32) for cue, column in columns.items()})


@pytest.fixture
def answered(sam: User, northfield: Institution, scenario: Scenario, agree: Callable[..., None]) -> Answer:
    """Sam's first answer with the camera, analysed, with a track."""
    agree(sam, northfield, Purpose.CAMERA)
    return an_answer(sam, northfield, scenario)


def an_answer(
    user: User, institution: Institution, scenario: Scenario, *, mode: Mode = Mode.CAMERA, **more: Any
) -> Answer:
    question = scenario.questions.order_by("position")[0]
    at = timezone.now() - timedelta(hours=1)
    session = PracticeSession.objects.create(
        institution=institution,
        user=user,
        scenario=scenario,
        mode=mode,
        state=State.DONE,
        question_ids=[question.pk],
        created_at=at,
        started_at=at,
        ended_at=at,
        **more,
    )
    answer = Answer.objects.create(
        institution=institution,
        session=session,
        question=question,
        position=0,
        question_text=question.text,
        state=AnswerState.SAVED,
        ended_at=at,
        question_ended_ms=QUESTION_MS,
        stream_ms=ASKED_FOR_MS,
    )
    result = AnswerResult.objects.create(
        answer=answer,
        institution=institution,
        state=ResultState.READY,
        catalogue_version=1,
        cues=VALUES,
        made_at=at,
    )
    result.track.save("any.parquet", ContentFile(to_bytes(noisy_track(0.4))))
    return answer


@pytest.fixture
def advising(northfield: Institution) -> Institution:
    northfield.models_allowed = [ModelKind.ENGAGEMENT.value, ModelKind.ADVICE.value]
    northfield.save()
    return northfield


@pytest.fixture
def advice(answered: Answer, advising: Institution) -> Advice:
    """Look at the camera more, hands away from the face."""
    moments = [[42_000, 50_000]]
    return Advice.objects.create(
        answer=answered,
        institution=advising,
        version="advice-1",
        engagement_version="engagement-1",
        changes=[
            {
                "cue": "GZ_DR",
                "direction": "up",
                "before": 0.3,
                "after": 0.6,
                "seconds": 9,
                "moments": moments,
            },
            {
                "cue": "HD_TH",
                "direction": "down",
                "before": 0.3,
                "after": 0.1,
                "seconds": 4,
                "moments": moments,
            },
        ],
        details={"seconds": 30, "low": 14, "turned": 9, "before": 0.4, "after": 0.7},
    )


@pytest.fixture
def drilled() -> Callable[..., Drill]:
    """`drilled(session, GZ_DR=...)` ends a drill that was measured like that."""

    def end(session: PracticeSession, **after: Any) -> Drill:
        now = timezone.now()
        session.state, session.started_at, session.ended_at = State.DONE, now, now
        session.save()
        question = session.scenario.questions.get(pk=session.question_ids[0])
        answer = Answer.objects.create(
            institution_id=session.institution_id,
            session=session,
            question=question,
            position=0,
            question_text=question.text,
            state=AnswerState.SAVED,
            ended_at=now,
            stream_ms=60_000,
        )
        cues = {code: {"v": one["v"]} if "v" in one else one for code, one in after.items()}
        AnswerResult.objects.create(
            answer=answer,
            institution_id=session.institution_id,
            state=ResultState.READY,
            catalogue_version=1,
            cues=cues,
            made_at=now,
        )
        drill = session.drill
        drill.after = after
        drill.save()
        return drill

    return end
