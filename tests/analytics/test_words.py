"""Sentences about what was observed: always a unit, never a grade, and absence is never a number."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from analytics import cue_names, units, words
from analytics.summaries import Measured, Usual
from scoring.cues.bands import PEAK
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.values import Absent

CONTINUOUS = [cue for cue, spec in CATALOGUE.items() if spec.kind == "continuous"]
NUMBER = re.compile(r"[\d.,]+")
UNITS = (
    "%",
    "s",
    "dB",
    "Hz",
    "semitones",
    "°",
    "shoulder",
    "time",
    "times",
    "words",
    "per",
    "syllables",
    "on",
)
# The numbers that belong to a wording and not to a measurement.
IN_WORDINGS = ("2.5 s or longer", "above 27.5 Hz", "from -1 to 1")
JUDGING = (
    "great",
    "good",
    "well done",
    "bad",
    "poor",
    "excellent",
    "nervous",
    "confident",
    "calm",
    "!",
    "score",
)


def sensible(cue: Cue) -> st.SearchStrategy[float]:
    spec = CATALOGUE[cue]
    low = -60.0 if spec.low is None else spec.low
    return st.floats(low, 200.0 if spec.high is None else spec.high, allow_nan=False)


anything = st.sampled_from(CONTINUOUS).flatmap(
    lambda cue: st.tuples(st.just(cue), sensible(cue), sensible(cue), st.floats(0.01, 10))
)


def test_every_cue_group_reason_and_signal_has_words() -> None:
    assert set(cue_names.NAMES) == set(Cue)
    assert set(cue_names.REASONS) == set(Absent)
    assert set(cue_names.GROUPS) == {spec.group for spec in CATALOGUE.values()}
    assert {spec.minimum_signal for spec in CATALOGUE.values()} <= set(cue_names.SIGNALS)
    assert {cue for cue, spec in CATALOGUE.items() if spec.kind == "event"} == set(words.EVENTS)


def test_names_within_a_kind_are_different() -> None:
    names = [cue_names.name(cue) for cue in CONTINUOUS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("cue", CONTINUOUS)
def test_every_unit_of_the_catalogue_can_be_said(cue: Cue) -> None:
    said = units.quantity(cue, 0.5)
    assert NUMBER.search(said)
    assert said != NUMBER.search(said).group()  # type: ignore[union-attr]


@given(anything)
def test_no_number_without_a_unit(drawn: tuple[Cue, float, float, float]) -> None:
    cue, value, mean, spread = drawn
    said = words.fact(cue, value, Usual(mean, spread)).text
    for wording in IN_WORDINGS:
        said = said.replace(wording, "").replace(wording.replace(" ", "\N{NO-BREAK SPACE}", 1), "")
    for number in NUMBER.finditer(said):
        after = said[number.end() :].lstrip("\N{NO-BREAK SPACE} ").removeprefix("to").lstrip()
        alone = not any(ch.isdigit() for ch in number.group())
        follows_range = bool(re.match(rf"[{units.MINUS}\d]", after))
        hundred = number.group() == "100" and after.startswith("words")
        assert alone or follows_range or hundred or after.startswith(UNITS), said


@given(anything)
def test_nothing_is_praised_graded_or_read_into(drawn: tuple[Cue, float, float, float]) -> None:
    cue, value, mean, spread = drawn
    said = words.fact(cue, value, Usual(mean, spread)).text.lower()
    assert not [word for word in JUDGING if word in said]


def test_the_own_usual_comes_first_and_the_band_second() -> None:
    said = words.fact(Cue.GZ_DR, 0.72, Usual(0.65, 0.08)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "You looked at the camera 72 % of the time you spoke; your usual is 65 %. "
        "Common in interviews: 60 to 80 %."
    )


def test_without_a_baseline_no_usual_is_named() -> None:
    assert "usual" not in words.fact(Cue.LATENCY, 1.4).text
    assert words.fact(Cue.LATENCY, 1.4).distance is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-24.0, "You spoke 4 dB louder than usual."),
        (-30.0, "You spoke 2 dB more quietly than usual."),
        (-28.2, "You spoke as loud as usual."),
    ],
)
def test_loudness_is_said_as_a_difference(value: float, said: str) -> None:
    assert words.fact(Cue.LOUD, value, Usual(-28.0, 1.5)).text.replace("\N{NO-BREAK SPACE}", " ") == said


@given(st.sampled_from(CONTINUOUS), st.sampled_from(Absent))
def test_what_is_absent_is_never_a_number(cue: Cue, reason: Absent) -> None:
    values = {cue: Measured(None, reason.value)}
    assert words.facts(values, {cue: Usual(1.0, 0.5)}) == []
    for absent in words.not_measured(values):
        assert cue_names.name(cue) in absent.text
        assert not NUMBER.search(absent.text.replace(cue_names.name(cue), "").replace(",", "").rstrip("."))


def test_cues_of_one_reason_stand_together_and_a_later_versions_reason_has_words() -> None:
    values = {
        Cue.GZ_DR: Measured(None, "too_dark"),
        Cue.SMILE_SHARE: Measured(None, "too_dark"),
        Cue.LOUD: Measured(None, "a_reason_of_tomorrow"),
        Cue.WPM: Measured(None, "no_transcript"),
        Cue.FILLERS: Measured(None, "no_transcript"),
        Cue.GRAMMAR: Measured(None, "language"),
        Cue.F0: Measured(None, "not_available"),
    }
    said = [absent.text for absent in words.not_measured(values)]
    assert said == [
        "Not measured, because the picture was too dark: Looking at the camera, Smiling.",
        "Not measured, because there was not enough signal: Loudness.",
        "Not measured, because there is no transcript: Pace, in words, Filler words.",
    ]
    assert words.not_yet(values) == ["Pitch of the voice"]


def test_only_what_lies_beyond_the_own_spread_is_a_change_and_at_most_three() -> None:
    usual = {
        cue: Usual(1.0, 0.1) for cue in (Cue.LATENCY, Cue.F0_SD, Cue.SEG_LEN, Cue.PAUSE_SHARE, Cue.GZ_DR)
    }
    values = {
        Cue.LATENCY: Measured(1.0 + 0.1 * (PEAK - 0.01), None),
        Cue.F0_SD: Measured(1.9, None),
        Cue.SEG_LEN: Measured(0.2, None),
        Cue.PAUSE_SHARE: Measured(0.5, None),
        Cue.GZ_DR: Measured(0.7, None),
    }
    changed = words.changed(words.facts(values, usual))
    assert [fact.cue for fact in changed] == [Cue.F0_SD, Cue.SEG_LEN, Cue.PAUSE_SHARE]


def test_foremost_keeps_every_change_and_fills_up_with_the_most_telling() -> None:
    usual = {Cue.EN_HA: Usual(0.2, 0.1)}
    values = {cue: Measured(0.5, None) for cue in cue_names.SHOWN if CATALOGUE[cue].kind == "continuous"}
    chosen = words.foremost(words.facts(values, usual), limit=4)
    assert [fact.cue for fact in chosen] == [Cue.EN_HA, *cue_names.SHOWN[:3]]


def test_events_are_counted_in_words_and_what_did_not_happen_is_left_out() -> None:
    assert words.events({Cue.NOD: 3, Cue.SMILE: 1, Cue.SHAKE: 0}) == [
        "You nodded 3 times.",
        "You smiled once.",
    ]


def test_numbers_follow_the_readers_language() -> None:
    with override("de"):
        assert units.quantity(Cue.LATENCY, 1.4).startswith("1,4")


@given(st.floats(-50, 200), st.floats(0.05, 100), st.sampled_from(["s", "share", "dB"]))
def test_steps_of_an_axis_lie_inside_and_are_few(low: float, width: float, unit: str) -> None:
    steps = units.steps(low, low + width, unit)
    assert 1 <= len(steps) <= 7
    assert all(low - 1e-6 * width - 1e-9 <= step <= low + width + 1e-6 * width + 1e-9 for step in steps)
