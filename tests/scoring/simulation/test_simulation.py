"""Simulated people are what their card says: raters, overlap, faults, and a best possible figure that is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.simulation import behaviour, raters
from scoring.simulation.bayes import probability_of_high_given
from scoring.simulation.behaviour import CODES, to_features, to_hidden
from scoring.simulation.dataset import Dataset, simulate
from scoring.simulation.people import variance_of_mean


@pytest.fixture(scope="module")
def people() -> Dataset:
    return simulate(seed=5, people=200, answers=4, seconds=25)


def auroc(scores: np.ndarray, high: np.ndarray) -> float:
    """The share of pairs (high, low) that the scores put in order (Mann and Whitney)."""
    ranks = np.empty(len(scores))
    ranks[scores.argsort()] = np.arange(1, len(scores) + 1)
    n_high, n_low = high.sum(), (1 - high).sum()
    return float((ranks[high > 0].sum() - n_high * (n_high + 1) / 2) / (n_high * n_low))


def test_the_features_are_the_papers_in_its_order() -> None:
    assert tuple(Cue)[:18] == CODES


@given(st.lists(st.floats(-4, 4), min_size=18, max_size=18))
def test_links_go_there_and_back_and_stay_in_the_catalogues_range(hidden: list[float]) -> None:
    features = to_features(np.array([hidden]))
    assert to_hidden(features) == pytest.approx(np.array([hidden]), abs=1e-4)
    for code, value in zip(CODES, features[0], strict=True):
        spec = CATALOGUE[code]
        assert spec.low is None or value >= spec.low
        assert spec.high is None or value <= spec.high


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    one, same, other = (simulate(seed=seed, people=3, answers=2, seconds=5) for seed in (1, 1, 2))
    assert np.array_equal(one.features, same.features, equal_nan=True)
    assert np.array_equal(one.ratings, same.ratings)
    assert not np.array_equal(one.features, other.features, equal_nan=True)


def test_one_rater_agrees_with_the_rest_and_eight_are_reliable_as_the_card_says(people: Dataset) -> None:
    given_ratings = people.ratings
    against = [
        np.corrcoef(given_ratings[:, one], np.delete(given_ratings, one, 1).mean(axis=1))[0, 1]
        for one in range(raters.RATERS)
    ]
    assert np.mean(against) == pytest.approx(0.51, abs=0.03)
    pairs = np.corrcoef(given_ratings.T)[np.triu_indices(raters.RATERS, 1)].mean()
    assert raters.RATERS * pairs / (1 + (raters.RATERS - 1) * pairs) == pytest.approx(0.80, abs=0.03)


def test_engagement_has_mean_0_and_variance_1_and_half_of_the_seconds_are_high(people: Dataset) -> None:
    assert people.engagement.mean() == pytest.approx(0, abs=0.1)
    assert people.engagement.var() == pytest.approx(1, abs=0.1)
    assert people.high.mean() == pytest.approx(0.5, abs=0.05)


def test_a_whole_answers_engagement_varies_as_far_as_is_said() -> None:
    answers = simulate(seed=8, people=1200, answers=1, seconds=20).engagement.reshape(-1, 20)
    assert answers.mean(axis=1).var() == pytest.approx(variance_of_mean(20), abs=0.06)
    assert variance_of_mean(1) == pytest.approx(1)


def test_raters_keep_their_biases_from_one_answer_to_the_next() -> None:
    panel = raters.Panel(np.random.default_rng(4), 5)
    first, second = (panel.rate(np.zeros(4000)).mean(axis=0) for _ in range(2))
    assert first == pytest.approx(second, abs=0.15)
    assert first.std() > 0.2
    assert first.mean() == pytest.approx(0, abs=0.05)


def test_the_best_possible_is_calibrated_and_nothing_that_is_given_beats_it(people: Dataset) -> None:
    best = probability_of_high_given(people.features)
    for low in np.arange(0.1, 0.9, 0.2):
        inside = (best >= low) & (best < low + 0.2)
        assert people.high[inside].mean() == pytest.approx(best[inside].mean(), abs=0.05)
    limit = auroc(best, people.high)
    assert 0.72 < limit < 0.80
    for column in people.features.T:
        filled = np.where(np.isfinite(column), column, np.nanmean(column))
        assert auroc(filled, people.high) < limit - 0.05
    assert auroc(people.engagement, people.high) > limit


def test_who_shows_nothing_is_as_likely_high_as_low() -> None:
    assert probability_of_high_given(np.full((1, 18), np.nan)) == pytest.approx([0.5], abs=1e-3)


def test_absent_features_say_less(people: Dataset) -> None:
    some = people.features[:2000].copy()
    some[:, 9:] = np.nan
    assert auroc(probability_of_high_given(some), people.high[:2000]) < auroc(
        probability_of_high_given(people.features[:2000]), people.high[:2000]
    )


def test_faults_take_whole_groups_and_do_not_depend_on_engagement(people: Dataset) -> None:
    absent = np.isnan(people.features)
    hips = [CODES.index(code) for code in (Cue.DIST_LW, Cue.DIST_RW, Cue.FO_LW, Cue.FO_RW)]
    assert (absent[:, hips].all(axis=1) == absent[:, hips].any(axis=1)).all()
    gone = absent[:, hips[0]]
    assert 0.4 < gone.mean() < 0.9
    assert people.engagement[gone].mean() == pytest.approx(people.engagement[~gone].mean(), abs=0.15)


def test_movements_go_together_and_people_differ(people: Dataset) -> None:
    hidden = to_hidden(people.features)
    head, sway = (hidden[:, CODES.index(code)] for code in (Cue.HD_AC, Cue.SDXROT_HD))
    both = np.isfinite(head) & np.isfinite(sway)
    assert np.corrcoef(head[both], sway[both])[0, 1] > 0.2
    means = np.array(
        [np.nanmean(head[people.person == who]) for who in range(200) if both[people.person == who].any()]
    )
    assert means.var() == pytest.approx(behaviour.PERSON_VARIANCE, abs=0.2)


def test_a_part_is_of_whole_people(people: Dataset) -> None:
    part = people.of_people(np.array([3, 7]))
    assert set(part.person) == {3, 7}
    assert len(part.features) == len(part.ratings) == len(part.high) == 2 * 4 * 25
