"""The live stream, and that it agrees with the full analysis."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.cues.analysis import HOP_S, WINDOW_S, analyse
from scoring.cues.answer import WHOLE
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.frames import Frames
from scoring.cues.live import LIVE_WINDOW_S, LiveCues, LiveReport, seconds_together
from scoring.cues.neutral import Neutral
from scoring.cues.stream import Stream
from scoring.cues.values import Absent, CueEvent
from scoring.cues.windows import values_at

Make = Callable[..., Any]
ASKED = 1500.0
CHUNK = 4000


@pytest.fixture
def take(person: Make, say: Make, silence: Make) -> tuple[Frames, Any]:
    """20 s of an answer in which everything happens."""
    part = say("I worked in a small shop for two years and then I moved to the city")
    sound = np.concatenate([silence(3), part, silence(0.6), part, silence(3), part, silence(8)])[: 20 * 16000]
    frames = person(
        20,
        pitch=lambda t: np.where(
            (t > 4) & (t < 4.6), -12 * np.sin(np.pi * (t - 4) / 0.6) ** 2, 2 * np.sin(t)
        ),
        yaw=lambda t: 6 * np.sin(0.7 * t),
        look_x=lambda t: np.where((t > 8) & (t < 11), 20, 2),
        smile=lambda t: np.where((t > 12) & (t < 15), 0.8, 0.0),
        wrists=lambda t: np.stack(
            [np.stack([0.5 + 0 * t, 1 - 0.2 * np.sin(4 * t)], 1), np.stack([-0.5 + 0 * t, 1 + 0 * t], 1)], 1
        ),
        size=0.012,
        noise=0.0005,
    ).frames()
    return frames, sound


def play(live: LiveCues, frames: Frames, sound: Any) -> tuple[list[CueEvent], list[LiveReport]]:
    """The stream as it comes over the socket: 250 ms a message, a report a second."""
    events, reports = [], []
    for number, start in enumerate(range(0, len(sound), CHUNK)):
        part = frames.slice(start / 16, (start + CHUNK) / 16)
        events += live.push(part, sound[start : start + CHUNK])
        if number % 4 == 3:
            reports.append(live.second())
    return events + live.finish(), reports


def test_events_live_are_those_of_the_analysis(take: tuple[Frames, Any]) -> None:
    events, _ = play(LiveCues(question_ended_ms=ASKED), *take)
    whole = analyse(*take, question_ended_ms=ASKED, voice_only=False)
    assert sorted(events, key=lambda event: event.t_ms) == list(whole.events)
    assert {event.code for event in events} == {Cue.NOD, Cue.GAZE_AWAY, Cue.SMILE}


def test_values_live_are_those_of_the_analysis(take: tuple[Frames, Any]) -> None:
    """The same windows of the same stream, read in one piece: equal but for the rounding of sums (1e-9)."""
    _, reports = play(LiveCues(question_ended_ms=ASKED), *take)
    stream = Stream(voice_only=False)
    stream.question_ended_ms = ASKED
    stream.push(*take)
    stream.describe()
    assert len(reports) == 20
    for report in reports:
        for code, value in values_at(stream, report.t_ms, LIVE_WINDOW_S).items():
            live = report.values[code]
            assert live.absent == value.absent, (code, report.t_ms)
            if value.value is not None:
                assert live.value == pytest.approx(value.value, rel=1e-9, abs=1e-9), (code, report.t_ms)


def test_the_last_live_values_of_the_answer_are_those_of_the_analysis(take: tuple[Frames, Any]) -> None:
    _, reports = play(LiveCues(question_ended_ms=ASKED), *take)
    whole = analyse(*take, question_ended_ms=ASKED, voice_only=False)
    assert {code: reports[-1].values[code] for code in WHOLE} == {code: whole.values[code] for code in WHOLE}


def test_means_of_live_seconds_are_those_of_the_track(take: tuple[Frames, Any]) -> None:
    """Two windows of the track make a live second: within 10 % of the range that the cue takes."""
    _, reports = play(LiveCues(question_ended_ms=ASKED), *take)
    track = analyse(*take, question_ended_ms=ASKED, voice_only=False).track
    for code in (Cue.GZ_DR, Cue.VOICE, Cue.HD_AC, Cue.CONT_MOV, Cue.SMILE_SHARE):
        live = np.array([report.values[code].value for report in reports], dtype=float)
        column = track.columns[code]
        ends = np.searchsorted(track.times_ms, [report.t_ms for report in reports])
        pairs = (column[ends] + column[ends - 2]) / 2
        both = np.isfinite(live) & np.isfinite(pairs)
        assert both.sum() >= 15
        assert np.abs(live[both] - pairs[both]).max() <= 0.1 * max(1.0, float(np.nanmax(live)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)
@given(cuts=st.lists(st.integers(0, 20_000), min_size=1, max_size=30))
def test_however_the_stream_is_cut(take: tuple[Frames, Any], cuts: list[int]) -> None:
    frames, sound = take
    edges = [0, *sorted(cuts), 20_000]
    live, events = LiveCues(question_ended_ms=ASKED), []
    for start, end in pairwise(edges):
        events += live.push(frames.slice(start, end), sound[start * 16 : end * 16])
        live.second()
    whole = analyse(frames, sound, question_ended_ms=ASKED, voice_only=False)
    assert sorted(events + live.finish(), key=lambda event: event.t_ms) == list(whole.events)


def test_the_same_twice(take: tuple[Frames, Any]) -> None:
    first, second = (analyse(*take, question_ended_ms=ASKED, voice_only=False) for _ in range(2))
    assert (first.values, first.events, first.quality) == (second.values, second.events, second.quality)
    for code, column in first.track.columns.items():
        np.testing.assert_array_equal(column, second.track.columns[code])


def test_events_come_at_once(take: tuple[Frames, Any]) -> None:
    """The nod at 4.3 s is known before the message that ends at 5 s is answered; its time is the nod's own."""
    frames, sound = take
    live = LiveCues()
    early = live.push(frames.slice(0, 4300), sound[: 16 * 4300])
    soon = live.push(frames.slice(4300, 4750), sound[16 * 4300 : 16 * 4750])
    assert [event.code for event in early] == []
    assert [event.code for event in soon] == [Cue.NOD]
    assert soon[0].t_ms == pytest.approx(4300, abs=90)


