"""One simulated answer: what the analysis would have found, in the form in which it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.charts.lanes import LANES
from analytics.demo.personas import Persona, Random, bounded
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.values import Absent

HOP_S = 0.25
HIPS = frozenset({Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW})
ELBOWS = frozenset({Cue.XROT_LE, Cue.XROT_RE, Cue.YROT_LE, Cue.YROT_RE})
HANDS = frozenset({Cue.EN_HA, Cue.AM_CR, *ELBOWS})
LASTING = frozenset({Cue.SMILE, Cue.GAZE_AWAY, Cue.HAND_FACE, Cue.ARMS_CROSSED})
# Mean and spread of what every simulated person has alike.
ALIKE: Mapping[Cue, tuple[float, float]] = {
    Cue.VAL_F: (0.12, 0.05),
    Cue.XROT_LE: (88.0, 7.0),
    Cue.XROT_RE: (92.0, 7.0),
    Cue.YROT_LE: (34.0, 6.0),
    Cue.YROT_RE: (38.0, 6.0),
    Cue.SYLL_RATE: (3.9, 0.3),
    Cue.JITTER: (0.9, 0.12),
    Cue.SHIMMER: (0.36, 0.04),
    Cue.HNR: (17.0, 1.2),
    Cue.BREAKS: (0.03, 0.006),
}
# How far a line wanders from its level, where that is not a share of the level.
WANDERS: Mapping[Cue, float] = {Cue.VAL_F: 0.1, **dict.fromkeys(ELBOWS, 9.0)}
# What a share is while the event lasts.
INSIDE: Mapping[Cue, tuple[Cue, float]] = {
    Cue.GZ_DR: (Cue.GAZE_AWAY, 0.0),
    Cue.SMILE_SHARE: (Cue.SMILE, 1.0),
    Cue.HD_TH: (Cue.HAND_FACE, 1.0),
}
# Camera problems and how common they are among answers with a camera.
PROBLEMS: Mapping[Absent, float] = {Absent.TOO_DARK: 0.02, Absent.NO_FACE: 0.02, Absent.FACE_TOO_SMALL: 0.01}


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """Values by code as `AnswerResult.cues` holds them, events, quality, and the stream's times in ms."""

    cues: dict[str, dict[str, Any]]
    events: list[dict[str, Any]]
    quality: dict[str, Any]
    stream_ms: int
    question_ended_ms: int
    speech_started_ms: int

    def value(self, cue: Cue) -> float | None:
        found = self.cues.get(cue.value, {}).get("v")
        return None if found is None else float(found)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all answers of one session share: its place in the twelve weeks (0..1), the day's deviations, the camera."""

    progress: float
    deviation: Mapping[Cue, float]
    camera: bool
    hands: bool
    problem: Absent | None = None

    def shifted(self, by: Mapping[Cue, float]) -> Setting:
        """The same day with these differences on top."""
        return replace(
            self, deviation={cue: value + by.get(cue, 0.0) for cue, value in self.deviation.items()}
        )


def setting(person: Persona, rng: Random, *, progress: float, camera: bool) -> Setting:
    """A day on which each cue lies a little off, by a third of the spread between answers."""
    deviation = {cue: float(rng.normal(0, spread / 3)) for cue, spread in person.spread.items()}
    return Setting(progress, deviation, camera, hands=bool(rng.random() < 0.8))


def simulate(person: Persona, day: Setting, rng: Random) -> SimulatedAnswer:
    """One answer on such a day."""
    values = _values(person, day, rng)
    problem = _problem(day, rng)
    question_ms = int(rng.uniform(4_000, 9_000))
    speech_ms = question_ms + int(values[Cue.LATENCY] * 1000)
    stream_ms = speech_ms + int(values[Cue.ANSWER_LEN] * 1000) + int(rng.uniform(300, 1500))
    events = [] if problem or not day.camera else _events(person, speech_ms, stream_ms, rng)
    return SimulatedAnswer(
        cues={cue.value: _stored(cue, values, day, problem) for cue in _continuous()},
        events=events,
        quality=_quality(values, stream_ms, day, problem, rng),
        stream_ms=stream_ms,
        question_ended_ms=question_ms,
        speech_started_ms=speech_ms,
    )


def _continuous() -> list[Cue]:
    return [cue for cue, spec in CATALOGUE.items() if spec.kind == "continuous"]


def _values(person: Persona, day: Setting, rng: Random) -> dict[Cue, float]:
    found = {
        cue: bounded(
            cue,
            person.expected(cue, day.progress)
            + day.deviation[cue]
            + float(rng.normal(0, person.spread[cue])),
        )
        for cue in person.usual
    }
    return found | _derived(found, person.pitch_hz, rng)


