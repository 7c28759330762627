"""Order and pace of what arrives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.live.intake import MAX_STREAM_MS, PACE_ALLOWANCE_MS, Intake, Pace, Verdict
from sessions.live.protocol import Malformed, Signal, pack_signal, parse_signal

QUARTER = np.zeros(4000, dtype=np.int16)


def signal(seq: int, t_ms: int | None = None, sound: Any = QUARTER) -> Signal:
    t_ms = seq * 250 if t_ms is None else t_ms
    return parse_signal(pack_signal(answer=0, seq=seq, t_ms=t_ms, sound=sound))


@given(st.lists(st.integers(0, 12), max_size=60))
def test_whatever_the_order_the_stream_has_no_gap_and_nothing_twice(seqs: list[int]) -> None:
    intake = Intake(0)
    kept = []
    for seq in seqs:
        verdict = intake.judge(signal(seq)) if seq == intake.next_seq else intake.judge(signal(seq, 0))
        if verdict is Verdict.KEEP:
            intake.keep(signal(seq))
            kept.append(seq)
    assert kept == list(range(len(kept)))
    assert intake.samples == 4000 * len(kept)
    assert [s.seq for s in intake.take_waiting()] == kept


def test_verdicts() -> None:
    intake = Intake(0, next_seq=4, samples=16000)
    assert intake.judge(signal(4)) is Verdict.KEEP
    assert intake.judge(signal(3)) is Verdict.REPLAYED
    assert intake.judge(signal(5)) is Verdict.GAP


@pytest.mark.parametrize("t_ms", [0, 979, 1021, 2**32 - 1])
def test_a_time_that_is_not_its_place(t_ms: int) -> None:
    with pytest.raises(Malformed):
        Intake(0, next_seq=4, samples=16000).judge(signal(4, t_ms))


def test_a_second_is_handed_over_and_counted_when_stored() -> None:
    intake = Intake(0)
    for seq in range(4):
        assert not intake.has_second
        intake.keep(signal(seq))
    assert intake.has_second
    waiting = intake.take_waiting()
    assert not intake.has_second
    assert (intake.stored_seq, intake.stored_ms) == (0, 0)
    intake.stored(waiting)
    assert (intake.stored_seq, intake.stored_ms, intake.stream_ms) == (4, 1000, 1000)


def test_ten_minutes_are_enough() -> None:
    assert not Intake(0, samples=(MAX_STREAM_MS - 1) * 16).is_full
    assert Intake(0, samples=MAX_STREAM_MS * 16).is_full


def test_pace_allows_what_is_sent_again_and_no_more() -> None:
    pace = Pace(began_s=100.0)
    allowed = PACE_ALLOWANCE_MS // 250
    assert all(pace.admits(signal(seq), 100.0) for seq in range(allowed))
    assert not pace.admits(signal(allowed), 100.0)
    assert pace.admits(signal(allowed), 100.25)


def test_pace_never_stops_who_speaks_for_an_hour_with_a_fast_clock() -> None:
    pace = Pace(began_s=0.0)
    assert all(pace.admits(signal(seq, 0), seq * 0.2475) for seq in range(4 * 3600))
