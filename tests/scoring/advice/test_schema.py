"""What a coach may say about the 18 features: their order, their ranges, and never the unkind direction."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scoring.advice.schema import ADVISABLE, FEATURES, interview_schema
from scoring.counterfactuals.feature import Feature
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.engagement import network
from scoring.simulation.dataset import simulate

torch.set_num_threads(1)


def test_the_features_are_the_classifiers_in_its_order() -> None:
    assert interview_schema().names == network.FEATURES


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_range_lies_in_the_cues_own(feature: Feature) -> None:
    cue = CATALOGUE[Cue(feature.name)]
    assert cue.low is None or feature.low >= cue.low
    assert cue.high is None or feature.high <= cue.high


def test_nobody_is_told_to_stare() -> None:
    band = CATALOGUE[Cue.GZ_DR].band
    assert band is not None
    assert band.high is not None
    assert {feature.name: feature.high for feature in FEATURES}["GZ_DR"] <= band.high


@given(st.lists(st.floats(-2, 2), min_size=18, max_size=18))
def test_no_unkind_direction(directions: list[float]) -> None:
    schema = interview_schema()
    before = (schema.low + schema.high)[None] / 2
    wanted = before + torch.tensor([directions]) * (schema.high - schema.low)
    moved = schema.allowed(before, wanted, torch.ones_like(before, dtype=torch.bool)) - before
    by_name = dict(zip(schema.names, moved[0].tolist(), strict=True))
    assert all(by_name[name] <= 0 for name in ("AM_CR", "HD_TH"))
    assert all(by_name[cue] >= 0 for cue in ADVISABLE if cue not in ("AM_CR", "HD_TH"))
    assert all(by_name[feature.name] == 0 for feature in FEATURES if not feature.movable)


def test_most_people_could_do_what_is_advised() -> None:
    """A range that nobody's behaviour reaches, or that most exceed, was written in the wrong unit."""
    features = simulate(seed=5, people=60, answers=1, seconds=10).features
    for column, feature in enumerate(FEATURES):
        seen = features[:, column][np.isfinite(features[:, column])]
        inside = ((seen >= feature.low) & (seen <= feature.high)).mean()
        assert inside > 0.7, feature.name
        assert feature.step <= 0.75 * seen.std(), feature.name


def test_a_page_can_read_it_without_torch() -> None:
    code = "import sys, scoring.advice.schema; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