def _derived(found: Mapping[Cue, float], pitch_hz: float, rng: Random) -> dict[Cue, float]:
    """What follows from the others: so many pauses fit into an answer, a pitch in Hz is one in semitones."""
    cycle = found[Cue.SEG_LEN] + found[Cue.PAUSE_LEN]
    pauses = max(0, round(found[Cue.ANSWER_LEN] / cycle) - 1)
    f0 = pitch_hz * float(rng.normal(1, 0.02))
    waiting = found[Cue.LATENCY] / (found[Cue.LATENCY] + found[Cue.ANSWER_LEN])
    share = found[Cue.PAUSE_LEN] / cycle
    # Draws of their own: those that came before them stay as they were.
    own = rng.spawn(1)[0]
    alike = {cue: max(0.0, float(own.normal(mean, spread))) for cue, (mean, spread) in ALIKE.items()}
    return alike | {
        Cue.ARTIC: alike[Cue.SYLL_RATE] / (1 - share),
        Cue.F0: f0,
        Cue.F0_ST: 12 * float(np.log2(f0 / 27.5)),
        Cue.F0_RANGE: 3.1 * found[Cue.F0_SD],
        Cue.ENERGY: found[Cue.LOUD] - 3.0,
        Cue.PAUSE_N: float(pauses),
        Cue.PAUSE_LONG_N: float(rng.binomial(pauses, 0.02)),
        Cue.PAUSE_SHARE: share,
        Cue.VOICE: (1 - share) * (1 - waiting),
        Cue.TN_HD: min(1.0, (1 - share) * 1.02),
        Cue.EARLY: float(rng.uniform(0.1, 0.8)) if rng.random() < 0.06 else 0.0,
    }


def _problem(day: Setting, rng: Random) -> Absent | None:
    drawn, reached = rng.random(), 0.0
    for reason, chance in PROBLEMS.items():
        reached += chance
        if drawn < reached:
            return reason
    return day.problem


def _stored(cue: Cue, values: Mapping[Cue, float], day: Setting, problem: Absent | None) -> dict[str, Any]:
    why = _absent(cue, values, day, problem)
    return {"absent": why.value} if why else {"v": round(values[cue], 4)}


def _absent(cue: Cue, values: Mapping[Cue, float], day: Setting, problem: Absent | None) -> Absent | None:
    spec = CATALOGUE[cue]
    if spec.group == "words":
        return Absent.NO_TRANSCRIPT
    if not spec.available or (cue not in values and cue not in HIPS):
        return Absent.NOT_AVAILABLE
    if spec.group in ("face", "body"):
        return _not_seen(cue, day, problem)
    return Absent.NO_PAUSE if cue is Cue.PAUSE_LEN and not values[Cue.PAUSE_N] else None


def _not_seen(cue: Cue, day: Setting, problem: Absent | None) -> Absent | None:
    if not day.camera:
        return Absent.NO_CAMERA
    if cue in HIPS:
        return Absent.HIPS_OUT_OF_VIEW
    if cue in HANDS and not day.hands:
        return Absent.HANDS_OUT_OF_VIEW
    return problem


