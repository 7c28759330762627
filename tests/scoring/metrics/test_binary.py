"""Metrics against their definitions, computed the slow way and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as peer

from scoring.metrics.binary import accuracy, auroc, brier, expected_calibration_error, f1

PAIRS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60)


@given(PAIRS)
def test_against_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    probability = np.array([score / 20 for score, _ in pairs])
    high = np.array([float(is_high) for _, is_high in pairs])
    assert accuracy(probability, high) == pytest.approx(peer.accuracy_score(high, probability >= 0.5))
    assert f1(probability, high) == pytest.approx(peer.f1_score(high, probability >= 0.5, zero_division=0))
    assert brier(probability, high) == pytest.approx(((probability - high) ** 2).mean())
    assume(0 < high.sum() < len(high))
    assert auroc(probability, high) == pytest.approx(peer.roc_auc_score(high, probability))


def test_one_class_has_no_curve() -> None:
    with pytest.raises(ValueError, match="both classes"):
        auroc(np.array([0.1, 0.9]), np.array([1.0, 1.0]))


def test_a_calibrated_source_has_no_error_and_an_overconfident_one_has() -> None:
    rng = np.random.default_rng(3)
    probability = rng.random(200_000)
    high = (rng.random(200_000) < probability).astype(float)
    assert expected_calibration_error(probability, high) < 0.01
    sure = np.where(probability > 0.5, 0.99, 0.01)
    assert expected_calibration_error(sure, high) == pytest.approx(0.24, abs=0.01)
