"""The signal in words, and the states of an analysis: every code has words, and none of them is a number or a blame."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import problems, states
from analytics.quality import report
from analytics.summaries import Measured
from scoring.cues.catalogue import Cue
from scoring.media.errors import MediaCode
from sessions.analysis.actions import GAVE_UP

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


CHECKOUT = Path(__file__).resolve().parents[2]


def named_in(path: str) -> set[str]:
    """The parts that a module names problems of: the texts before `_` where it writes such as f"words_{code}"."""
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    begun = (node.values[0] for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and node.values)
    texts = {one.value for one in begun if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text[:-1] for text in texts if re.fullmatch("[a-z]+_", text)}


def broken_takes() -> set[str]:
    """Why a take cannot be used: `Broken("...")` of the journal."""
    tree = ast.parse((CHECKOUT / "sessions/live/journal.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    broken = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Broken"]
    return {str(arg.value) for call in broken for arg in call.args if isinstance(arg, ast.Constant)}


MEDIA = {code.value for code in MediaCode}
STORED = {
    "take": broken_takes(),
    "recording": MEDIA | {"missing"},
    "sound": MEDIA,
    "words": MEDIA,
    "landmarks": {"model_missing"},
}
"""Every problem that an analysis can store next to a result."""
PROBLEMS = [f"{part}_{why}" for part, reasons in STORED.items() for why in sorted(reasons)]


def test_what_is_stored_is_what_has_words() -> None:
    """A problem of a part or a broken take that nobody has found words for fails here."""
    named = named_in("sessions/analysis/reading.py") | named_in("scoring/media/stages.py")
    assert {"take", "recording", "sound", "words", "landmarks"} <= named | {"landmarks"}
    assert named - {"take", "frames"} <= set(problems.PARTS)
    assert set(problems.PARTS) == set(STORED)
    assert broken_takes() == set(problems.REASONS["take"])
    assert set(problems.REASONS["recording"]) == STORED["recording"]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_is_said_once_with_its_reason_and_what_it_means(problem: str) -> None:
    found = report(GOOD | {"problems": [problem, problem]}, {}, {}, voice_only=False).lines
    (line,) = found[len(report(GOOD, {}, {}, voice_only=False).lines) :]
    assert line.name
    assert len(re.findall(r"[^.]+\.", line.text)) >= 2, "why, and what it means"
    assert problem not in line.text
    assert "_" not in line.text


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (["take_unreadable"], "What was sent while you answered is damaged. The recording was used instead."),
        (
            ["recording_unreadable"],
            "damaged and cannot be read. Face and body were measured from what was sent while you answered.",
        ),
        (
            ["take_missing", "recording_no_picture"],
            "no picture in the recording. Face and body were not measured.",
        ),
        (["take_missing", "sound_no_sound"], "no sound in the recording. Voice and words were not measured."),
        (
            ["words_out_of_time"],
            "took longer than it may. There is no transcript; everything else was measured",
        ),
        (["words_of_tomorrow"], "The words could not be written down. There is no transcript"),
    ],
)
def test_a_problem_means_what_is_left_without_it(stored: list[str], told: str) -> None:
    assert told in said(GOOD | {"problems": stored})


def test_what_lies_with_the_server_is_said_to_whoever_runs_it() -> None:
    found = report(
        GOOD | {"problems": ["words_model_missing", "landmarks_model_missing"]}, {}, {}, voice_only=False
    )
    assert found.advice == [str(states.OURS)]
    assert report(GOOD | {"problems": ["recording_unreadable"]}, {}, {}, voice_only=False).advice == []


def test_a_missing_transcript_has_a_reason_even_where_nothing_went_wrong() -> None:
    """Analysed before there were transcripts; with a problem of the words that problem is the reason, once."""
    values = {Cue.WPM: Measured(None, "no_transcript"), Cue.FILLERS: Measured(None, "no_transcript")}
    lines = report(GOOD, {}, values, voice_only=False).lines
    assert [line.text for line in lines if line.name == "Words"] == [
        "No transcript was made when this answer was analysed."
    ]
    failed = report(GOOD | {"problems": ["words_crashed"]}, {}, values, voice_only=False).lines
    assert len([line for line in failed if line.name == "Words"]) == 1


@given(st.lists(st.text(max_size=30) | st.integers() | st.none(), max_size=4))
def test_problems_of_a_later_version_cost_nothing(stored: list[object]) -> None:
    assert all(
        line.text.endswith(".") for line in report({"problems": stored}, {}, {}, voice_only=False).lines
    )


def test_an_old_result_without_quality_has_no_lines() -> None:
    assert report({}, {}, {}, voice_only=False).lines == ()


# --- states -----------------------------------------------------------------------------------------


def test_every_reason_of_a_failure_has_words_and_something_to_do() -> None:
    codes = MEDIA | broken_takes() | {GAVE_UP}
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
