"""The lanes: urgent things first, everything in order, and less often when there is too much."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.live.engine import CALM_S, LATE_S, SLOWEST_S, Engine, Load, Outcome
from sessions.live.journal import Fenced, Journal, read_take
from sessions.live.lane import MOST_TOGETHER, Lane, Share
from sessions.live.protocol import FrameBytes, Signal, pack_blocks, pack_signal, parse_signal
from sessions.live.stream import MOST_BEHIND_S, Opening, Stream, compute_together


def second(number: int, sound: Any = None, frames: tuple[FrameBytes, ...] = ()) -> list[Signal]:
    """The four messages of a second of a stream."""
    sound = np.zeros(16000, dtype=np.int16) if sound is None else sound
    return [
        parse_signal(
            pack_signal(
                answer=0,
                seq=4 * number + part,
                t_ms=1000 * number + 250 * part,
                sound=sound[part * 4000 : (part + 1) * 4000],
                frames=frames,
            )
        )
        for part in range(4)
    ]


def opening(tmp_path: Path, *, epoch: int = 1, voice_only: bool = False) -> Opening:
    return Opening(tmp_path / "answer.take", epoch, voice_only, None, None)


async def test_stores_go_first_then_calls_and_order_is_kept() -> None:
    lane, done, began, release = Lane("test"), [], threading.Event(), threading.Event()

    def hold() -> None:
        began.set()
        release.wait(10)

    lane.store(hold)
    assert await asyncio.to_thread(began.wait, 10)
    for number in range(3):
        lane.compute(lambda n=number: done.append(f"compute {n}"))
        call = lane.call(lambda n=number: done.append(f"call {n}"))
        lane.store(lambda n=number: done.append(f"store {n}"))
    finished = threading.Event()
    lane.compute(finished.set)
    release.set()
    await call
    assert await asyncio.to_thread(finished.wait, 10)
    assert done == [f"{kind} {n}" for kind in ("store", "call", "compute") for n in range(3)]


async def test_what_is_due_for_several_is_computed_together() -> None:
    """In order, each owner once in a go, nothing else overtaken, and never too many at a time."""
    lane, began, release, done = Lane("test"), threading.Event(), threading.Event(), threading.Event()
    goes: list[Any] = []

    def hold() -> None:
        began.set()
        release.wait(10)

    lane.store(hold)
    assert await asyncio.to_thread(began.wait, 10)
    for owner in ("a", "b", "a", "c"):
        lane.compute(Share(owner, owner, goes.append))
    lane.compute(lambda: goes.append("between"))
    for number in range(MOST_TOGETHER + 1):
        lane.compute(Share(number, number, goes.append))
    lane.compute(done.set)
    release.set()
    assert await asyncio.to_thread(done.wait, 10)
    whole = list(range(MOST_TOGETHER + 1))
    assert goes == [["a", "b"], ["a", "c"], "between", whole[:-1], whole[-1:]]


async def test_after_a_fault_nobody_is_computed_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, faulty = Engine(1), []

    def fail_for_one(parts: Any) -> Any:
        if any(stream is faulty[0] for stream, _ in parts):
            raise ZeroDivisionError
        return compute_together(parts)

    monkeypatch.setattr("sessions.live.engine.compute_together", fail_for_one)
    streams = []
    for name in ("one", "two", "three"):
        streams.append(await engine.open(Opening(tmp_path / f"{name}.take", 1, True, None, None)))
    faulty.append(streams[0]._stream)
    for number in range(3):
        outcomes = await asyncio.gather(*(outcome_of(s, second(number), cues=True) for s in streams))
        assert all(outcome.error is None for outcome in outcomes)
    assert [outcome.second is not None for outcome in outcomes] == [False, True, True]
    assert [(await stream.close()).stream_ms for stream in streams] == [3000] * 3


async def test_what_is_left_out_is_bounded(tmp_path: Path) -> None:
    stream = await Engine(1).open(opening(tmp_path))
    for number in range(20):
        await outcome_of(stream, second(number), cues=False)
    kept = sum(signal.n_samples for signal in stream._stream._behind)
    assert kept == MOST_BEHIND_S * 16_000
    assert (await stream.close()).stream_ms == 20_000


async def test_a_call_brings_what_was_to_be_stored_before_it() -> None:
    lane, done = Lane("test"), []
    lane.store(lambda: done.append("stored"))
    assert await lane.call(lambda: list(done)) == ["stored"]


async def test_a_call_brings_back_result_and_exception() -> None:
    lane = Lane("test")
    assert await lane.call(lambda: 6 * 7) == 42
    with pytest.raises(ZeroDivisionError):
        await lane.call(lambda: 1 // 0)


def test_a_lane_that_is_late_computes_less_often_and_comes_back() -> None:
    load = Load()
    for now_s, expected in ((0, 2), (1, 2), (10, 4), (20, 8), (60, SLOWEST_S)):
        load.waited(LATE_S + 0.1, now_s)
        assert load.cues_every_s == expected
    for _ in range(4):
        now_s += CALM_S + 1
        load.waited(0.0, now_s)
    assert load.cues_every_s == 1


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 5)), max_size=100))
def test_the_load_stays_within_its_range(waits: list[tuple[float, float]]) -> None:
    load, now_s = Load(), 0.0
    for waited_s, later_s in waits:
        now_s += later_s
        load.waited(waited_s, now_s)
        assert load.cues_every_s in {1, 2, 4, 8}


async def outcome_of(stream: Any, signals: list[Signal], *, cues: bool) -> Outcome:
    future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    stream.take_second(signals, cues=cues, done=future.set_result)
    return await asyncio.wait_for(future, 10)


async def test_seconds_are_stored_and_computed(tmp_path: Path) -> None:
    stream = await Engine(1).open(opening(tmp_path))
    for number in range(3):
        outcome = await outcome_of(stream, second(number), cues=True)
        assert outcome.error is None
        assert outcome.second is not None
        assert outcome.second.report.t_ms == 1000 * (number + 1)
    ended = await stream.close(durable=True)
    assert (ended.stream_ms, ended.live["seconds"]) == (3000, 3)
    assert len(read_take(tmp_path / "answer.take").sound) == 48000


async def test_left_out_cues_are_made_up_for_and_the_sound_is_stored(tmp_path: Path) -> None:
    stream = await Engine(1).open(opening(tmp_path))
    assert (await outcome_of(stream, second(0), cues=False)).second is None
    outcome = await outcome_of(stream, second(1), cues=True)
    assert outcome.second is not None
    assert outcome.second.report.t_ms == 2000
    assert (await stream.close()).stream_ms == 2000


async def test_who_was_fenced_out_hears_of_it(tmp_path: Path) -> None:
    stream = await Engine(1).open(opening(tmp_path))
    Journal.open(tmp_path / "answer.take", epoch=2).close()
    outcome = await outcome_of(stream, second(0), cues=True)
    assert isinstance(outcome.error, Fenced)
    assert (await stream.close()).stream_ms == 0


async def test_a_fault_in_the_cues_costs_neither_the_answer_nor_the_lane(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    stream = await Engine(1).open(opening(tmp_path))
    monkeypatch.setattr("sessions.live.engine.compute_together", fail)
    outcome = await outcome_of(stream, second(0), cues=True)
    assert (outcome.second, outcome.error, outcome.with_cues) == (None, None, True)
    monkeypatch.undo()
    assert (await outcome_of(stream, second(1), cues=True)).second is not None
    assert (await stream.close()).stream_ms == 2000


async def test_a_lane_far_behind_goes_on_with_what_is_new(tmp_path: Path) -> None:
    stream = await Engine(1).open(opening(tmp_path))
    for number in range(7):
        await outcome_of(stream, second(number), cues=False)
    outcome = await outcome_of(stream, second(7), cues=True)
    assert outcome.second is not None
    assert outcome.second.report.t_ms == 8000
    assert outcome.second.report.values["PAUSE_N"].absent is not None
    assert (await stream.close()).stream_ms == 8000


def tone(seconds: int) -> Any:
    at = np.arange(seconds * 16000) / 16000
    return (8000 * np.sin(2 * np.pi * 150 * at)).astype(np.int16)


def test_a_stream_that_is_opened_again_goes_on_in_stream_time(tmp_path: Path) -> None:
    stream = Stream(opening(tmp_path))
    for number in range(20):
        stream.store(second(number))
    stream.close()
    again = Stream(opening(tmp_path, epoch=2))
    assert (again.held.next_seq, again.held.stream_ms) == (80, 20_000)
    face = FrameBytes(0, *pack_blocks(face=np.full((52, 3), 0.5, dtype=np.float32)))
    signals = second(20, tone(1), (face,))
    again.store(signals)
    report = again.compute(signals).report
    assert report.t_ms == 21_000
    if report.speech_started_ms is not None:
        assert 19_500 <= report.speech_started_ms <= 21_000
    assert again.close().stream_ms == 21_000


def test_without_the_camera_nothing_is_seen(tmp_path: Path) -> None:
    stream = Stream(opening(tmp_path))
    stream.without_camera()
    face = FrameBytes(0, *pack_blocks(face=np.full((52, 3), 0.5, dtype=np.float32)))
    values = stream.compute(second(0, frames=(face,))).report.values
    assert values["GZ_DR"].absent == "no_camera"
    stream.close()
