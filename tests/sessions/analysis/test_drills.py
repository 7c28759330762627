"""The analysis of a drill: measured like any answer, compared with the one before, and nothing usual moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ModelKind
from scoring.models import Baseline
from sessions import actions
from sessions.analysis.actions import analyse
from sessions.drills.actions import start_drill
from sessions.models import Advice, Answer, AnswerScore, Drill, PracticeSession, ResultState, ScoreKind

End = Callable[..., Answer]


@pytest.fixture
def drill(session: PracticeSession, spoken: Any, end: End, reader: Any) -> Drill:
    """Of the first answer, which is analysed; its question is being asked."""
    answer = end(session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    begun = start_drill(user=session.user, answer=answer, cues=["LOUD", "WPM"])
    actions.begin(session_id=begun.pk, epoch=actions.claim_connection(session_id=begun.pk))
    return Drill.objects.get(session=begun)


def test_before_and_after_are_measured_alike(drill: Drill, spoken: Any, end: End) -> None:
    answer = end(drill.session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    drill.refresh_from_db()
    assert set(drill.after) == {"LOUD", "WPM"}
    assert drill.after["LOUD"]["v"] == pytest.approx(drill.before["LOUD"]["v"], abs=0.5)
    assert drill.after["LOUD"]["error"] == pytest.approx(drill.before["LOUD"]["error"], rel=0.3)
    answer.refresh_from_db()
    assert answer.result.cues["LOUD"]["v"] == drill.after["LOUD"]["v"]


def test_nothing_usual_moves(drill: Drill, spoken: Any, end: End) -> None:
    before = Baseline.objects.get().stats
    analyse(answer_id=end(drill.session, spoken).pk)
    assert Baseline.objects.get().stats == before


def test_no_listener_rates_a_drill(drill: Drill, spoken: Any, end: End) -> None:
    institution = drill.institution
    institution.models_allowed = [ModelKind.ENGAGEMENT.value, ModelKind.ADVICE.value]
    institution.save()
    answer = end(drill.session, spoken)
    analyse(answer_id=answer.pk)
    assert not AnswerScore.objects.filter(answer=answer, kind=ScoreKind.ENGAGEMENT).exists()
    assert not Advice.objects.filter(answer=answer).exists()


def test_a_drill_that_ends_asks_for_no_self_rating(drill: Drill, spoken: Any, end: End) -> None:
    end(drill.session, spoken)
    session = PracticeSession.objects.get(pk=drill.pk)
    assert (session.state, session.self_rating) == ("done", "")


def test_an_interview_measures_no_drill(session: PracticeSession, spoken: Any, end: End, reader: Any) -> None:
    assert analyse(answer_id=end(session, spoken).pk) == ResultState.READY
    assert not Drill.objects.exists()
