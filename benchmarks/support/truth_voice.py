"""What is known of voices: made tones, pulse trains and speech, what we measure on them, and what others do.

The peers get the same sound: the full eGeMAPSv02 of openSMILE (F0, jitter, shimmer, HNR) and the Silero detector of
voice activity that comes with faster-whisper (pauses). A ratio is our error over the peer's: under 1 is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

import numpy as np
import opensmile
from faster_whisper.vad import VadOptions, get_speech_timestamps

from benchmarks.support.signals import RATE
from benchmarks.support.voices import SENTENCES, Array, Sound, Voice, hiss, pulses, silence, spoken, vowel
from scoring.cues.analysis import analyse
from scoring.cues.catalogue import Cue
from scoring.cues.frames import Frames
from scoring.cues.values import Value
from scoring.cues.voice import STEP, D, describe
from scoring.cues.voice_window import break_share, quality_means

LIMITS: Mapping[str, str] = {
    "f0_mape": "at most 1 %",
    "f0_ratio": "at most 1",
    "loudness_change_mae_db": "at most 1 dB",
    "pause_boundary_mae_ms": "at most 50 ms",
    "pause_ratio": "at most 1",
    "latency_mae_ms": "at most 100 ms",
    "syllable_rate_mape": "at most 10 %",
    "jitter_mape": "at most 25 %",
    "jitter_ratio": "at most 1",
    "shimmer_mape": "at most 30 %",
    "glide_jitter_percent": "none is there: at most 0.1",
    "hnr_mae_db": "at most 1 dB",
    "hnr_ratio": "at most 1",
    "voice_breaks_mae": "at most 0.03",
}

TEXT = SENTENCES[0][0]


def figures() -> dict[str, float]:
    """Errors in percent (`mape`), dB, ms or as a share. Raises NoSpeech."""
    return (
        _pitch()
        | _loudness()
        | _pauses()
        | _latency()
        | _syllables()
        | _perturbation()
        | _harmonics()
        | _breaks()
    )


def heard(sound: Sound, asked_ms: float | None = 0.0) -> Mapping[Cue, Value]:
    """The cues of a whole answer."""
    return analyse(Frames.empty(), sound, question_ended_ms=asked_ms, voice_only=True).values


@cache
def _peer() -> opensmile.Smile:
    return opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors)


def peers_rows(sound: Sound, *names: str) -> tuple[Array, Array]:
    """eGeMAPSv02's F0 in semitones above 27.5 Hz (n,), 0 where unvoiced, and the columns that are asked for (n, m)."""
    rows = _peer().process_signal(sound / 32768, RATE)
    return rows["F0semitoneFrom27.5Hz_sma3nz"].to_numpy(), rows[list(names)].to_numpy()