def _events(person: Persona, speech_ms: int, stream_ms: int, rng: Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    minutes = (stream_ms - speech_ms) / 60_000
    for cue, rate in person.events_per_min.items():
        free_from = 0
        for at in sorted(rng.uniform(speech_ms, stream_ms - 400, rng.poisson(rate * minutes))):
            if at > free_from:
                found += _event(cue, int(at), stream_ms, rng)
                free_from = found[-1]["t_ms"]
    return sorted(found, key=lambda event: event["t_ms"])


def _event(cue: Cue, at: int, end_ms: int, rng: Random) -> list[dict[str, Any]]:
    event = {"code": cue.value, "t_ms": at, "strength": round(float(rng.uniform(0.4, 1.0)), 2)}
    if cue not in LASTING:
        return [{**event, "phase": "point"}]
    until = min(end_ms, at + int(rng.uniform(600, 3_500)))
    return [{**event, "phase": "start"}, {**event, "t_ms": until, "phase": "end"}]


def _quality(
    values: Mapping[Cue, float], stream_ms: int, day: Setting, problem: Absent | None, rng: Random
) -> dict[str, Any]:
    face = float(rng.uniform(0.05, 0.4) if problem is Absent.NO_FACE else rng.uniform(0.9, 1.0))
    luma = float(rng.uniform(18, 34) if problem is Absent.TOO_DARK else rng.uniform(85, 150))
    return {
        "face_share": round(face, 3) if day.camera else None,
        "mean_luma": round(luma, 1) if day.camera else None,
        "noise_floor_db": round(float(rng.uniform(-68, -52)), 1),
        "speech_s": round(values[Cue.ANSWER_LEN] * (1 - values[Cue.PAUSE_SHARE]), 2),
        "sound_s": stream_ms / 1000,
        "frames_per_s": 12.0 if day.camera else 0.0,
        "frames_dropped": int(rng.poisson(1.0)) if day.camera else 0,
    }


# --- the track --------------------------------------------------------------------------------------


def track(answer: SimulatedAnswer, rng: Random) -> tuple[NDArray[np.float64], dict[Cue, NDArray[np.float32]]]:
    """Cues over time that agree with the answer's values and events: times (m,) in ms, columns (m,), NaN = absent."""
    times = np.arange(HOP_S, answer.stream_ms / 1000, HOP_S) * 1000
    speaking = _speaking(answer, times, rng)
    seen = [cue for cue in LANES if CATALOGUE[cue].group != "voice" and answer.value(cue) is not None]
    columns = {cue: _picture(cue, answer, times, rng) for cue in seen}
    columns[Cue.VOICE] = speaking.astype(np.float32)
    columns[Cue.TN_HD] = _turn(answer, times, speaking)
    pitch = answer.value(Cue.F0_SD) or 2.0
    for cue, spread in ((Cue.LOUD, 2.2), (Cue.F0_ST, pitch), (Cue.F0_SD, 0.4), (Cue.SYLL_RATE, 0.5)):
        level = answer.value(cue)
        if level is not None:
            walk = level + spread * _wander(len(times), rng)
            columns[cue] = np.where(speaking > 0, walk, np.nan).astype(np.float32)
    return times, columns


def _speaking(answer: SimulatedAnswer, times: NDArray[np.float64], rng: Random) -> NDArray[np.float64]:
    """1 while speaking, 0 in pauses and before the answer: by the answer's own stretches where it has them."""
    if "speech" in answer.quality:
        middles = times - 250
        spans = answer.quality["speech"]
        return np.array([float(any(a <= at < b for a, b in spans)) for at in middles.tolist()])
    segment, pause = answer.value(Cue.SEG_LEN) or 3.0, answer.value(Cue.PAUSE_LEN) or 0.6
    on = np.zeros(len(times))
    at = answer.speech_started_ms / 1000
    while at < answer.stream_ms / 1000:
        until = at + float(rng.gamma(4, segment / 4))
        on[(times >= at * 1000) & (times < until * 1000)] = 1.0
        at = until + float(rng.gamma(4, pause / 4))
    return on


def _turn(
    answer: SimulatedAnswer, times: NDArray[np.float64], speaking: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Share of the last ten seconds in which the turn is held: since the question, and a second beyond each word."""
    last = np.maximum.accumulate(np.where(speaking > 0, times, -np.inf))
    held = (times - last <= 1000) & (times >= answer.question_ended_ms)
    window = round(10 / HOP_S)
    sums = np.concatenate([np.zeros(window), np.cumsum(held)])
    amounts = np.minimum(np.arange(1, len(times) + 1), window)
    shares: NDArray[np.float32] = ((sums[window:] - sums[:-window]) / amounts).astype(np.float32)
    return shares


def _wander(n: int, rng: Random) -> NDArray[np.float64]:
    """A slow walk (n,) with mean 0 and standard deviation 1."""
    steps = np.convolve(rng.normal(size=n + 12), np.hanning(13), mode="valid")[:n]
    walk: NDArray[np.float64] = (steps - steps.mean()) / (steps.std() or 1.0)
    return walk


def _picture(
    cue: Cue, answer: SimulatedAnswer, times: NDArray[np.float64], rng: Random
) -> NDArray[np.float32]:
    level = answer.value(cue) or 0.0
    walk = _wander(len(times), rng)
    if cue in WANDERS:
        return (level + WANDERS[cue] * walk).astype(np.float32)
    if cue not in INSIDE:
        return np.clip(level * (1 + 0.35 * walk), 0, None).astype(np.float32)
    event, inside = INSIDE[cue]
    return _share(level, inside, _during(event, answer, times), walk)


def _during(event: Cue, answer: SimulatedAnswer, times: NDArray[np.float64]) -> NDArray[np.bool_]:
    during = np.zeros(len(times), dtype=bool)
    spans = [one for one in answer.events if one["code"] == event.value]
    for begin, end in zip(spans[::2], spans[1::2], strict=False):
        during |= (times >= begin["t_ms"]) & (times <= end["t_ms"])
    return during


def _share(
    level: float, inside: float, during: NDArray[np.bool_], walk: NDArray[np.float64]
) -> NDArray[np.float32]:
    """A share that is `inside` while an event lasts and otherwise wanders so that the mean comes near `level`."""
    rest = max(1, int((~during).sum()))
    outside = np.clip((level * len(during) - inside * during.sum()) / rest, 0.0, 1.0)
    return np.where(during, inside, np.clip(outside + 0.12 * walk, 0, 1)).astype(np.float32)
