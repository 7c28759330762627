"""The estimated listener rating at the end of an analysis: with the result, or without it, but never in its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ModelKind
from scoring.models import ModelVersion
from scoring.registry import files
from sessions.analysis.actions import analyse
from sessions.listener import actions as listener
from sessions.models import Advice, Answer, AnswerResult, AnswerScore, PracticeSession, ResultState

End = Callable[..., Answer]


def allow(session: PracticeSession, *kinds: ModelKind) -> None:
    session.institution.models_allowed = [kind.value for kind in kinds]
    session.institution.save()


def ratings(answer: Answer) -> list[AnswerScore]:
    return list(AnswerScore.objects.filter(answer=answer, kind="engagement"))


def test_an_analysis_ends_with_a_rating_and_advice_that_name_their_models(
    session: PracticeSession, spoken: Any, end: End, reader: Any
) -> None:
    allow(session, ModelKind.ENGAGEMENT, ModelKind.ADVICE)
    answer = end(session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    (score,) = ratings(answer)
    assert (score.current, score.version) == (True, "engagement-sim-1")
    assert bool(score.missing) == (score.value is None)
    advice = Advice.objects.get(answer=answer)
    assert advice.engagement_version == "engagement-sim-1"
    assert bool(advice.missing) == (not advice.changes)


def test_by_the_default_policy_no_network_is_loaded(
    session: PracticeSession, spoken: Any, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "engagement", lambda _: pytest.fail("a network was loaded"))
    answer = end(session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert ratings(answer) == []
    assert not Advice.objects.exists()


def test_a_model_that_fails_leaves_the_result_without_a_rating(
    session: PracticeSession, spoken: Any, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: ModelVersion) -> None:
        raise files.NoWeights("gone")

    monkeypatch.setattr(files, "engagement", fail)
    allow(session, ModelKind.ENGAGEMENT)
    answer = end(session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert AnswerScore.objects.filter(answer=answer, kind="performance").exists()
    assert ratings(answer) == []


def test_a_rating_that_cannot_be_written_leaves_no_half_result(
    session: PracticeSession, spoken: Any, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("a disk is full")

    monkeypatch.setattr(listener, "retire", fail)
    answer = end(session, spoken)
    with pytest.raises(OSError, match="full"):
        analyse(answer_id=answer.pk)
    assert AnswerResult.objects.get(answer=answer).state == ResultState.WAITING


def test_analysed_again_an_earlier_rating_no_longer_counts(
    session: PracticeSession, spoken: Any, end: End, stream: Any, reader: Any
) -> None:
    """Also where the policy runs no model any more: it was made from another track."""
    allow(session, ModelKind.ENGAGEMENT)
    answer = end(session, spoken)
    analyse(answer_id=answer.pk)
    allow(session)
    AnswerResult.objects.filter(answer=answer).update(state=ResultState.WAITING)
    stream(answer, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    (score,) = ratings(answer)
    assert not score.current
