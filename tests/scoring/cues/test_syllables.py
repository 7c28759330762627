"""Speech and articulation rate of speech whose syllables are known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.support.voices import SENTENCES
from scoring.cues.analysis import analyse
from scoring.cues.catalogue import Cue
from scoring.cues.frames import Frames
from scoring.cues.speech import SpeechReader
from scoring.cues.syllables import NucleusReader

Make = Callable[..., Any]


def heard(sound: Any) -> Any:
    return analyse(Frames.empty(), sound, question_ended_ms=0, voice_only=True)


@pytest.mark.parametrize("pitch", [40, 60, 90])
def test_rates_of_sentences(say: Make, silence: Make, pitch: int) -> None:
    parts = [say(text, pitch) for text, _ in SENTENCES]
    sound = np.concatenate([silence(0.5), *(piece for part in parts for piece in (part, silence(0.8)))])
    syllables = sum(count for _, count in SENTENCES)
    values = heard(sound).values
    spoken_s = sum(len(part) for part in parts) / 16000
    assert values[Cue.SYLL_RATE].value == pytest.approx(syllables / (len(sound) / 16000 - 1.3), rel=0.12)
    assert values[Cue.ARTIC].value == pytest.approx(syllables / spoken_s, rel=0.12)


def test_longer_pauses_slow_the_speech_and_not_the_articulation(say: Make, silence: Make) -> None:
    def of(gap: float) -> Any:
        pieces = [piece for text, _ in SENTENCES[:4] for piece in (say(text), silence(gap))]
        return heard(np.concatenate([silence(1), *pieces])).values

    short, long = of(0.3), of(2.0)
    assert long[Cue.ARTIC].value == pytest.approx(short[Cue.ARTIC].value, rel=0.05)
    assert long[Cue.SYLL_RATE].value < 0.8 * short[Cue.SYLL_RATE].value


def levels(*values: float) -> Any:
    return np.repeat(np.array(values), 3)


@pytest.mark.parametrize(
    ("curve", "count"),
    [
        (levels(-60, -20, -60), 1),
        (levels(-60, -20, -22, -20, -60), 1),
        (levels(-60, -20, -24, -20, -60), 2),
        (levels(-60, -20, -24, -23, -60), 1),
        (levels(-60, -20), 0),
        (levels(-60, -60), 0),
    ],
)
def test_a_nucleus_has_a_dip_on_both_sides(curve: Any, count: int) -> None:
    reader = NucleusReader()
    reader.push(np.arange(len(curve)) * 20.0, curve, np.ones(len(curve), dtype=bool))
    assert reader.between(0, 1e9) == count
    voiceless = NucleusReader()
    voiceless.push(np.arange(len(curve)) * 20.0, curve, np.zeros(len(curve), dtype=bool))
    assert voiceless.between(0, 1e9) == 0


@settings(deadline=None)
@given(
    curve=st.lists(st.floats(-80, 0), min_size=1, max_size=80), cuts=st.lists(st.integers(0, 80), max_size=6)
)
def test_nuclei_do_not_depend_on_how_the_stream_is_cut(curve: list[float], cuts: list[int]) -> None:
    times, voiced = np.arange(len(curve)) * 20.0, np.ones(len(curve), dtype=bool)
    whole, parts = NucleusReader(), NucleusReader()
    whole.push(times, np.array(curve), voiced)
    for start, end in pairwise([0, *sorted(min(cut, len(curve)) for cut in cuts), len(curve)]):
        parts.push(times[start:end], np.array(curve[start:end]), voiced[start:end])
    np.testing.assert_array_equal(parts.found.rows, whole.found.rows)
    assert whole.between(0, 1e9) <= len(curve) // 2


def test_segments_are_those_known_at_the_time(say: Make, silence: Make) -> None:
    """What a live reader has seen by then, asked of one that has seen everything."""
    part = say("I worked in a small shop for two years")
    sound = np.concatenate([silence(1), part, silence(0.6), part, silence(0.2), part, silence(2)])
    whole, live = SpeechReader(), SpeechReader()
    whole.push(sound)
    for at in range(0, len(sound) // 800 * 800, 800):
        live.push(sound[at : at + 800])
        end_ms = live.end_ms
        for start_ms in (0.0, end_ms - 1500):
            known = [(max(s.start_ms, start_ms), s.end_ms) for s in live.segments if s.end_ms > start_ms]
            found = [(s.start_ms, s.end_ms) for s in whole.segments_in(start_ms, end_ms)]
            assert found == known, (start_ms, end_ms)
