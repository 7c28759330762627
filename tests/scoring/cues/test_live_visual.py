"""Live equals afterwards for every visual cue and event, on a take in which everything happens to the picture."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.support.drawn import Scene
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import Frames
from scoring.cues.live import KEEP_MS
from scoring.cues.stream import Stream
from scoring.cues.values import CueEvent, Value
from scoring.cues.visual_window import VISUAL, VisualWindow

SECONDS = 40
NO_SOUND = np.zeros(0, np.int16)
TOLERANCE = 1e-9
"""Only the order in which sums are rounded may differ."""


@pytest.fixture(scope="module")
def busy() -> Frames:
    """Nods, smiles, glances, crossed arms, leans; a second lost, a pushed camera, a mirrored stretch, a slow machine,
    another face now and then, and somebody who leaves and comes back."""
    t = np.arange(0, 1000 * SECONDS, 80.0)
    s = t / 1000
    crossed = ((s > 10) & (s < 13))[:, None, None]
    frames = Scene(
        t,
        pitch=np.where((s > 4) & (s < 4.6), -12 * np.sin(np.pi * (s - 4) / 0.6) ** 2, 2 * np.sin(s)),
        yaw=6 * np.sin(0.7 * s),
        look_x=np.where((s > 6) & (s < 8), 20, 2),
        smile=np.where((s > 13) & (s < 16), 0.9, 0.0),
        brows=np.where((s > 17) & (s < 18), -0.4, 0.0),
        size=0.012 * (1 + 0.2 * (np.clip((s - 19) / 0.8, 0, 1) - np.clip((s - 22) / 0.8, 0, 1))),
        wrists=np.where(crossed, [[-0.4, 0.75], [0.4, 0.75]], [[0.8, 1.05], [-0.35, 1.1]]),
        hand=(0.0, 0.1),
        noise=0.0004,
    ).frames()
    frames.right_hand[(s < 23.5) | (s > 24.5)] += 0.4
    frames.pose[(s > 25) & (np.arange(len(s)) % 3 != 0)] = np.nan
    frames.face[(s > 26) & (s < 29) & (np.arange(len(s)) % 7 < 2)] += np.float32(0.5)
    for block in (frames.face, frames.pose):
        block[s > 30, :, :2] += np.float32(0.15)
    for block in (frames.face, frames.pose, frames.left_hand, frames.right_hand):
        block[(s > 31) & (s < 33), :, 0] *= -1
        block[(s > 34) & (s < 37.5)] = np.nan
    return frames.take(np.flatnonzero((s < 8.5) | (s >= 9.5)))


def values(stream: Stream, end_ms: float, seconds: float) -> dict[Cue, Value]:
    return VisualWindow(stream, end_ms - 1000 * seconds, end_ms).values(list(VISUAL))


def whole(frames: Frames) -> tuple[Stream, list[CueEvent]]:
    stream = Stream(voice_only=False)
    return stream, sorted([*stream.push(frames, NO_SOUND), *stream.visual.finish()], key=lambda e: e.t_ms)


def test_everything_happens(busy: Frames) -> None:
    _, events = whole(busy)
    assert {event.code for event in events} == {
        code for code, s in CATALOGUE.items() if s.kind == "event"
    } - {
        Cue.SHAKE,
        Cue.LEAN_OUT,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(cuts=st.lists(st.integers(0, 1000 * SECONDS), max_size=60))
def test_however_the_stream_is_cut(busy: Frames, cuts: list[int]) -> None:
    """Events are the same, and at every cut the values over the second before and over five."""
    afterwards, events = whole(busy)
    live, found = Stream(voice_only=False, keep_ms=KEEP_MS), []
    for start, end in pairwise([-1, *sorted(cuts), 1000 * SECONDS]):
        found += live.push(busy.slice(start, end), NO_SOUND)
        for seconds in (1.0, 5.0):
            now, then = values(live, end, seconds), values(afterwards, end, seconds)
            for code in VISUAL:
                assert now[code].absent is then[code].absent, (code, end)
                assert now[code].value == (
                    None
                    if then[code].value is None
                    else pytest.approx(then[code].value, rel=TOLERANCE, abs=TOLERANCE)
                ), (code, end)
    found += live.visual.finish()
    assert sorted(found, key=lambda event: event.t_ms) == events
    assert live.visual.neutral == afterwards.visual.neutral


def test_what_is_kept_is_bounded(busy: Frames) -> None:
    stream = Stream(voice_only=False, keep_ms=KEEP_MS)
    for turn in range(8):
        fields: dict[str, Any] = {name: getattr(busy, name) for name in Frames.__dataclass_fields__}
        moved = Frames(**fields | {"times_ms": busy.times_ms + 1000 * SECONDS * turn})
        for start in range(0, 1000 * SECONDS, 1000):
            stream.push(
                moved.slice(start + 1000 * SECONDS * turn, start + 1000 * (SECONDS * turn + 1)), NO_SOUND
            )
    visual = stream.visual
    assert visual.table._rows.nbytes < 200_000
    assert visual._joints._rows.nbytes + visual._turns._rows.nbytes < 60_000


def test_the_cues_here_are_all_visual_ones() -> None:
    wanted = {
        code
        for code, spec in CATALOGUE.items()
        if spec.group in {"face", "body"} and spec.kind == "continuous"
    }
    assert set(VISUAL) == wanted
    assert all(CATALOGUE[code].available for code in wanted)
