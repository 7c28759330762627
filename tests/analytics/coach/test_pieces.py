"""Stored advice as pieces: which come first, which are one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.coach.pieces import Gathered, gather, pieces_of
from sessions.models import Advice, Answer


def change(cue: str = "GZ_DR", direction: str = "up", **more: Any) -> dict[str, Any]:
    return {
        "cue": cue,
        "direction": direction,
        "before": 0.2,
        "after": 0.6,
        "seconds": 9,
        "moments": [[0, 2000]],
    } | more


def advice(*changes: dict[str, Any], position: int = 0, gain: float = 0.3, **more: Any) -> Advice:
    """A row that is not saved."""
    details = {"seconds": 30, "low": 14, "turned": 9, "before": 0.4, "after": 0.4 + gain}
    answer = Answer(pk=UUID(int=position + 1), position=position)
    fields = {"changes": list(changes), "details": details, "version": "a-1"} | more
    return Advice(answer=answer, **fields)


def kinds(found: list[Gathered]) -> list[str]:
    return [one.first.cue.value for one in found]


def test_the_most_useful_comes_first_gain_times_seconds() -> None:
    rows = [
        advice(change("HD_TH", "down", seconds=2), position=0, gain=0.4),
        advice(change("EN_HA", seconds=10), position=1, gain=0.2),
        advice(change("TN_HD", seconds=6), position=2, gain=0.2),
    ]
    assert kinds(gather(rows)) == ["EN_HA", "TN_HD", "HD_TH"]


def test_the_same_change_in_several_answers_is_one_piece() -> None:
    rows = [
        advice(change(seconds=3), position=2),
        advice(change(seconds=8), position=1),
        advice(change(), position=0),
    ]
    found = gather(rows)
    assert len(found) == 1
    assert found[0].first.position == 0
    assert [piece.position for piece in found[0].others] == [1, 2]
    assert found[0].use == pytest.approx(0.3 * (3 + 8 + 9))


def test_what_adds_up_over_answers_can_come_before_what_is_large_in_one() -> None:
    rows = [
        advice(change("EN_HA", seconds=10), position=0),
        advice(change(seconds=6), position=1),
        advice(change(seconds=6), position=2),
    ]
    assert kinds(gather(rows)) == ["GZ_DR", "EN_HA"]


def test_the_two_directions_of_a_cue_are_two_things() -> None:
    assert len(gather([advice(change(direction="up")), advice(change(direction="down"), position=1)])) == 2


@given(st.lists(st.tuples(st.sampled_from(["GZ_DR", "EN_HA", "TN_HD"]), st.integers(1, 30)), max_size=8))
def test_gathering_loses_nothing_and_orders_by_use(changes: list[tuple[str, int]]) -> None:
    rows = [advice(change(cue, seconds=n), position=i) for i, (cue, n) in enumerate(changes)]
    found = gather(rows)
    assert sum(len(one.pieces) for one in found) == len(changes)
    assert [one.use for one in found] == sorted((one.use for one in found), reverse=True)
    assert all(one.first.use == max(piece.use for piece in one.pieces) for one in found)


def test_what_this_version_cannot_read_is_no_piece() -> None:
    for broken in (
        advice({"cue": "GZ_DR"}),
        advice(change(seconds="many")),
        advice(change(), details={}),
        advice("GZ_DR"),  # type: ignore[arg-type]
        advice(change(moments=[[1]])),
    ):
        assert pieces_of(broken) == ()
    assert pieces_of(advice(change("OF_TOMORROW"))) == ()
    assert pieces_of(advice(change(direction="sideways"))) == ()
    assert pieces_of(advice(change(moments=[]))) == ()


def test_two_changes_say_that_they_belong_together() -> None:
    assert [piece.alone for piece in pieces_of(advice(change()))] == [True]
    assert [piece.alone for piece in pieces_of(advice(change(), change("EN_HA")))] == [False, False]
