"""Voice activity, pauses, latency, F0 and loudness on sound whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.cues import voice
from scoring.cues.analysis import analyse
from scoring.cues.catalogue import Cue
from scoring.cues.frames import Frames
from scoring.cues.live import LiveCues
from scoring.cues.speech import SpeechReader
from scoring.cues.values import Absent

Make = Callable[..., Any]
RATE = 16_000
TEXT = "I worked in a small shop for two years and then I moved to the city"


def heard(sound: Any, asked_ms: float | None = 0) -> Any:
    return analyse(Frames.empty(), sound, question_ended_ms=asked_ms, voice_only=True)


def answer(
    say: Make, silence: Make, gaps: list[float], before: float = 1.0
) -> tuple[Any, list[tuple[float, float]]]:
    """Speech with `gaps` seconds of silence between its parts, and where the parts lie in ms."""
    part = say(TEXT)
    pieces, spans, at = [silence(before)], [], before * 1000
    for gap in [*gaps, 1.0]:
        spans.append((at, at + len(part) / 16))
        pieces += [part, silence(gap)]
        at += len(part) / 16 + 1000 * gap
    return np.concatenate(pieces), spans


# When somebody speaks


@pytest.mark.parametrize("noise", [0, 20, 80])
def test_segments_and_pauses(say: Make, silence: Make, hiss: Make, noise: float) -> None:
    sound, spans = answer(say, silence, [0.35, 0.8, 3.0])
    sound = sound + hiss(len(sound) / RATE, noise) if noise else sound
    found = heard(sound)
    edges = [edge for s in found.segments for edge in (s.start_ms, s.end_ms)]
    assert edges == pytest.approx([edge for span in spans for edge in span], abs=50)
    assert found.values[Cue.PAUSE_N].value == 3
    assert found.values[Cue.PAUSE_LONG_N].value == 1
    assert found.values[Cue.PAUSE_LEN].value == pytest.approx((0.35 + 0.8 + 3.0) / 3, abs=0.05)
    assert found.values[Cue.SEG_LEN].value == pytest.approx((spans[0][1] - spans[0][0]) / 1000, abs=0.05)


def test_a_short_gap_is_no_pause(say: Make, silence: Make) -> None:
    sound, _ = answer(say, silence, [0.18])
    values = heard(sound).values
    assert (values[Cue.PAUSE_N].value, values[Cue.PAUSE_LEN].absent) == (0, Absent.NO_PAUSE)


@pytest.mark.parametrize("latency", [0.3, 1.0, 4.0])
def test_latency(say: Make, silence: Make, latency: float) -> None:
    sound, _ = answer(say, silence, [], before=2.0 + latency)
    values = heard(sound, 2000).values
    assert values[Cue.LATENCY].value == pytest.approx(latency, abs=0.1)
    assert values[Cue.EARLY].value == 0


def test_talking_before_the_question_ended(say: Make, silence: Make) -> None:
    sound, spans = answer(say, silence, [1.0])
    during = heard(sound, spans[0][0] + 1500).values
    assert during[Cue.EARLY].value == pytest.approx(1.5, abs=0.05)
    assert during[Cue.LATENCY].value == 0
    between = heard(sound, spans[0][1] + 400).values
    assert between[Cue.LATENCY].value == pytest.approx(0.6, abs=0.1)
    assert between[Cue.PAUSE_N].value == 0, "what was said before is not part of the answer"
    unknown = heard(sound, None).values
    assert {unknown[Cue.LATENCY].absent, unknown[Cue.EARLY].absent} == {Absent.QUESTION_OPEN}


def test_speech_from_the_first_sample_is_heard(say: Make, silence: Make) -> None:
    assert heard(np.concatenate([say(TEXT), silence(1)])).segments[0].start_ms == pytest.approx(0, abs=50)


@pytest.mark.parametrize(
    ("rms", "reason"), [(1, Absent.NO_VOICE), (30, Absent.NO_VOICE), (1000, Absent.NOISY)]
)
def test_noise_is_not_speech_and_loud_noise_may_hide_it(hiss: Make, rms: float, reason: Absent) -> None:
    found = heard(hiss(10, rms))
    assert found.quality.speech_s < 0.1
    assert {found.values[code].absent for code in (Cue.LOUD, Cue.LATENCY, Cue.PAUSE_N)} == {reason}
    assert (found.values[Cue.VOICE].absent is Absent.NOISY) == (reason is Absent.NOISY)


def test_a_recording_that_begins_with_nothing_is_as_noisy_as_what_follows(
    say: Make, silence: Make, hiss: Make
) -> None:
    """A recorder's first zeros are not the floor: the pauses of the first seconds would be full of "speech"."""
    sound, spans = answer(say, silence, [0.8, 0.8], before=0.3)
    noisy = sound + hiss(len(sound) / RATE, 180)
    noisy[: RATE // 20] = 0
    edges = [edge for s in heard(noisy).segments for edge in (s.start_ms, s.end_ms)]
    assert edges == pytest.approx([edge for span in spans for edge in span], abs=60)


def test_clicks_are_not_speech(silence: Make) -> None:
    sound = silence(6)
    sound[::RATE] = 30_000
    assert heard(sound).segments == ()


def test_a_microphone_that_gives_nothing(silence: Make) -> None:
    values = heard(silence(5)).values
    assert {values[code].absent for code in (Cue.VOICE, Cue.LOUD, Cue.F0, Cue.LATENCY)} == {Absent.NO_SOUND}


def test_a_silent_person_is_not_a_silent_microphone(hiss: Make) -> None:
    values = heard(hiss(5, 8)).values
    assert values[Cue.VOICE].value == 0
    assert values[Cue.F0].absent is values[Cue.LATENCY].absent is Absent.NO_VOICE


def test_too_little_speech(say: Make, silence: Make) -> None:
    values = heard(np.concatenate([silence(2), say("good morning to you"), silence(2)])).values
    assert {values[code].absent for code in (Cue.LOUD, Cue.F0, Cue.F0_SD, Cue.PAUSE_SHARE)} == {
        Absent.TOO_LITTLE_SPEECH
    }


def mixed(sound: Any, hiss: Make, snr_db: float) -> Any:
    """Quiet speech under white noise; the ratio is that of speech with its own gaps."""
    speech = sound[np.abs(sound) > 0].astype(np.float64)
    rms = 0.1 * np.sqrt((speech**2).mean())
    return (sound * 0.1).astype(np.int16) + hiss(len(sound) / RATE, rms / 10 ** (snr_db / 20))


@pytest.mark.parametrize("snr_db", [8, 4, 0])
def test_speech_under_noise_is_not_measured(say: Make, silence: Make, hiss: Make, snr_db: float) -> None:
    sound, _ = answer(say, silence, [0.5, 0.5, 0.5], before=3)
    values = heard(mixed(sound, hiss, snr_db)).values
    for code in (Cue.LOUD, Cue.F0_SD, Cue.PAUSE_N, Cue.LATENCY):
        assert values[code].absent in {Absent.NOISY, Absent.TOO_LITTLE_SPEECH}, code


def test_speech_over_noise_is_measured(say: Make, silence: Make, hiss: Make) -> None:
    sound, _ = answer(say, silence, [0.5, 0.5, 0.5], before=3)
    clean, values = heard(sound).values, heard(mixed(sound, hiss, 20)).values
    assert values[Cue.PAUSE_N].value == 3
    assert values[Cue.F0].value == pytest.approx(clean[Cue.F0].value, rel=0.02)
    assert values[Cue.LATENCY].value == pytest.approx(3, abs=0.1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(cuts=st.lists(st.integers(0, 100_000), max_size=12))
def test_segments_do_not_depend_on_how_the_stream_is_cut(say: Make, silence: Make, cuts: list[int]) -> None:
    sound, _ = answer(say, silence, [0.5])
    whole, parts = SpeechReader(), SpeechReader()
    whole.push(sound)
    for part in np.split(sound, sorted(min(cut, len(sound)) for cut in cuts)):
        parts.push(part)
    assert parts.segments == whole.segments
    np.testing.assert_array_equal(parts.table.rows, whole.table.rows)


# F0 and loudness


def pitches(sound: Any) -> Any:
    semitones = voice.describe(sound)[:, 1]
    return 27.5 * 2 ** (semitones / 12)


@pytest.mark.parametrize("hz", [80, 100, 120, 160, 200, 220, 260, 300, 400, 500])
def test_f0_of_tones_and_vowels(tone: Make, vowel: Make, hz: float) -> None:
    for make in (tone, vowel):
        found = pitches(make(hz))
        assert found == pytest.approx(np.full(len(found), hz), rel=0.01)


def test_f0_follows_a_glide(vowel: Make) -> None:
    hz = np.geomspace(110, 220, 2 * RATE)
    found = pitches(vowel(hz, 2.0))
    centres = np.arange(len(found)) * voice.STEP + 480
    assert found == pytest.approx(hz[centres], rel=0.015)


def test_f0_of_speech_is_that_of_egemaps(say: Make) -> None:
    """The full set smooths F0 over time and ours does not: the medians agree."""
    import opensmile

    sound = say(TEXT)
    full = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors)
    theirs = full.process_signal(sound / 32768, RATE)["F0semitoneFrom27.5Hz_sma3nz"].to_numpy()
    ours = voice.describe(sound)[:, 1]
    assert np.nanmedian(ours) == pytest.approx(np.median(theirs[theirs > 0]), abs=0.3)


def test_pitch_cues_of_a_glide(vowel: Make, silence: Make) -> None:
    """An octave, evenly: the spread of a uniform distribution over 12 semitones."""
    hz = np.geomspace(110, 220, RATE)
    glides = [np.concatenate([vowel(hz, 1.0), silence(0.5)]) for _ in range(8)]
    values = heard(np.concatenate([silence(1), *glides])).values
    assert values[Cue.F0_SD].value == pytest.approx(12 / np.sqrt(12), rel=0.1)
    assert values[Cue.F0_RANGE].value == pytest.approx(0.9 * 12, rel=0.1)
    assert values[Cue.F0].value == pytest.approx(110 * 2**0.5, rel=0.05), "a glide begins before it is heard"
    assert voice.to_hz(values[Cue.F0_ST].value) == pytest.approx(values[Cue.F0].value)


def test_noise_and_silence_have_no_f0(hiss: Make, silence: Make) -> None:
    assert np.isnan(pitches(silence(1))).all()
    assert np.isnan(pitches(hiss(1, 2000))).mean() > 0.95


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(first=st.floats(-40, 0), second=st.floats(-40, 0))
def test_loudness_follows_gain(vowel: Make, first: float, second: float) -> None:
    """Monotone, and differences are right within 1 dB."""
    base = vowel(150, 0.5, 1.0).astype(np.float64)
    base = vowel(150, 0.5, 30000.0).astype(np.float64)
    levels = [
        voice.describe((base * 10 ** (db / 20)).astype(np.int16))[:, 0].mean() for db in (first, second)
    ]
    assert levels[1] - levels[0] == pytest.approx(second - first, abs=1)
    if abs(second - first) > 0.5:
        assert (levels[1] > levels[0]) == (second > first)


def test_loudness_of_a_full_sine_is_zero(tone: Make) -> None:
    assert voice.describe(tone(1000, 0.5, 32767))[:, 0] == pytest.approx(0, abs=0.2)


def test_loudness_cue_of_speech_that_gets_louder(say: Make, silence: Make) -> None:
    sound, _ = answer(say, silence, [0.5])
    loud, soft = heard(sound).values, heard((sound / 2).astype(np.int16)).values
    for code in (Cue.LOUD, Cue.ENERGY):
        assert loud[code].value - soft[code].value == pytest.approx(6.02, abs=0.5)


def test_loudness_is_that_of_speech_whatever_lies_between(say: Make, silence: Make, hiss: Make) -> None:
    sound, _ = answer(say, silence, [0.3, 0.3])
    gaps, _ = answer(say, silence, [2.0, 2.0])
    values = [heard(one).values for one in (sound, gaps, gaps + hiss(len(gaps) / RATE, 5))]
    for code in (Cue.LOUD, Cue.ENERGY):
        assert [one[code].value for one in values] == pytest.approx([values[0][code].value] * 3, abs=1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=10)
@given(cuts=st.lists(st.integers(0, 250), max_size=5, unique=True))
def test_stretches_put_together_are_the_whole(say: Make, cuts: list[int]) -> None:
    sound = say(TEXT)[: 250 * voice.STEP + voice.OVERLAP]
    rows = (len(sound) - voice.OVERLAP) // voice.STEP
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < rows), rows]
    parts = [
        voice.describe(sound[start * voice.STEP : end * voice.STEP + voice.OVERLAP], start)
        for start, end in pairwise(edges)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), voice.describe(sound))


@pytest.mark.parametrize("samples", [0, 1, 639, 640, 959, 960, 961])
def test_little_sound_is_no_error(samples: int) -> None:
    assert len(voice.describe(np.zeros(samples, np.int16))) == max(0, (samples - 640) // 320)
    live = LiveCues(voice_only=True)
    live.push(Frames.empty(), np.zeros(samples, np.int16))
    assert live.second().t_ms == samples // 16


def test_sound_is_int16() -> None:
    with pytest.raises(TypeError, match="int16"):
        LiveCues().push(Frames.empty(), np.zeros(100, np.float32))
