"""A difference is called a change only beyond the spread of the own answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.progress import Point, compare, of_one_language, pooled_spread
from scoring.cues.catalogue import Cue

START = datetime(2026, 9, 1, tzinfo=UTC)


def points(means: list[float], *, variance: float | None = 0.04, n: int = 6) -> list[Point]:
    return [Point(START + timedelta(days=7 * i), "Shop", mean, variance, n) for i, mean in enumerate(means)]


def test_a_difference_beyond_the_spread_is_a_change() -> None:
    found = compare(points([2.9, 2.8, 2.7, 2.0, 1.6, 1.5, 1.4]))
    assert found is not None
    assert found.is_change
    assert round(found.before, 2) == 2.8
    assert round(found.after, 2) == 1.5


def test_a_difference_within_the_spread_is_none() -> None:
    found = compare(points([2.0, 2.1, 2.0, 2.1, 2.2, 2.1]))
    assert found is not None
    assert not found.is_change


def test_few_answers_need_a_larger_difference() -> None:
    means = [1.0, 1.0, 1.25, 1.25]
    many, few = compare(points(means, n=8)), compare(points(means, n=2))
    assert many is not None
    assert few is not None
    assert many.is_change
    assert not few.is_change


def test_with_fewer_than_four_sessions_nothing_is_compared() -> None:
    assert compare(points([1.0, 2.0, 3.0])) is None


def test_cues_of_words_are_compared_in_one_language_only() -> None:
    mixed = [
        replace(point, language=one)
        for point, one in zip(points([1, 2, 3, 4]), ("de", "en", "de", "en"), strict=True)
    ]
    assert [point.mean for point in of_one_language(Cue.WPM, mixed)] == [2, 4]
    assert of_one_language(Cue.LATENCY, mixed) == tuple(mixed)
    assert of_one_language(Cue.FILLERS, []) == ()


def test_sessions_of_single_answers_have_no_spread_to_compare_with() -> None:
    assert pooled_spread(points([1, 2, 3, 4], variance=None, n=1)) is None
    assert compare(points([1, 2, 3, 4], variance=None, n=1)) is None


@given(st.lists(st.floats(-10, 10), min_size=4, max_size=40), st.floats(0.001, 4), st.floats(-100, 100))
def test_the_verdict_does_not_depend_on_the_zero_of_the_scale(
    means: list[float], variance: float, shift: float
) -> None:
    here = compare(points(means, variance=variance))
    there = compare(points([mean + shift for mean in means], variance=variance))
    assert here is not None
    assert there is not None
    if abs(abs(here.after - here.before) - here.yardstick) > 1e-6:
        assert here.is_change == there.is_change


@given(st.floats(-5, 5), st.integers(4, 30))
def test_a_person_who_stays_the_same_never_changes(mean: float, sessions: int) -> None:
    found = compare(points([mean] * sessions))
    assert found is not None
    assert not found.is_change
