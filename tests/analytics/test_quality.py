"""The signal in words, and the states of an analysis: every code has words, and none of them is a number or a blame."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import states
from analytics.quality import report
from analytics.summaries import Measured
from scoring.cues.catalogue import Cue
from scoring.media.errors import MediaCode

GOOD: dict[str, Any] = {
    "face_share": 0.97,
    "mean_luma": 110.0,
    "noise_floor_db": -62.0,
    "speech_s": 41.0,
    "sound_s": 60.0,
    "frames_per_s": 12.0,
    "frames_dropped": 0,
}


def said(quality: dict[str, Any], **more: Any) -> str:
    found = report(quality, more.get("made_by", {}), {}, voice_only=more.get("voice_only", False))
    return " ".join(line.text for line in found.lines).replace("\N{NO-BREAK SPACE}", " ")


def test_a_good_signal_is_described_and_needs_no_advice() -> None:
    text = said(GOOD)
    assert "Your face was seen in 97 % of the pictures." in text
    assert "There was enough light." in text
    assert "You spoke for 41 s of 60 s." in text
    assert report(GOOD, {}, {}, voice_only=False).advice == []


@pytest.mark.parametrize(
    ("change", "told", "advice"),
    [
        ({"face_share": 0.2}, "20 %", "whole face is in the picture"),
        ({"face_share": 0.8}, "80 %", "height of your eyes"),
        ({"mean_luma": 20.0}, "too dark", "a lamp in front of you"),
        ({"mean_luma": 60.0}, "rather dark", "a lamp in front of you"),
        ({"frames_per_s": 3.0}, "3.0 pictures a second", "Close other programs"),
        ({"frames_dropped": 7}, "7 were lost on the way", ""),
        ({"noise_floor_db": -30.0}, "background was loud", "quieter room"),
        ({"noise_floor_db": -46.0}, "some noise", "quieter room"),
        ({"speech_s": 1.0}, "1.0 s of 60 s", "three seconds of speech"),
        ({"sound_s": 0.0, "speech_s": 0.0}, "No sound arrived", "microphone"),
    ],
)
def test_what_was_poor_is_said_with_what_would_help(change: dict[str, Any], told: str, advice: str) -> None:
    assert told in said(GOOD | change)
    found = " ".join(report(GOOD | change, {}, {}, voice_only=False).advice)
    assert (advice in found) if advice else not found


def test_by_voice_alone_no_picture_is_spoken_of() -> None:
    text = said(GOOD, voice_only=True)
    assert "face" not in text
    assert "light" not in text
    assert "You spoke for" in text


def test_hands_out_of_the_picture_are_worth_a_hint_once() -> None:
    values = dict.fromkeys((Cue.EN_HA, Cue.AM_CR), Measured(None, "hands_out_of_view"))
    found = report(GOOD, {}, values, voice_only=False)
    assert len([line for line in found.lines if line.name == "Hands"]) == 1


@given(st.dictionaries(st.sampled_from([*GOOD, "problems", "speech"]), st.sampled_from([None, "much", True])))
def test_a_report_of_an_older_or_later_version_costs_nothing_but_its_lines(quality: dict[str, Any]) -> None:
    assert report(quality, {}, {}, voice_only=False).lines == ()


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("take_torn", "the recording was used instead"),
        ("recording_unreadable", "what was sent during the answer was used"),
        ("words_out_of_time", "words could not be written down"),
    ],
)
def test_what_could_not_be_used_is_said(problem: str, told: str) -> None:
    assert told in said(GOOD | {"problems": [problem]})


def test_an_old_result_without_quality_has_no_lines() -> None:
    assert report({}, {}, {}, voice_only=False).lines == ()


# --- states -----------------------------------------------------------------------------------------


def test_every_reason_of_a_failure_has_words_and_something_to_do() -> None:
    codes = {code.value for code in MediaCode} | {"missing"}
    assert codes <= set(states.PROBLEMS)
    texts = {states.problem(code).what for code in codes}
    assert len(texts) == len(codes)
    for code in codes:
        found = states.problem(code)
        assert found.what.endswith(".")
        assert found.act.endswith(".")
        assert code not in f"{found.what} {found.act}" or "_" not in code


def test_an_unknown_reason_is_said_to_be_unknown() -> None:
    assert states.problem("of_tomorrow").what == "The reason is not known."


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ({}, "Waiting for its turn"),
        ({"stage": "of_tomorrow", "share": 0.3}, "Waiting for its turn"),
        ({"stage": "words", "share": 0.4}, "Writing down the words, 40 %"),
        ({"stage": "cues", "share": "a lot"}, "Measuring the cues, 0 %"),
        ({"stage": "sound", "share": 7}, "Reading the sound, 100 %"),
    ],
)
def test_progress_is_said_by_stage_and_share(stored: dict[str, Any], text: str) -> None:
    assert states.progress(stored).text == text


@given(st.sampled_from(list(states.STAGES)), st.floats(0, 1), st.floats(0, 1))
def test_progress_never_goes_back_within_and_between_stages(stage: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    within = [states.progress({"stage": stage, "share": share}).percent for share in (low, high)]
    assert within == sorted(within)
    order = [states.progress({"stage": name, "share": 0}).percent for name in states.STAGES]
    assert order == sorted(order)
    assert 0 <= within[0] <= within[1] <= 100
    assert re.fullmatch(r"\D+\d+\D*", states.progress({"stage": stage, "share": low}).text)
