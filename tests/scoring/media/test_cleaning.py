"""Cleaning: on its time, at its level, without rumble; silence stays silence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.media.cleaning import MOST_GAIN_DB, SILENT_DB, TARGET_DB, clean

Sound = NDArray[np.int16]
RATE = 16_000


def level_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean((sound / 32768.0) ** 2) + 1e-12))


def speech_like(seconds: float, peak: int, seed: int = 0) -> Sound:
    """Syllables: bursts of a voice-like buzz, four a second, with pauses."""
    times = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 150 * k * times + k * k) / k for k in range(1, 20))
    burst = np.clip(np.sin(2 * np.pi * 4 * times), 0, 1) * (np.sin(2 * np.pi * 0.4 * times + seed) > -0.5)
    signal = buzz * burst
    return np.rint(signal / np.abs(signal).max() * peak).astype(np.int16)


@settings(max_examples=30, deadline=None)
@given(peak=st.integers(700, 32_000), seed=st.integers(0, 5))
def test_a_voice_comes_to_one_level_whatever_the_microphone(peak: int, seed: int) -> None:
    cleaned = clean(speech_like(3, peak, seed))
    loud = np.abs(cleaned.sound.astype(int)).max()
    reference = clean(speech_like(3, 16_000, seed))
    assert level_db(cleaned.sound) == pytest.approx(level_db(reference.sound), abs=0.3)
    assert loud <= 32_767
    assert cleaned.gain_db == pytest.approx(reference.gain_db + 20 * np.log10(16_000 / peak), abs=0.3)


def test_the_level_is_that_of_the_speech_not_of_the_pauses() -> None:
    speech = speech_like(3, 8000)
    with_pause = np.concatenate([speech, np.zeros(10 * RATE, np.int16), speech])
    assert clean(with_pause).gain_db == pytest.approx(clean(speech).gain_db, abs=0.5)


def test_a_click_does_not_keep_a_quiet_voice_quiet() -> None:
    sound = speech_like(5, 1500)
    clicked = sound.copy()
    clicked[RATE : RATE + 3] = 32_767
    assert clean(clicked).gain_db == pytest.approx(clean(sound).gain_db, abs=0.5)
    assert clean(clicked).gain_db > 5


def test_peaks_are_limited() -> None:
    """Short loud syllables in a soft voice: louder, but not so that they are cut off."""
    sound = speech_like(10, 1000)
    sound[:: RATE // 8][:40] = 20_000
    cleaned = clean(sound)
    assert (np.abs(cleaned.sound.astype(int)) >= 32_767).mean() < 1e-3


@pytest.mark.parametrize("amplitude", [0, 1, 10, 20])
def test_silence_stays_silence(amplitude: int) -> None:
    noise = np.random.default_rng(2).integers(-amplitude, amplitude + 1, 5 * RATE).astype(np.int16)
    assert level_db(noise) < SILENT_DB
    cleaned = clean(noise)
    assert cleaned.gain_db == 0
    assert np.array_equal(cleaned.sound, noise)


def test_the_gain_is_bounded() -> None:
    cleaned = clean(speech_like(3, 130))
    assert 20 < cleaned.gain_db <= MOST_GAIN_DB


@pytest.mark.parametrize("samples", [0, 1, 399, 400, 799])
def test_what_is_too_short_comes_back(samples: int) -> None:
    sound = np.full(samples, 1000, dtype=np.int16)
    assert np.array_equal(clean(sound).sound, sound)


@settings(max_examples=20, deadline=None)
@given(samples=st.integers(800, 200_000))
def test_it_is_as_long_as_it_was(samples: int) -> None:
    sound = np.random.default_rng(samples).integers(-9000, 9000, samples).astype(np.int16)
    assert len(clean(sound).sound) == samples


def test_it_is_on_its_time(tone: Callable[..., Sound]) -> None:
    """A burst begins where it began: what the recogniser says of times holds for the original."""
    sound = np.zeros(20 * RATE, np.int16)
    for start in (1, 7, 13):
        sound[start * RATE : start * RATE + RATE] = tone(500, 1.0, RATE)
    cleaned = clean(sound).sound
    for start in (1, 7, 13):
        around = cleaned[start * RATE - RATE // 10 : start * RATE + RATE // 10]
        assert int(np.argmax(np.abs(around) > 500)) == pytest.approx(RATE // 10, abs=16)


def test_hum_is_taken_out_and_the_voice_left(tone: Callable[..., Sound]) -> None:
    speech = speech_like(5, 8000)
    hum = (0.1 * tone(30, 5.0, RATE)).astype(np.int16)
    cleaned = clean(speech + hum)
    assert cleaned.noise_reduced_db > 10
    alone = clean(speech)
    difference = cleaned.sound / 10 ** (cleaned.gain_db / 20) - alone.sound / 10 ** (alone.gain_db / 20)
    assert 20 * np.log10(np.std(difference) / np.std(hum)) < -10


def test_the_original_is_not_touched() -> None:
    sound = speech_like(2, 3000)
    before = sound.copy()
    clean(sound)
    assert np.array_equal(sound, before)
    assert TARGET_DB < 0
