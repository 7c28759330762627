"""A change is called one only beyond what varies anyway: the arithmetic, and how often it is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.metrics.change import (
    FEWEST,
    Measured,
    Verdict,
    change,
    error_of,
    error_within,
    mean_of,
)

Array = NDArray[np.float64]

numbers = st.floats(-1e6, 1e6)
errors = st.floats(0, 1e6)
seeds = st.integers(0, 2**32 - 1)


def series(rng: np.random.Generator, n: int, rho: float) -> Array:
    """A stationary autoregressive series of mean 0 and variance 1."""
    noise = rng.standard_normal(n + 200) * math.sqrt(1 - rho**2)
    values = np.zeros(n + 200)
    for i in range(1, len(values)):
        values[i] = rho * values[i - 1] + noise[i]
    return values[200:]


@given(numbers, errors, numbers, errors)
def test_the_verdict_is_the_sign_of_a_difference_beyond_the_limit(
    before: float, error: float, after: float, other: float
) -> None:
    found = change(Measured(before, error), Measured(after, other))
    assert found.limit == pytest.approx(1.96 * math.sqrt(error**2 + other**2))
    assert found.difference == after - before
    expected = Verdict.NONE
    if abs(after - before) > found.limit:
        expected = Verdict.UP if after > before else Verdict.DOWN
    assert found.verdict is expected


@given(numbers, errors, numbers, errors)
def test_turned_round_the_change_is_the_opposite(
    before: float, error: float, after: float, other: float
) -> None:
    one, back = Measured(before, error), Measured(after, other)
    opposite = {Verdict.UP: Verdict.DOWN, Verdict.DOWN: Verdict.UP}
    verdict = change(one, back).verdict
    assert change(back, one).verdict is opposite.get(verdict, verdict)


@given(numbers, numbers, errors, st.floats(1, 10))
def test_a_larger_error_never_makes_a_change(before: float, after: float, error: float, times: float) -> None:
    small = change(Measured(before, error), Measured(after, error))
    large = change(Measured(before, error * times), Measured(after, error * times))
    assert large.verdict is Verdict.NONE or large.verdict is small.verdict


@pytest.mark.parametrize(("one", "other"), [(None, 1.0), (1.0, None), (None, None)])
def test_nothing_is_claimed_without_an_error(one: float | None, other: float | None) -> None:
    found = change(Measured(0.0, one), Measured(9.0, other))
    assert (found.verdict, found.difference, found.limit) == (Verdict.UNKNOWN, 9.0, None)


@given(seeds, st.integers(12, 200), st.floats(0, 0.9), numbers, st.floats(0.01, 100))
def test_the_error_moves_with_the_unit_and_not_with_the_zero(
    seed: int, n: int, rho: float, zero: float, unit: float
) -> None:
    values = series(np.random.default_rng(seed), n, rho)
    plain, moved = error_within(values), error_within(zero + unit * values)
    if plain is None or moved is None:
        assert plain == moved
    else:
        assert moved == pytest.approx(unit * plain, rel=1e-3)


@given(seeds, st.floats(0, 5))
def test_the_larger_of_the_two_errors_counts(seed: int, spread: float) -> None:
    values = series(np.random.default_rng(seed), 120, 0.5)
    within = error_within(values)
    assert within is not None
    assert error_of(values, spread=spread) == max(within, spread)
    assert error_of(values) == within


def test_too_few_windows_leave_only_the_spread_between_answers() -> None:
    few = np.array([1.0, 2.0])
    assert error_of(few) is None
    assert error_of(few, spread=0.4) == 0.4
    assert error_of(np.full(400, np.nan)) is None
    assert error_of(np.array([])) is None


def test_windows_that_overlap_count_once() -> None:
    values = series(np.random.default_rng(1), 240, 0.0)
    alone, overlapping = error_within(values), error_within(values, overlap=8)
    assert alone is not None
    assert overlapping is not None
    assert overlapping > 2 * alone
    assert error_within(values[:20], overlap=20 / FEWEST + 1) is None


def test_a_value_that_never_varied_has_no_error() -> None:
    assert error_within(np.full(50, 0.25)) == 0.0


def test_it_is_the_plain_standard_error_of_independent_windows() -> None:
    values = np.random.default_rng(2).standard_normal(4000)
    assert error_within(values) == pytest.approx(1 / math.sqrt(4000), rel=0.1)


@given(seeds)
def test_gaps_cost_precision_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(2000)
    holed = np.where(rng.random(2000) < 0.5, np.nan, values)
    whole, half = error_within(values), error_within(holed)
    assert whole is not None
    assert half is not None
    assert half == pytest.approx(math.sqrt(2) * whole, rel=0.35)


@pytest.mark.parametrize(
    ("n", "rho", "most"), [(120, 0.0, 0.08), (240, 0.5, 0.09), (480, 0.9, 0.10), (480, 0.95, 0.13)]
)
def test_two_answers_of_the_same_habit_are_seldom_called_a_change(n: int, rho: float, most: float) -> None:
    rng = np.random.default_rng(3)
    called = 0
    for _ in range(400):
        one, other = series(rng, n, rho), series(rng, n, rho)
        before = Measured(float(one.mean()), error_within(one))
        after = Measured(float(other.mean()), error_within(other))
        called += change(before, after).verdict in {Verdict.UP, Verdict.DOWN}
    assert called / 400 <= most


def test_a_change_that_is_there_is_found() -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(200):
        one, other = series(rng, 240, 0.8), 1 + series(rng, 240, 0.8)
        before = Measured(float(one.mean()), error_within(one))
        after = Measured(float(other.mean()), error_within(other))
        found += change(before, after).verdict is Verdict.UP
    assert found / 200 >= 0.8


def test_the_mean_of_several_answers_is_surer_than_one() -> None:
    found = mean_of(np.array([1.0, 2.0, np.nan, 3.0, 2.0]), spread=0.6)
    assert found == Measured(2.0, 0.3)
    assert mean_of(np.array([np.nan]), spread=0.6) is None
    assert mean_of(np.array([1.0]), spread=None) == Measured(1.0, None)
