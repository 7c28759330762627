"""Sound: at its time, at its level, whatever the file does to it."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.media.errors import MediaError
from scoring.media.limits import Limits
from scoring.media.sound import JITTER_S, RATE, decode, read_sound

Make = Callable[..., Path]
Tone = Callable[..., NDArray[np.int16]]
PCM = ("libvpx", "pcm_s16le")


def level_db(sound: NDArray[np.int16]) -> float:
    return float(10 * np.log10(np.mean((sound / 32768.0) ** 2) + 1e-12))


def wav(path: Path, sound: NDArray[np.int16], rate: int, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return path


def float_wav(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    data = samples.astype("<f4").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, rate, 4 * rate, 4, 32,
                       b"data", len(data))  # fmt: skip
    path.write_bytes(head + data)
    return path


def test_what_is_16_khz_mono_comes_through_bit_for_bit(tmp_path: Path, limits: Limits) -> None:
    sound = np.random.default_rng(1).integers(-32768, 32768, 20_000).astype(np.int16)
    assert np.array_equal(read_sound(wav(tmp_path / "a.wav", sound, RATE), limits), sound)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_keeps_its_length_level_and_place_at_any_rate(
    tmp_path: Path, limits: Limits, tone: Tone, rate: int
) -> None:
    sound = tone(1000, 1.0, rate)
    sound[: rate // 2] = 0
    read = read_sound(wav(tmp_path / "a.wav", sound, rate), limits)
    assert abs(len(read) - RATE) <= 1
    assert level_db(read[RATE // 2 + 400 : -400]) == pytest.approx(-9.03, abs=0.05)
    starts = int(np.argmax(np.abs(read) > 3000))
    assert abs(starts - RATE // 2) <= RATE // 1000


def test_what_16_khz_cannot_hold_does_not_fold_back(tmp_path: Path, limits: Limits, tone: Tone) -> None:
    read = read_sound(wav(tmp_path / "a.wav", tone(10_000, 1.0), 48_000), limits)
    assert level_db(read[400:-400]) < -90


@pytest.mark.parametrize("channels", [2, 3, 6, 8, 16])
def test_channels_are_averaged(tmp_path: Path, limits: Limits, tone: Tone, channels: int) -> None:
    sound = np.repeat(tone(1000, 0.5, RATE)[:, np.newaxis], channels, axis=1)
    sound[:, 1] = 0
    read = read_sound(wav(tmp_path / "a.wav", sound.copy(), RATE, channels), limits)
    expected = -9.03 + 20 * np.log10((channels - 1) / channels)
    assert level_db(read) == pytest.approx(expected, abs=0.05)


def test_samples_that_are_no_numbers_are_silence_and_do_not_spread(tmp_path: Path, limits: Limits) -> None:
    samples = np.full(48_000, 0.25, dtype=np.float32)
    samples[1000], samples[2000], samples[3000], samples[4000] = np.nan, np.inf, -np.inf, 1e30
    read = read_sound(float_wav(tmp_path / "a.wav", samples, 48_000), limits)
    assert read[5000:15000].min() > 8100
    assert read[5000:15000].max() < 8300
    assert abs(int(read.max())) <= 32767


@pytest.mark.parametrize("name", ["a.webm", "a.ogg", "a.mp4", "a.flac", "a.mp3", "a.mka"])
def test_each_container_keeps_the_time_of_a_tone(
    tmp_path: Path, limits: Limits, tone: Tone, make: Make, name: str
) -> None:
    codec = {"mp4": "aac", "flac": "flac", "mp3": "mp3", "mka": "pcm_s16le"}.get(
        name.split(".")[1], "libopus"
    )
    sound = np.concatenate([np.zeros(24_000, np.int16), tone(800, 0.5), np.zeros(24_000, np.int16)])
    path = make(tmp_path / name, sound=sound, codecs=("", codec))
    read = read_sound(path, limits)
    loud = np.flatnonzero(np.abs(read.astype(int)) > 4000)
    assert loud[0] / 16 == pytest.approx(500, abs=5)
    assert loud[-1] / 16 == pytest.approx(1000, abs=5)


def test_sound_that_begins_late_begins_with_zeros(
    tmp_path: Path, limits: Limits, tone: Tone, make: Make
) -> None:
    path = make(tmp_path / "a.mkv", sound=tone(800, 0.5), codecs=PCM, sound_at=lambda ms: ms + 730)
    read = read_sound(path, limits)
    assert not read[: 16 * 728].any()
    assert np.abs(read[16 * 731 : 16 * 740]).max() > 8000
    assert len(read) == pytest.approx(16 * 1230, abs=32)


def test_a_hole_is_filled_with_zeros_of_its_length(
    tmp_path: Path, limits: Limits, tone: Tone, make: Make
) -> None:
    path = make(
        tmp_path / "a.mkv",
        sound=tone(800, 1.0),
        codecs=PCM,
        sound_at=lambda ms: ms if ms < 400 else ms + 300,
    )
    decoded = decode(path, limits)
    assert decoded.holes_s == pytest.approx(0.3, abs=0.002)
    quiet = np.flatnonzero(np.abs(decoded.sound) > 1000)
    gap = int(np.argmax(np.diff(quiet)))
    assert quiet[gap] / 16 == pytest.approx(400, abs=3)
    assert quiet[gap + 1] / 16 == pytest.approx(700, abs=3)


def test_lost_packets_leave_what_follows_at_its_time(
    tmp_path: Path, limits: Limits, tone: Tone, make: Make
) -> None:
    sound = np.concatenate([tone(800, 0.4), np.zeros(28_800, np.int16), tone(800, 0.2)])
    lossy = make(tmp_path / "a.webm", sound=sound, sound_at=lambda ms: None if 500 < ms < 800 else ms)
    read = read_sound(lossy, limits)
    loud = np.flatnonzero(np.abs(read.astype(int)) > 4000)
    assert loud[loud > 16 * 600][0] / 16 == pytest.approx(1000, abs=8)


def test_what_a_broken_clock_sends_twice_is_taken_once(
    tmp_path: Path, limits: Limits, tone: Tone, make: Make
) -> None:
    path = make(
        tmp_path / "a.mkv",
        sound=tone(800, 1.0),
        codecs=PCM,
        sound_at=lambda ms: ms if ms < 500 else ms - 200,
    )
    read = read_sound(path, limits)
    assert len(read) == pytest.approx(16 * 800, abs=16 * 1000 * JITTER_S)


def test_times_that_jitter_make_no_holes(tmp_path: Path, limits: Limits, tone: Tone, make: Make) -> None:
    late = np.random.default_rng(3).integers(0, 12, 200)
    path = make(
        tmp_path / "a.mkv",
        sound=tone(800, 2.0),
        codecs=PCM,
        sound_at=lambda ms: ms + int(late[int(ms) // 20]),
    )
    decoded = decode(path, limits)
    assert decoded.holes_s < 0.013
    steps = np.abs(np.diff(decoded.sound[400:-400].astype(int)))
    assert steps.max() < 16_384 * 2 * np.pi * 800 / RATE * 1.1


@settings(max_examples=25, deadline=None)
@given(
    rate=st.sampled_from([8_000, 12_345, 16_000, 44_100, 48_000]),
    samples=st.integers(200, 30_000),
    channels=st.integers(1, 4),
)
def test_the_length_is_that_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, rate: int, samples: int, channels: int
) -> None:
    sound = np.ones((samples, channels), dtype=np.int16)
    read = read_sound(wav(tmp_path_factory.mktemp("s") / "a.wav", sound, rate, channels), Limits())
    assert abs(len(read) - samples * RATE / rate) <= 2


def test_silence_stays_silence(tmp_path: Path, limits: Limits) -> None:
    assert not read_sound(wav(tmp_path / "a.wav", np.zeros(44_100, np.int16), 44_100), limits).any()


def test_only_pictures_is_no_sound(tmp_path: Path, limits: Limits, make: Make, numbered: Callable) -> None:
    path = make(tmp_path / "a.webm", pictures=numbered(range(0, 500, 33)))
    with pytest.raises(MediaError, match="no_sound"):
        read_sound(path, limits)


def test_a_header_without_a_sample_is_empty(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(MediaError, match="empty"):
        read_sound(wav(tmp_path / "a.wav", np.zeros(0, np.int16), 16_000), limits)


def test_too_long_is_said(tmp_path: Path, tone: Tone, make: Make) -> None:
    path = make(tmp_path / "a.mkv", sound=tone(800, 1.0), codecs=PCM, sound_at=lambda ms: ms * 20)
    with pytest.raises(MediaError, match="too_long"):
        read_sound(path, Limits(longest_s=5))


def test_a_torn_file_gives_what_came_before(tmp_path: Path, limits: Limits, tone: Tone, make: Make) -> None:
    whole = make(tmp_path / "a.webm", sound=tone(800, 3.0))
    torn = tmp_path / "torn.webm"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    read = read_sound(torn, limits)
    assert 16_000 < len(read) < 32_000
    assert np.array_equal(read[:16_000], read_sound(whole, limits)[:16_000])