def test_the_answer_is_heard_to_begin(take: tuple[Frames, Any]) -> None:
    live = LiveCues()
    _, reports = play(live, *take)
    assert [report.speech_started_ms for report in reports[:2]] == [None, None]
    assert reports[4].speech_started_ms == pytest.approx(3000, abs=50)
    assert [reports[0].is_speaking, reports[4].is_speaking, reports[-1].is_speaking] == [False, True, False]
    assert reports[5].values[Cue.LATENCY].absent is Absent.QUESTION_OPEN
    live.question_ended(1000)
    assert live.second().values[Cue.LATENCY].value == pytest.approx(2.0, abs=0.1)


def test_every_report_has_every_continuous_cue(take: tuple[Frames, Any]) -> None:
    _, reports = play(LiveCues(voice_only=True), *take)
    wanted = {code for code, spec in CATALOGUE.items() if spec.kind == "continuous"}
    assert all(set(report.values) == wanted for report in reports)
    assert reports[-1].values[Cue.GZ_DR].absent is Absent.NO_CAMERA


def test_without_camera_from_now_on(take: tuple[Frames, Any]) -> None:
    live = LiveCues()
    live.push(take[0].slice(0, 2000), take[1][:32000])
    assert live.second().values[Cue.HD_AC].value is not None
    live.voice_only = True
    assert live.push(take[0].slice(2000, 12000), take[1][32000:192000]) == []
    assert live.second().values[Cue.HD_AC].absent is Absent.NO_CAMERA


def test_a_live_stream_forgets(take: tuple[Frames, Any]) -> None:
    frames, sound = take
    live = LiveCues()
    for turn in range(15):
        times = frames.times_ms + 20_000 * turn
        fields = {name: getattr(frames, name) for name in Frames.__dataclass_fields__} | {"times_ms": times}
        live.push(Frames(**fields), sound)
        live.second()
    tables = (live._stream.visual.table, live._stream.speech.table, live._stream.voice)
    assert all(table._times.nbytes < 40_000 for table in tables)


def test_a_resumed_stream_does_not_know_the_whole_answer(take: tuple[Frames, Any]) -> None:
    _, reports = play(LiveCues(question_ended_ms=-30_000, resumed=True), *take)
    assert all(reports[-1].values[code].value is None for code in WHOLE)
    assert reports[4].values[Cue.LOUD].value is not None


def test_a_known_neutral_is_used_from_the_first_frame(person: Make) -> None:
    frames = person(1.5, smile=0.8).frames()
    sound = np.zeros(24000, np.int16)
    known = LiveCues(baseline=Baseline(neutral=Neutral(0.0, 0.32)))
    assert [event.code for event in known.push(frames, sound)] == [Cue.SMILE]
    unknown = LiveCues()
    assert unknown.push(frames, sound) == []
    assert unknown.second().values[Cue.SMILE_SHARE].absent is Absent.TOO_FEW_FRAMES


def test_frames_that_come_again_or_late_are_left_out(take: tuple[Frames, Any]) -> None:
    frames, sound = take
    once, twice = LiveCues(), LiveCues()
    events = once.push(frames, sound)
    repeated = Frames.concat([frames.slice(0, 9000), frames.slice(5000, 20_000)])
    assert twice.push(repeated, sound) == events
    assert once.second() == twice.second()


