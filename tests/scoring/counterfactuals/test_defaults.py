"""The default generator belongs to the default engagement model and to what a coach may advise."""

from __future__ import annotations

import pytest
import torch

from scoring.advice.schema import interview_schema
from scoring.counterfactuals import files
from scoring.counterfactuals.explain import MOST_CHANGES, Explainer
from scoring.engagement import network
from scoring.simulation.dataset import simulate

torch.set_num_threads(1)


def test_it_was_trained_against_the_default_classifier_and_says_on_whom() -> None:
    turner, about = files.default()
    assert about.classifier == network.default()[1].version, (
        "remake it: python -m scoring.counterfactuals.defaults"
    )
    assert turner.schema.features == interview_schema().features
    assert "simulated people" in about.trained_on
    assert "Trained on simulated people" in (files.DEFAULTS / files.CARD).read_text()


def test_it_turns_people_whom_it_has_not_seen_and_shows_no_more_than_two_changes() -> None:
    turner, _ = files.default()
    classifier, _ = network.default()
    features = torch.as_tensor(
        simulate(seed=77, people=30, answers=1, seconds=6).features, dtype=torch.float32
    )
    # Complete seconds: with little to be moved, not every verdict can be turned.
    features = features[torch.isfinite(features).all(dim=1)]
    low = features[classifier(features) < 0]
    found = Explainer(turner, classifier).explain(low)
    assert found.valid.float().mean() >= 0.95
    assert ((found.shown != low).sum(dim=1) <= MOST_CHANGES).all()
    assert (classifier(found.shown) > classifier(low)).all()


def test_it_is_not_used_with_a_table_of_other_columns() -> None:
    turner, _ = files.default()
    with pytest.raises(RuntimeError):
        turner(torch.zeros(2, 5), torch.ones(2, 5, dtype=torch.bool))
