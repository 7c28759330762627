from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from scoring.cues import document
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.cues.conditions import CONDITIONS
from scoring.cues.frames import FACE_POINTS, POSE_POINTS, Frames
from scoring.cues.live import LiveCues
from scoring.cues.values import Absent, CueEvent, Value

ENGAGEMENT = [
    *("VAL_F", "GZ_DR", "HD_AC", "AM_CR", "HD_TH", "DIST_LW", "DIST_RW", "YROT_LE", "YROT_RE"),
    *("FO_LW", "FO_RW", "XROT_LE", "XROT_RE", "SDX_HD", "SDXROT_HD", "TN_HD", "CONT_MOV", "EN_HA"),
]


def test_codes_are_stable() -> None:
    assert CATALOGUE_VERSION == 1
    assert set(CATALOGUE) == set(Cue)
    assert [code.value for code in Cue][:18] == ENGAGEMENT


@pytest.mark.parametrize("spec", CATALOGUE.values(), ids=lambda spec: spec.code)
def test_specification_is_complete(spec: Any) -> None:
    assert CATALOGUE[spec.code] is spec
    assert all((spec.name, spec.unit, spec.source, spec.minimum_signal.words))
    assert spec.minimum_signal.amount > 0
    if spec.band is not None:
        assert spec.band.basis
        limits = (spec.band.wide_low, spec.band.low, spec.band.high, spec.band.wide_high)
        assert sorted(limit for limit in limits if limit is not None) == [x for x in limits if x is not None]


def test_page_is_current() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.page(), "python -m scoring.cues.document"


def test_page_says_all_there_is() -> None:
    page = document.page()
    said = [f"`{one}`" for one in (*CATALOGUE, *Absent)] + [
        f"| {what} | {then} |" for what, then in CONDITIONS
    ]
    assert [one for one in said if one not in page] == []
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    columns = {line.count("|") for line in rows if line.split("`")[1] in set(Cue)}
    assert columns == {5, 10}, "a sign in a text breaks the table"


def test_page_says_what_each_language_lacks() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in document.page().splitlines()]
    by_name = {row[0]: row[1:] for row in rows if row}
    assert ["`GRAMMAR`", "yes", "absent", "absent"] in rows
    assert by_name["band of `WPM`"] == ["140 to 160", "none", "140 to 160"]
    assert by_name["band of `FILLERS`"] == ["to 4", "none", "none"]


def test_what_is_not_available_is_absent_and_all_else_can_be_measured(
    person: Callable[..., Any], say: Callable[..., Any], silence: Callable[..., Any]
) -> None:
    sound = np.concatenate(
        [silence(1), say("I like to work with people and to learn new things every day"), silence(1)]
    )
    sound = np.concatenate([sound, sound])
    wrists = [[0.4, 1.0], [-0.4, 1.0]]
    frames = person(len(sound) / 16000, wrists=wrists, size=0.012).frames()
    live = LiveCues(question_ended_ms=200)
    live.push(frames, sound[: -16000 - 4000])
    report = live.second()
    for spec in CATALOGUE.values():
        if spec.group == "words":
            assert report.values[spec.code] == Value.none(Absent.NO_TRANSCRIPT)
        elif spec.kind == "continuous":
            assert (report.values[spec.code].value is not None) == spec.available, (
                spec.code,
                report.values[spec.code],
            )


def test_value_is_a_number_or_a_reason() -> None:
    assert Value.of(0.0).absent is None
    assert Value.none(Absent.NO_FACE).value is None
    for wrong in ((None, None), (1.0, Absent.NO_FACE), (float("nan"), None), (float("inf"), None)):
        with pytest.raises(ValueError):
            Value(*wrong)


def test_frames_hold_together() -> None:
    frames = Frames.empty(4)
    frames.times_ms[:] = [0, 80, 160, 240]
    assert (len(FACE_POINTS), len(POSE_POINTS)) == (52, 21)
    assert len(frames.slice(80, 240)) == 2
    assert len(Frames.concat([frames, Frames.empty(), frames])) == 8
    assert len(Frames.concat([])) == 0
    with pytest.raises(ValueError, match="face"):
        Frames(
            times_ms=frames.times_ms,
            face=frames.face[:, :10],
            pose=frames.pose,
            left_hand=frames.left_hand,
            right_hand=frames.right_hand,
            faces=frames.faces,
            luma=frames.luma,
        )


def test_events_compare() -> None:
    assert CueEvent(Cue.NOD, 10, 0.5, "point") == CueEvent(Cue.NOD, 10, 0.5, "point")
