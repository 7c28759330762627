"""The cues that belong to an answer as a whole: latency, talking early, speech segments and pauses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import isinf

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.speech import LONG_PAUSE_MS, Segment
from scoring.cues.stream import Stream
from scoring.cues.values import Absent, Value


def answer_values(stream: Stream) -> Mapping[Cue, Value]:
    """The cues that belong to the answer as a whole so far: latency, talking early, segments and pauses."""
    segments, question_ended_ms = stream.speech.segments, stream.question_ended_ms
    absent = _no_sound(stream)
    if absent is not None:
        return dict.fromkeys(WHOLE, Value.none(absent))
    answer = answer_segments(segments, question_ended_ms)
    values = dict.fromkeys(WHOLE, Value.none(Absent.NO_VOICE))
    values[Cue.EARLY] = _early(segments, question_ended_ms)
    values[Cue.LATENCY] = _latency(answer, question_ended_ms)
    if answer:
        values |= _pauses(answer)
        values[Cue.SEG_LEN] = Value.of(sum(segment.length_s for segment in answer) / len(answer))
        values[Cue.ANSWER_LEN] = Value.of((answer[-1].end_ms - answer[0].start_ms) / 1000)
    return values


def _no_sound(stream: Stream) -> Absent | None:
    if isinf(stream.speech.heard_from_ms):
        return Absent.NO_SOUND
    return Absent.NOISY if stream.speech.is_noisy else None


WHOLE: tuple[Cue, ...] = tuple(
    code for code, spec in CATALOGUE.items() if spec.window_s is None and spec.group != "words"
)


def answer_segments(segments: list[Segment], question_ended_ms: float | None) -> list[Segment]:
    """The segments of the answer: those that end after the question has (all, while it is not known when)."""
    return [
        segment for segment in segments if question_ended_ms is None or segment.end_ms > question_ended_ms
    ]


def _early(segments: list[Segment], asked: float | None) -> Value:
    if asked is None:
        return Value.none(Absent.QUESTION_OPEN)
    return Value.of(sum(max(0.0, min(s.end_ms, asked) - s.start_ms) for s in segments) / 1000)


def _latency(answer: list[Segment], asked: float | None) -> Value:
    if asked is None:
        return Value.none(Absent.QUESTION_OPEN)
    return Value.of(max(0.0, answer[0].start_ms - asked) / 1000) if answer else Value.none(Absent.NO_VOICE)


def _pauses(answer: list[Segment]) -> dict[Cue, Value]:
    gaps = [after.start_ms - before.end_ms for before, after in pairwise(answer)]
    total_s, length_s = sum(gaps) / 1000, (answer[-1].end_ms - answer[0].start_ms) / 1000
    spoken_s = length_s - total_s
    enough = spoken_s >= CATALOGUE[Cue.PAUSE_SHARE].minimum_signal.amount
    return {
        Cue.PAUSE_N: Value.of(len(gaps)),
        Cue.PAUSE_LONG_N: Value.of(sum(gap >= LONG_PAUSE_MS for gap in gaps)),
        Cue.PAUSE_SHARE: Value.of(total_s / length_s) if enough else Value.none(Absent.TOO_LITTLE_SPEECH),
        Cue.PAUSE_LEN: Value.of(total_s / len(gaps)) if gaps else Value.none(Absent.NO_PAUSE),
    }
