"""Statistics of progress: against scipy, against published worked examples, and as properties."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped]

from scoring.progress import calibration as own_view
from scoring.progress import difficulty, growth, reliability, reliable_change, student, tracing
from scoring.progress.plan import GOAL, LONGEST_GAP, STRETCH, plan

Array = NDArray[np.float64]
TODAY = date(2026, 11, 21)
numbers = st.floats(-50, 50, allow_nan=False)


# --- Student's t ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("freedom", [1, 2, 4, 7.5, 30, 400])
def test_students_t_is_scipys(freedom: float) -> None:
    for p in (0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995):
        assert student.quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-8, abs=1e-9)
    for t in (-40.0, -2.5, -0.1, 0.0, 1.7, 12.0):
        assert student.cdf(t, freedom) == pytest.approx(stats.t.cdf(t, freedom), rel=1e-9, abs=1e-14)


def test_what_is_no_probability_is_refused() -> None:
    for wrong in (
        lambda: student.quantile(1.0, 3),
        lambda: student.quantile(0, 3),
        lambda: student.cdf(1, 0),
    ):
        with pytest.raises(ValueError, match="must"):
            wrong()


# --- reliability, and change beyond it ------------------------------------------------------------------


def test_the_published_example_of_reliable_change() -> None:
    """Jacobson & Truax (1991), p. 14: 47.5 before, 32.5 after, deviation 7.5, reliability .88; the index is -4.08."""
    error = reliability.error_of(7.5, 0.88)
    assert error == pytest.approx(2.60, abs=0.005)
    found = reliable_change.index(47.5, 32.5, error, error)
    assert found is not None
    assert found.value == pytest.approx(-4.08, abs=0.01)
    assert found.is_reliable


def test_practice_alone_is_no_change() -> None:
    found = reliable_change.index(10.0, 14.0, 1.0, 1.0, practice=2.0)
    assert found is not None
    assert (found.gain, found.is_reliable) == (2.0, False)
    assert reliable_change.index(10.0, 14.0, 0.0, 0.0) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability.error_of(1.0, 1.2)


def test_reliability_is_the_published_one_of_shrout_and_fleiss() -> None:
    """Their table 2 (1979): six targets by four judges; ICC(1,1) .17 and ICC(1,4) .44."""
    table = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
    )
    found = reliability.reliability(list(table))
    assert found is not None
    assert found.of_mean(1) == pytest.approx(0.17, abs=0.005)
    assert found.of_mean(4) == pytest.approx(0.44, abs=0.005)
    assert (found.sessions, found.answers, found.freedom) == (6, 24, 18)


def test_the_error_is_found_again() -> None:
    random = np.random.default_rng(3)
    sessions = [
        level + random.normal(0, 2.0, int(random.integers(2, 8))) for level in random.normal(0, 3.0, 600)
    ]
    sessions[0][0] = np.nan
    found = reliability.reliability(sessions)
    assert found is not None
    assert found.error(4) == pytest.approx(1.0, rel=0.05)
    assert found.of_mean(4) == pytest.approx(9 / (9 + 1), abs=0.02)


def test_too_little_says_nothing() -> None:
    assert reliability.reliability([]) is None
    assert reliability.reliability([np.array([1.0]), np.array([2.0]), np.array([np.nan])]) is None
    alike = reliability.reliability([np.array([1.0, 3.0, 5.0]), np.array([5.0, 1.0, 3.0])])
    assert alike is not None
    assert alike.of_mean(3) == 0.0


def test_one_in_twenty_who_do_not_change_are_called_changed() -> None:
    random = np.random.default_rng(8)
    called = 0
    for _ in range(2000):
        before, after = random.normal(0, 1, 5), random.normal(0, 1, 5)
        found = reliable_change.index(before.mean(), after.mean(), 1 / math.sqrt(5), 1 / math.sqrt(5))
        called += found is not None and found.is_reliable
    assert 60 <= called <= 140


# --- growth ---------------------------------------------------------------------------------------------


def test_the_line_and_its_interval_are_scipys() -> None:
    random = np.random.default_rng(1)
    times = np.sort(random.uniform(0, 60, 12))
    values = 3 + 0.2 * times + random.normal(0, 2, 12)
    found, theirs = growth.line(times, values), stats.linregress(times, values)
    assert found is not None
    assert found.slope == pytest.approx(theirs.slope)
    assert found.high - found.slope == pytest.approx(stats.t.ppf(0.975, 10) * theirs.stderr)
    middle, low, high = found.at(np.array([0.0]))
    assert middle[0] == pytest.approx(theirs.intercept)
    assert high[0] - middle[0] == pytest.approx(stats.t.ppf(0.975, 10) * theirs.intercept_stderr)
    assert low[0] + high[0] == pytest.approx(2 * middle[0])


def test_there_is_no_line_through_five_sessions() -> None:
    days = np.arange(6.0)
    assert growth.line(days[:5], days[:5]) is None
    assert growth.line(days, np.where(days == 2, np.nan, days)) is None
    assert growth.line(np.zeros(8), np.arange(8.0)) is None
    exact = growth.line(days, 2 * days)
    assert exact is not None
    assert (exact.slope, exact.rises) == (pytest.approx(2), True)


def test_a_line_that_may_go_either_way_says_so() -> None:
    found = growth.line(np.arange(6.0), np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    assert found is not None
    assert found.rises is None


@settings(max_examples=60)
@given(st.lists(st.tuples(numbers, numbers), min_size=6, max_size=20, unique_by=lambda one: round(one[0], 1)))
def test_the_band_is_narrowest_in_the_middle(points: list[tuple[float, float]]) -> None:
    times, values = (np.array(one) for one in zip(*points, strict=True))
    found = growth.line(times, values)
    assert found is not None
    _line, low, high = found.at(np.array([times.min(), times.mean(), times.max()]))
    wide = high - low
    assert wide[1] <= wide[0] + 1e-6
    assert wide[1] <= wide[2] + 1e-6


# --- knowledge tracing ----------------------------------------------------------------------------------


def test_tracing_by_hand() -> None:
    """prior .5, learn .2, guess .2, slip .1. After a success .45 / .55 = .81818, then + .18182 * .2 = .85455."""
    skill = tracing.Skill(prior=0.5, learn=0.2, guess=0.2, slip=0.1)
    first, second = tracing.trace(np.array([True, False]), skill)
    assert first == pytest.approx(0.818182 + 0.181818 * 0.2, abs=1e-5)
    failed = first * 0.1 / (first * 0.1 + (1 - first) * 0.8)
    assert second == pytest.approx(failed + (1 - failed) * 0.2)
    assert tracing.next_success(0.5, skill) == pytest.approx(0.5 * 0.9 + 0.5 * 0.2)


@given(
    st.lists(st.booleans(), max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 0.49),
    st.floats(0, 0.49),
)
def test_a_success_never_speaks_against_a_skill(
    shown: list[bool], prior: float, learn: float, guess: float, slip: float
) -> None:
    skill = tracing.Skill(prior, learn, guess, slip)
    found = tracing.trace(np.array(shown, dtype=bool), skill)
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    yes, no = (tracing.trace(np.array([*shown, one], dtype=bool), skill)[-1] for one in (True, False))
    assert yes >= no - 1e-12


@pytest.mark.parametrize("wrong", [{"guess": 0.6, "slip": 0.5}, {"prior": 1.5}, {"learn": -0.1}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="1"):
        tracing.Skill(**wrong)


# --- one's own view beside others' ----------------------------------------------------------------------


def test_concordance_is_lins() -> None:
    """1 for the same, less for a shift; by definition the correlation times how far means and spreads meet."""
    one = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 4.0])
    other = np.array([2.0, 2.0, 4.0, 4.0, 5.0, 5.0])
    assert own_view.concordance(one, one) == pytest.approx(1)
    r = float(np.corrcoef(one, other)[0, 1])
    scale = one.std() / other.std()
    shift = (one.mean() - other.mean()) / math.sqrt(one.std() * other.std())
    assert own_view.concordance(one, other) == pytest.approx(r * 2 / (scale + 1 / scale + shift**2))
    assert own_view.concordance(np.ones(5), np.ones(5)) is None


def test_who_judges_too_kindly_is_known_only_when_it_is_sure() -> None:
    others = np.array([2.0, 3.0, 2.0, 4.0, 3.0, 2.0])
    kind = own_view.calibration(others + 1.0, others)
    assert kind is not None
    assert (kind.too_kind, kind.bias, kind.off, kind.answers) == (True, 1.0, 1.0, 6)
    unsure = own_view.calibration(others + np.array([1, -1, 1, -1, 1, 0]), others)
    assert unsure is not None
    assert unsure.too_kind is None
    assert own_view.calibration(others[:4], others[:4]) is None
    test = stats.ttest_1samp(np.array([1, -1, 1, -1, 1, 0.0]), 0).confidence_interval(0.95)
    assert (unsure.low, unsure.high) == (pytest.approx(test.low), pytest.approx(test.high))


# --- difficulty -----------------------------------------------------------------------------------------


def answers(people: int, questions: int, spread: float, seed: int = 0) -> tuple[Array, Array, Array, Array]:
    """Every person answers half of the questions: people, questions, values, and what the questions really cost."""
    random = np.random.default_rng(seed)
    costs = random.normal(0, spread, questions)
    who = np.repeat(np.arange(people), questions // 2)
    which = np.concatenate([random.permutation(questions)[: questions // 2] for _ in range(people)])
    values = random.normal(0, 2, people)[who] + costs[which] + random.normal(0, 1, len(who))
    return who, which, values, costs


def test_what_questions_cost_is_found_again() -> None:
    who, which, values, costs = answers(300, 12, 1.5)
    found = difficulty.effects(who, which, values)
    assert np.abs(found.of - (costs - costs[which].mean())).max() < 0.25
    left = difficulty.adjusted(values, which, found)
    assert np.abs(difficulty.effects(who, which, left).of).max() < 0.05


def test_little_is_said_of_questions_that_few_answered() -> None:
    who, which, values, _costs = answers(6, 6, 1.0, seed=2)
    found = difficulty.effects(who, which, values)
    plain = difficulty._fitted(who, which, values, 6, 0.0)
    assert (np.abs(found.of) <= np.abs(plain).max() + 1e-9).all()


def test_without_differences_nothing_is_taken_out() -> None:
    who, which, values, _costs = answers(40, 8, 0.0, seed=4)
    assert np.abs(difficulty.effects(who, which, values).of).max() < 0.3
    nobody = np.array([], dtype=int)
    assert len(difficulty.effects(nobody, nobody, np.array([])).of) == 0
    assert (difficulty.effects(who, which, np.full(len(who), np.nan)).of == 0).all()
    with pytest.raises(ValueError, match="one person"):
        difficulty.effects(who, which[1:], values)


# --- the plan -------------------------------------------------------------------------------------------


def test_a_plan_begins_today_and_spreads() -> None:
    found = plan([], today=TODAY, until=TODAY + timedelta(days=16))
    assert found.dates == tuple(TODAY + timedelta(days=2 * n) for n in range(GOAL))
    assert (found.done, found.spaced, found.goal, found.is_tight) == (0, 0, GOAL, False)


def test_several_on_one_day_count_once_and_today_is_enough() -> None:
    found = plan([TODAY, TODAY, TODAY - timedelta(days=1)], today=TODAY)
    assert (found.done, found.spaced) == (3, 2)
    assert found.next_on is not None
    assert found.next_on > TODAY


def test_little_time_is_said() -> None:
    found = plan([], today=TODAY, until=TODAY + timedelta(days=3))
    assert found.is_tight
    assert len(found.dates) == 4
    assert plan([], today=TODAY, until=TODAY - timedelta(days=3)) == plan([], today=TODAY)


def test_after_the_goal_comes_the_stretch_and_then_an_end() -> None:
    days = [TODAY - timedelta(days=2 * n) for n in range(1, GOAL + 1)]
    further = plan(days, today=TODAY)
    assert (further.goal, further.next_on) == (STRETCH, TODAY + timedelta(days=5))
    assert plan(days * 5, today=TODAY).dates == ()


@given(
    st.lists(st.integers(0, 60), max_size=40),
    st.one_of(st.none(), st.integers(-5, 90)),
)
def test_whatever_was_done_the_days_to_come_differ_and_lie_ahead(done: list[int], until: int | None) -> None:
    days = [TODAY - timedelta(days=back) for back in done]
    end = None if until is None else TODAY + timedelta(days=until)
    found = plan(days, today=TODAY, until=end)
    assert len(set(found.dates)) == len(found.dates)
    assert all(day >= TODAY for day in found.dates)
    assert TODAY not in days or TODAY not in found.dates
    gaps = [later - sooner for sooner, later in zip(found.dates, found.dates[1:], strict=False)]
    assert all(timedelta(0) < gap <= timedelta(days=LONGEST_GAP) for gap in gaps)