VOCAL = tuple(code for code, spec in CATALOGUE.items() if spec.group == "voice" and spec.window_s is not None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=6)
@given(cuts=st.lists(st.integers(1, 19_999), min_size=1, max_size=12))
def test_every_vocal_cue_live_is_that_of_the_analysis_however_it_is_cut(
    take: tuple[Frames, Any], cuts: list[int]
) -> None:
    """At any moment: equal but for the rounding of sums (1e-9), and absent for the same reason."""
    sound = take[1]
    whole = Stream(voice_only=True)
    whole.question_ended_ms = ASKED
    whole.push(Frames.empty(), sound)
    whole.describe()
    live = LiveCues(voice_only=True, question_ended_ms=ASKED)
    for start, end in pairwise([0, *sorted(cuts), 20_000]):
        live.push(Frames.empty(), sound[start * 16 : end * 16])
        found = live.second().values
        at_ms = live._stream.speech.end_ms
        for code, value in values_at(whole, at_ms, LIVE_WINDOW_S).items():
            if code not in VOCAL:
                continue
            assert found[code].absent == value.absent, (code, at_ms)
            if value.value is not None:
                assert found[code].value == pytest.approx(value.value, rel=1e-9, abs=1e-9), (code, at_ms)


def test_every_vocal_cue_is_measured_live(take: tuple[Frames, Any]) -> None:
    _, reports = play(LiveCues(question_ended_ms=ASKED), *take)
    measured = {code for report in reports for code in VOCAL if report.values[code].value is not None}
    assert measured == set(VOCAL)


def test_streams_computed_together_are_those_computed_alone(take: tuple[Frames, Any], hiss: Make) -> None:
    """One that speaks, one without a camera, one that is noisy, one that has nothing to say yet."""
    frames, sound = take
    kinds: list[tuple[bool, Any]] = [
        (False, sound),
        (True, np.roll(sound, 7919)),
        (False, (sound * 0.1).astype(np.int16) + hiss(20, 300)),
        (True, np.zeros(0, np.int16)),
    ]
    together = [LiveCues(voice_only=voice_only, question_ended_ms=ASKED) for voice_only, _ in kinds]
    alone = [LiveCues(voice_only=voice_only, question_ended_ms=ASKED) for voice_only, _ in kinds]
    for start in range(0, 20_000, 1000):
        part = frames.slice(start, start + 1000)
        sounds = [one[start * 16 : (start + 1000) * 16] for _, one in kinds]
        found = seconds_together([(live, part, one) for live, one in zip(together, sounds, strict=True)])
        for live, one, (events, report) in zip(alone, sounds, found, strict=True):
            assert live.push(part, one) == events
            expected = live.second()
            for code, value in expected.values.items():
                assert report.values[code].absent == value.absent, (code, start)
                if value.value is not None:
                    assert report.values[code].value == pytest.approx(value.value, rel=1e-9, abs=1e-9), code


def test_threads_do_not_disturb_each_other(take: tuple[Frames, Any]) -> None:
    """Many streams on a few threads, each stream on changing threads."""
    frames, sound = take
    expected = play(LiveCues(question_ended_ms=ASKED), frames, sound)
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(play(LiveCues(question_ended_ms=ASKED), frames, sound)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_track(take: tuple[Frames, Any]) -> None:
    found = analyse(*take, question_ended_ms=ASKED, voice_only=False)
    track = found.track
    assert track.times_ms[0] == 1000 * WINDOW_S
    assert set(np.diff(track.times_ms)) == {1000 * HOP_S}
    assert all(
        column.dtype == np.float32 and len(column) == len(track.times_ms) for column in track.columns.values()
    )
    smiling = track.times_ms[track.columns[Cue.SMILE_SHARE] == 1]
    assert (smiling[0], smiling[-1]) == (pytest.approx(13_000, abs=300), pytest.approx(15_300, abs=600))
    assert found.quality.face_share == 1
    assert found.quality.frames_per_s == pytest.approx(12.5, abs=0.1)
    assert found.quality.speech_s == pytest.approx(sum(s.length_s for s in found.segments), rel=0.2)


def test_nothing_at_all() -> None:
    found = analyse(Frames.empty(), np.zeros(0, np.int16), question_ended_ms=None, voice_only=False)
    assert all(value.value is None for value in found.values.values())
    assert (len(found.track.times_ms), found.events, found.quality.sound_s) == (0, (), 0)


def test_the_core_imports_no_django() -> None:
    code = (
        "import sys, scoring.cues.live, scoring.cues.analysis, scoring.cues.policy, scoring.cues.track_file; "
    )
    code += "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
