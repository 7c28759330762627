"""The performance index at the end of an analysis: there with the result, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scoring.actions import set_profile
from scoring.cues.baseline import Baseline as Known
from scoring.models import Baseline
from sessions import scores
from sessions.analysis.actions import analyse
from sessions.models import Answer, AnswerResult, AnswerScore, PracticeSession, ResultState

Made = Callable[..., Any]
End = Callable[..., Answer]


def test_an_analysis_keeps_an_index_made_with_what_was_usual_before(
    session: PracticeSession, spoken: Any, end: End, reader: Any
) -> None:
    answer = end(session, spoken)
    stats = {code: {"mean": 9.0, "spread": 0.0, "n": 3} for code in ("LATENCY", "ANSWER_LEN", "LOUD")}
    Baseline.objects.create(
        institution=session.institution, user=session.user, catalogue_version=1, stats=stats
    )
    assert analyse(answer_id=answer.pk) == ResultState.READY
    score = AnswerScore.objects.get(answer=answer)
    assert score.current
    assert score.details["terms"]
    known = Known.from_json(score.details["usual"])
    assert {usual.mean for usual in known.cues.values()} == {9.0}
    moved = Baseline.objects.get(user=session.user).stats
    assert moved["ANSWER_LEN"]["mean"] != 9.0


def test_an_answer_that_is_analysed_again_has_one_index_that_counts(
    session: PracticeSession, spoken: Any, end: End, stream: Made, reader: Any
) -> None:
    answer = end(session, spoken)
    analyse(answer_id=answer.pk)
    first = AnswerScore.objects.get(answer=answer)
    AnswerResult.objects.filter(answer=answer).update(state=ResultState.WAITING)
    stream(answer, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    assert AnswerScore.objects.filter(answer=answer).count() == 2
    again = AnswerScore.objects.get(answer=answer, current=True)
    assert again.pk != first.pk
    assert again.details["usual"] == first.details["usual"] == {}


def test_what_was_left_out_is_left_out_from_the_first_answer_on(
    session: PracticeSession, spoken: Any, end: End, reader: Any
) -> None:
    person = {"user_id": session.user_id, "institution_id": session.institution_id}
    set_profile(**person, off=["LATENCY"], targets={})
    answer = end(session, spoken)
    answer.question.expected_cues = [
        {"cue": cue, "direction": "band", "weight": 0.5} for cue in ("LATENCY", "F0_SD")
    ]
    answer.question.save()
    analyse(answer_id=answer.pk)
    left_out = AnswerScore.objects.get(answer=answer).details["left_out"]
    assert {"cue": "LATENCY", "why": "switched_off"} in left_out


def test_without_the_index_there_is_no_result_either(
    session: PracticeSession, hum: Made, end: End, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("a disk is full")

    answer = end(session, hum())
    monkeypatch.setattr(scores, "keep", fail)
    with pytest.raises(OSError, match="full"):
        analyse(answer_id=answer.pk)
    assert AnswerResult.objects.get(answer=answer).state == ResultState.WAITING
    assert not Baseline.objects.exists()