def _pitch() -> dict[str, float]:
    ours, theirs = [], []
    for sound, hz in _sung():
        found = 27.5 * 2 ** (describe(sound)[:, D.SEMITONES] / 12)
        ours.append(_off(found, hz, STEP))
        semitones, _ = peers_rows(sound)
        theirs.append(_off(np.where(semitones > 0, 27.5 * 2 ** (semitones / 12), np.nan), hz, STEP // 2))
    mine, peer = (float(np.concatenate(errors).mean()) for errors in (ours, theirs))
    return {"f0_mape": mine, "f0_peer_mape": peer, "f0_ratio": mine / peer}


def _sung() -> Iterator[tuple[Sound, Array]]:
    """Sounds and their F0 at each sample: steady vowels, glides and voices that go up and down."""
    n = 2 * RATE
    for hz in (75, 90, 110, 140, 180, 220, 280, 350, 450):
        yield vowel(hz, 2.0), np.full(n, float(hz))
    for low, high in ((80, 160), (110, 220), (200, 400), (240, 120)):
        glide = np.geomspace(low, high, n)
        yield vowel(glide, 2.0), glide
    for hz in (100, 200):
        wave = hz * 2 ** (3 / 12 * np.sin(2 * np.pi * 1.5 * np.arange(n) / RATE))
        yield vowel(wave, 2.0), wave


def _off(found: Array, hz: Array, step: int) -> Array:
    """Errors in percent of the rows (60 ms, every `step` samples) that are voiced."""
    centres = np.arange(len(found)) * step + 480
    inside = centres < len(hz)
    truth = hz[centres[inside]]
    errors: Array = 100 * np.abs(found[inside] / truth - 1)
    return errors[np.isfinite(errors)]


def _loudness() -> dict[str, float]:
    """A voice that gets louder and softer: speech and vowels at known gains."""
    errors = []
    said = np.concatenate([silence(0.5), spoken(TEXT), silence(0.5)])
    for sound, measure in ((said, _loud), *((vowel(hz, 2.0, 30_000), _level) for hz in (110, 220))):
        levels = {gain: measure(louder(sound, gain)) for gain in (0, -3, -6, -12, -18, -24)}
        errors += [abs(levels[gain] - levels[0] - gain) for gain in levels if gain]
    return {"loudness_change_mae_db": float(np.mean(errors))}


def louder(sound: Sound, gain_db: float) -> Sound:
    return (sound * 10 ** (gain_db / 20)).astype(np.int16)


def _loud(sound: Sound) -> float:
    value = heard(sound)[Cue.LOUD].value
    assert value is not None
    return value


def _level(sound: Sound) -> float:
    """Of a vowel that goes on and on, which as an answer would be taken for noise."""
    return float(describe(sound)[:, D.LOUDNESS].mean())


GAPS_S = (0.3, 0.4, 0.6, 0.9, 1.5, 3.0)


def _answers() -> Iterator[tuple[Sound, Array]]:
    """Speech with gaps, quiet and with noise, and where it begins and ends in ms."""
    for (voice, pitch), noise in product((("en", 45), ("en-us", 60), ("en+f3", 50)), (0, 20)):
        pieces, edges, at_ms = [silence(1.0)], [], 1000.0
        for (text, _), gap in zip(SENTENCES, GAPS_S, strict=False):
            part = spoken(text, voice=voice, pitch=pitch)
            edges += [at_ms, at_ms + len(part) / 16]
            pieces += [part, silence(gap)]
            at_ms += len(part) / 16 + 1000 * gap
        sound = np.concatenate(pieces)
        yield sound + hiss(len(sound), noise) if noise else sound, np.array(edges)


WORST_MS = 500.0
"""An edge that was not found at all counts as this."""


def _pauses() -> dict[str, float]:
    ours, theirs = [], []
    for sound, edges in _answers():
        analysis = analyse(Frames.empty(), sound, question_ended_ms=0, voice_only=True)
        ours.append(_edges_off([(s.start_ms, s.end_ms) for s in analysis.segments], edges))
        options = VadOptions(min_silence_duration_ms=250, speech_pad_ms=0)
        found = get_speech_timestamps((sound / 32768).astype(np.float32), options)
        theirs.append(_edges_off([(one["start"] / 16, one["end"] / 16) for one in found], edges))
    mine, peer = (float(np.concatenate(errors).mean()) for errors in (ours, theirs))
    return {"pause_boundary_mae_ms": mine, "pause_peer_mae_ms": peer, "pause_ratio": mine / peer}


def _edges_off(segments: list[tuple[float, float]], edges: Array) -> Array:
    """How far each edge is from the nearest that was found, a beginning from a beginning and an end from an end."""
    errors = np.full(len(edges), WORST_MS)
    for side in (0, 1):
        found = np.array([segment[side] for segment in segments])
        if len(found):
            nearest = np.abs(edges[side::2, None] - found).min(axis=1)
            errors[side::2] = np.minimum(nearest, WORST_MS)
    return errors


def _latency() -> dict[str, float]:
    errors = []
    for latency, asked, (voice, noise) in product(
        (0.313, 0.847, 2.031, 5.009), (0.5, 2.0), (("en", 0), ("en+f3", 20))
    ):
        sound = np.concatenate([silence(asked + latency), spoken(TEXT, voice=voice), silence(1)])
        value = heard(sound + hiss(len(sound), noise) if noise else sound, 1000 * asked)[Cue.LATENCY].value
        errors.append(WORST_MS if value is None else abs(1000 * (value - latency)))
    return {"latency_mae_ms": float(np.mean(errors))}


def _syllables() -> dict[str, float]:
    errors, signed = [], []
    for (voice, pitch), pace in product((("en", 45), ("en-us", 60), ("en+f3", 50)), (130, 155, 180)):
        parts = [spoken(text, voice=voice, pitch=pitch, words_per_minute=pace) for text, _ in SENTENCES]
        sound = np.concatenate([silence(0.5), *(piece for part in parts for piece in (part, silence(0.5)))])
        true = sum(count for _, count in SENTENCES) / (len(sound) / RATE - 1.0)
        value = heard(sound)[Cue.SYLL_RATE].value
        assert value is not None
        signed.append(100 * (value / true - 1))
        errors.append(abs(signed[-1]))
    return {"syllable_rate_mape": float(np.mean(errors)), "syllable_rate_bias": float(np.mean(signed))}


VOICES_HZ = (85, 105, 130, 165, 210, 260)


def _perturbation() -> dict[str, float]:
    """Jitter and shimmer of pulse trains, one at a time, through the rows that a whole answer's value is made of.

    Both at once are not known: where a period's echo runs into the next, jitter is heard as shimmer too (by half as
    much again at 165 Hz; a fifth in eGeMAPS).
    """
    jitter = [
        _ours_and_peers(pulses(hz, jitter=share, seed=hz))
        for hz in VOICES_HZ
        for share in (0.005, 0.01, 0.02)
    ]
    shimmer = [
        _ours_and_peers(pulses(hz, shimmer=share, seed=hz))
        for hz in VOICES_HZ
        for share in (0.03, 0.05, 0.08)
    ]
    j, s = (np.mean(found, axis=0) for found in (jitter, shimmer))
    glide = vowel(np.geomspace(100, 200, RATE), 1.0)
    steady = _ours_and_peers(Voice(glide, jitter=1.0, shimmer=1.0), of_truth=False)
    return {
        "jitter_mape": float(j[0]),
        "jitter_peer_mape": float(j[2]),
        "jitter_ratio": float(j[0] / j[2]),
        "shimmer_mape": float(s[1]),
        "shimmer_peer_mape": float(s[3]),
        "shimmer_ratio": float(s[1] / s[3]),
        "glide_jitter_percent": float(steady[0]),
        "glide_jitter_peer_percent": float(steady[2]),
    }


def _ours_and_peers(voice: Voice, *, of_truth: bool = True) -> Array:
    """Jitter and shimmer by us, then by the peer (4,): errors in percent of the truth, or the values."""
    means = quality_means(describe(voice.sound))
    assert means is not None
    pitch, rows = peers_rows(voice.sound, "jitterLocal_sma3nz", "shimmerLocaldB_sma3nz")
    theirs = rows[pitch > 0].mean(axis=0)
    values = np.array([*means[:2], 100 * theirs[0], theirs[1]])
    if not of_truth:
        return values
    truth = np.array([voice.jitter, voice.shimmer] * 2)
    errors: Array = 100 * np.abs(values / np.where(truth > 0, truth, np.nan) - 1)
    return errors


def _harmonics() -> dict[str, float]:
    ours, theirs = [], []
    for hz, noise_db in product(VOICES_HZ, (5, 10, 15, 20)):
        sound = pulses(hz, noise_db=noise_db).sound
        means = quality_means(describe(sound))
        assert means is not None
        pitch, rows = peers_rows(sound, "HNRdBACF_sma3nz")
        ours.append(abs(means[2] - noise_db))
        theirs.append(abs(float(rows[pitch > 0].mean()) - noise_db))
    mine, peer = float(np.mean(ours)), float(np.mean(theirs))
    return {"hnr_mae_db": mine, "hnr_peer_mae_db": peer, "hnr_ratio": mine / peer}


def _breaks() -> dict[str, float]:
    """Pulse trains that stop for a while: the share of the breaks."""
    errors = []
    for hz, length_s in product((90, 130, 210), (0.06, 0.1, 0.16)):
        gaps = [(at, at + length_s) for at in np.arange(0.5, 3.6, 0.5)]
        rows = describe(pulses(hz, gaps_s=gaps).sound)
        errors.append(abs(break_share(np.isfinite(rows[:, D.SEMITONES])) - len(gaps) * length_s / 4.0))
    return {"voice_breaks_mae": float(np.mean(errors))}
