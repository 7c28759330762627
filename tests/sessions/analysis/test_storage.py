"""An hour of practice takes less than 5 MB, recordings apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.support.signals import WORDS
from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue
from scoring.cues.track_file import PRECISION, from_bytes, rounded, to_bytes
from scoring.cues.words.transcript import Transcript, Word
from sessions.analysis.actions import analyse
from sessions.models import Answer, AnswerResult, AnswerTranscript, PracticeSession

MINUTES = 60
BUDGET = 5_000_000
SPOKEN = WORDS.partition("I listened")[0] + "So, uh, you know, I I would say that this are what I wants. "


def transcript_of_a_minute() -> Transcript:
    """150 words, some of them fillers, repeats and mistakes."""
    texts = (SPOKEN * 4).split()[:150]
    words = [Word(text, 400 * n, 400 * n + 330, (600 + n * 37 % 400) / 1000) for n, text in enumerate(texts)]
    return Transcript("en", tuple(words), "the name of a recogniser, its size and its version")


def bytes_of(model: Any, **which: Any) -> int:
    """What PostgreSQL stores of the row: its columns as compressed, and the row's own head."""
    columns = " + ".join(f'coalesce(pg_column_size("{field.column}"), 0)' for field in model._meta.fields)
    (key,) = model.objects.filter(**which).values_list("pk", flat=True)
    table, pk = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} + 32 FROM "{table}" WHERE "{pk}" = %s', [key])  # noqa: S608
        return int(cursor.fetchone()[0])


def test_an_hour_of_practice_takes_less_than_5_mb(
    session: PracticeSession, spoken: Any, end: Callable[..., Answer], reader: Any
) -> None:
    sound = np.resize(spoken, 60 * 16000)
    answer = end(session, (sound * np.linspace(0.5, 1, len(sound))).astype(np.int16))
    reader.transcript = transcript_of_a_minute()
    analyse(answer_id=answer.pk)
    result = AnswerResult.objects.get(answer=answer)
    words = AnswerTranscript.objects.get(answer=answer)
    assert len(words.words) == 150
    assert len(words.marks) > 8
    assert len(words.remarks) > 2
    sizes = {
        "answer": bytes_of(Answer, pk=answer.pk),
        "result": bytes_of(AnswerResult, answer=answer),
        "transcript": bytes_of(AnswerTranscript, answer=answer),
        "track": result.track.size,
    }
    assert MINUTES * sum(sizes.values()) < BUDGET, sizes


@given(arrays(np.float32, 20, elements=st.floats(width=32, allow_subnormal=False)))
def test_a_value_keeps_its_digits(column: Any) -> None:
    found = rounded(column)
    usual = np.isfinite(column) & (np.abs(column) < 1e38)
    np.testing.assert_allclose(found[usual], column[usual], rtol=PRECISION)
    np.testing.assert_array_equal(np.sign(found), np.sign(column))
    np.testing.assert_array_equal(found[~np.isfinite(column)], column[~np.isfinite(column)])
    np.testing.assert_array_equal(rounded(found), found)


@pytest.mark.parametrize("times", [[500.0, 750.0], [500.25, 750.5], []])
def test_times_come_back_as_they_were(times: list[float]) -> None:
    column = np.full(len(times), np.nan, np.float32)
    read = from_bytes(to_bytes(Track(np.array(times, float), {Cue.F0: column}, 7)))
    assert read.times_ms.tolist() == times
    assert read.catalogue_version == 7
    assert np.isnan(read.columns[Cue.F0]).all()
