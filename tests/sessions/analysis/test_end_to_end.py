"""From what a browser streams to words on the result, with the real process that reads media and the real models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sessions.actions import takes
from sessions.analysis.actions import analyse
from sessions.models import Answer, AnswerResult, AnswerTranscript, PracticeSession, ResultState

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_what_was_said_is_on_the_result(
    session: PracticeSession, spoken: Any, end: Callable[..., Answer]
) -> None:
    answer = end(session, spoken)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result, transcript = AnswerResult.objects.get(answer=answer), AnswerTranscript.objects.get(answer=answer)
    assert result.quality["problems"] == []
    assert result.made_by["faster-whisper"]
    assert set(result.cues["WPM"]) == {"v"}
    said = " ".join(word[0] for word in transcript.words).lower()
    for word in ("worked", "shop", "years", "saturdays", "customer"):
        assert word in said
    times = [(start, end) for _, start, end, _ in transcript.words]
    assert times == sorted(times)
    assert 0 <= times[0][0] < times[-1][1] <= 8500
    assert not takes.path_of(answer).parent.exists()


def test_a_recording_that_is_none_costs_nothing_but_itself(
    session: PracticeSession, spoken: Any, end: Callable[..., Answer], recorded: Callable[..., Any]
) -> None:
    answer = end(session, spoken)
    recorded(answer)
    assert analyse(answer_id=answer.pk) == ResultState.READY
    result = AnswerResult.objects.get(answer=answer)
    (problem,) = result.quality["problems"]
    assert problem.startswith("recording_")
    assert result.made_by["landmarks_from"] == "stream"
    assert result.quality["frames_per_s"] > 10
    assert AnswerTranscript.objects.get(answer=answer).words
