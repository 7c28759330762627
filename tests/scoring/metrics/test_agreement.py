"""Agreement against published examples, scikit-learn and simulated raters whose agreement is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from scoring.metrics.agreement import (
    icc_one_way,
    icc_two_way,
    mean_weighted_kappa,
    one_against_rest,
    weighted_kappa,
)

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)
"""Table 2 of Shrout and Fleiss (1979), whose intraclass correlations are given in table 4."""


def test_the_published_example() -> None:
    one, two = icc_one_way(SHROUT_FLEISS), icc_two_way(SHROUT_FLEISS)
    assert one is not None
    assert two is not None
    assert (one.single, one.mean) == (pytest.approx(0.17, abs=0.005), pytest.approx(0.44, abs=0.005))
    assert (two.single, two.mean) == (pytest.approx(0.29, abs=0.005), pytest.approx(0.62, abs=0.005))
    assert (one.raters, one.answers) == (4, 6)


def test_known_raters_are_found_even_when_each_answer_has_other_ones() -> None:
    rng = np.random.default_rng(1)
    ratings = rng.standard_normal((4000, 1)) + np.sqrt(2) * rng.standard_normal((4000, 8))
    whole = icc_one_way(ratings)
    assert whole is not None
    assert whole.single == pytest.approx(1 / 3, abs=0.02)
    assert whole.mean == pytest.approx(0.8, abs=0.02)
    ratings[rng.random(ratings.shape) < 0.6] = np.nan
    some = icc_one_way(ratings)
    assert some is not None
    assert some.single == pytest.approx(1 / 3, abs=0.03)
    assert one_against_rest(ratings) is not None


@pytest.mark.parametrize(
    "ratings",
    [np.empty((0, 3)), np.full((5, 3), np.nan), np.array([[1.0, 2.0]]), np.ones((5, 3))],
    ids=["none", "absent", "one answer", "no variance"],
)
def test_where_nothing_can_be_said_nothing_is(ratings: np.ndarray) -> None:
    assert icc_one_way(ratings) is None
    assert icc_two_way(ratings) is None
    assert one_against_rest(ratings) is None


LEVELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@given(LEVELS)
def test_kappa_against_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, dtype=float).T
    ours = weighted_kappa(a, b, 5)
    if ours is None:
        assert len(set(a) | set(b)) == 1
    else:
        theirs = cohen_kappa_score(a, b, weights="quadratic", labels=range(5))
        assert ours == pytest.approx(theirs)


def test_kappa_of_the_same_ratings_is_one_and_of_strangers_about_none() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 5, (2, 5000)).astype(float)
    assert weighted_kappa(a, a, 5) == 1
    assert weighted_kappa(a, b, 5) == pytest.approx(0, abs=0.05)
    assert weighted_kappa(np.array([np.nan]), np.array([1.0]), 5) is None
    with pytest.raises(ValueError, match=r"0\.\.4"):
        weighted_kappa(np.array([5.0]), np.array([1.0]), 5)


def test_all_pairs_weighted_by_what_both_rated() -> None:
    a = np.array([0, 1, 2, 3, 4, 0, 1, 2], dtype=float)
    third = np.full(8, np.nan)
    third[:2] = [1, 0]
    ratings = np.stack([a, a, third], axis=1)
    pair = weighted_kappa(a, third, 5)
    assert pair is not None
    assert mean_weighted_kappa(ratings, 5) == pytest.approx((8 * 1 + 2 * 2 * pair) / 12)
    assert mean_weighted_kappa(ratings[:, :1], 5) is None
