"""Counterfactuals on a table that is not ours: valid, few changes, and never what the schema forbids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from scoring.counterfactuals.explain import MOST_CHANGES, Counterfactuals, Explainer
from scoring.counterfactuals.network import Config
from scoring.counterfactuals.schema import Feature, Schema, SchemaError
from scoring.counterfactuals.training import Settings, Turner, train

# Several test processes share the cores: more threads than one only wait for each other.
torch.set_num_threads(1)

SCHEMA = Schema(
    [
        Feature("a", -3, 3),
        Feature("b", -3, 3, step=0.2),
        Feature("c", -3, 3, sign="up"),
        Feature("d", -3, 3, sign="down"),
        Feature("e", -3, 3, movable=False),
    ]
)
WEIGHTS = torch.tensor([1.0, 1.0, 0.8, -0.8, 1.0])
QUICK = Settings(steps=300, batch=128, rate=2e-3)


def classifier(features: Tensor) -> Tensor:
    """A linear one; what is absent counts as 0."""
    return (features.nan_to_num() * WEIGHTS).sum(dim=-1)


def samples(n: int, seed: int = 0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    features = torch.randn(n, 5, generator=random)
    features[torch.rand(n, 5, generator=random) < 0.1] = torch.nan
    return features


def low(n: int = 400, seed: int = 1) -> Tensor:
    features = samples(8 * n, seed)
    return features[classifier(features) < 0][:n]


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    turner = train(classifier, samples(2000), SCHEMA, config=Config(hidden=32), settings=QUICK)
    return Explainer(turner, classifier)


def forbidden(before: Tensor, found: Counterfactuals, free: Tensor) -> int:
    """How many values did what they must not: moved although frozen, absent or unmovable, wrong sign, out of range."""
    return sum(_forbidden(before, after, free) for after in (found.after, found.shown, found.proposed))


def _forbidden(before: Tensor, after: Tensor, free: Tensor) -> int:
    moved = torch.where(torch.isfinite(before), after - before, torch.zeros_like(before))
    wrong = (moved != 0) & ~(free & SCHEMA.movable)
    wrong |= (moved > 0) & ~SCHEMA.may_rise
    wrong |= (moved < 0) & ~SCHEMA.may_fall
    wrong |= (moved != 0) & ((after > SCHEMA.high) | (after < SCHEMA.low))
    wrong |= torch.isfinite(before) != torch.isfinite(after)
    return int(wrong.sum())


def test_nearly_everything_is_turned_with_few_changes(explainer: Explainer) -> None:
    found = explainer.explain(low())
    assert found.valid.float().mean() > 0.97
    assert (classifier(found.after[found.valid]) >= 0).all()
    assert found.changed.sum(dim=1).float().median() <= MOST_CHANGES


def test_the_verdict_is_turned_more_often_than_by_chance(explainer: Explainer) -> None:
    before = low()
    proposed = explainer.explain(before).proposed
    random = before + (proposed - before).abs() * torch.randn(before.shape).sign()
    assert (classifier(proposed) >= 0).float().mean() > 2 * (classifier(random) >= 0).float().mean()


def test_what_is_forbidden_does_not_happen(explainer: Explainer) -> None:
    before = low()
    free = torch.rand(before.shape, generator=torch.Generator().manual_seed(4)) < 0.6
    assert forbidden(before, explainer.explain(before, free), free) == 0


@settings(max_examples=30)
@given(
    st.lists(st.one_of(st.floats(-5, 5, width=32), st.just(float("nan"))), min_size=5, max_size=5),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_nothing_is_forbidden_whatever_is_asked(values: list[float], free: list[bool]) -> None:
    explainer = _UNTRAINED
    before, mask = torch.tensor([values]), torch.tensor([free])
    found = explainer.explain(before, mask)
    assert forbidden(before, found, mask) == 0
    shown = (found.shown != before) & torch.isfinite(before)
    assert int(shown.sum()) <= MOST_CHANGES
    assert bool(found.valid) == bool(classifier(found.after) >= 0)
    if int(found.changed.sum()) <= MOST_CHANGES and found.valid:
        assert torch.equal(found.shown.nan_to_num(), found.after.nan_to_num())


def _untrained() -> Explainer:
    few = Settings(steps=3, batch=16)
    return Explainer(
        train(classifier, samples(200), SCHEMA, config=Config(hidden=8), settings=few), classifier
    )


_UNTRAINED = _untrained()


def test_whatever_can_be_turned_is_turned_however_little_the_generator_has_learnt() -> None:
    """Of a linear classifier it is known: with each feature at its better end it says high, or nothing makes it."""
    before = 6 * low(300, seed=5)
    up, down = torch.maximum(before, SCHEMA.high), torch.minimum(before, SCHEMA.low)
    better = torch.where(WEIGHTS > 0, up, down)
    furthest = SCHEMA.allowed(before, better, torch.isfinite(before))
    can = classifier(furthest) >= 0.05
    found = _UNTRAINED.explain(before)
    assert 5 < int((~can).sum()) < 150
    assert bool(found.valid[can].all())
    assert not bool(found.valid[classifier(furthest) < 0].any())
    assert forbidden(before, found, torch.ones_like(before, dtype=torch.bool)) == 0


def test_with_everything_frozen_nothing_is_advised_and_it_says_so(explainer: Explainer) -> None:
    before = low(50)
    found = explainer.explain(before, torch.zeros_like(before, dtype=torch.bool))
    assert not found.valid.any()
    assert torch.equal(found.after.nan_to_num(), before.nan_to_num())


def test_what_two_changes_cannot_turn_says_how_far_they_get(explainer: Explainer) -> None:
    hard = torch.full((1, 5), -2.9)
    hard[0, 3] = 2.9
    found = explainer.explain(hard)
    assert found.valid
    assert found.changed.sum() > MOST_CHANGES
    assert (found.shown != hard).sum() == MOST_CHANGES
    assert classifier(hard) < found.reached < 0
    assert torch.allclose(found.reached, classifier(found.shown))


def test_samples_do_not_depend_on_their_neighbours(explainer: Explainer) -> None:
    before = low(40)
    together = explainer.explain(before)
    alone = torch.cat([explainer.explain(before[row : row + 1]).after for row in range(len(before))])
    assert torch.allclose(together.after.nan_to_num(), alone.nan_to_num(), atol=1e-5)


def test_no_samples_have_no_counterfactuals(explainer: Explainer) -> None:
    assert explainer.explain(torch.empty(0, 5)).after.shape == (0, 5)


def test_a_change_too_small_to_be_named_is_not_made(explainer: Explainer) -> None:
    found = explainer.explain(low())
    few = found.changed.sum(dim=1) <= MOST_CHANGES
    moved = (found.after - low())[few][:, 1].abs()
    assert (moved[moved > 0] >= 0.2 - 1e-6).all()


def test_the_same_seed_gives_the_same_generator_and_a_killed_training_goes_on(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, of: int) -> None:
        if done == 100:
            raise Killed

    wanted = Settings(steps=200, batch=32)
    whole = train(classifier, samples(300), SCHEMA, config=Config(hidden=8), settings=wanted)
    with pytest.raises(Killed):
        train(
            classifier,
            samples(300),
            SCHEMA,
            config=Config(hidden=8),
            settings=wanted,
            checkpoint=tmp_path / "run.pt",
            report=kill,
        )
    again = train(
        classifier,
        samples(300),
        SCHEMA,
        config=Config(hidden=8),
        settings=wanted,
        checkpoint=tmp_path / "run.pt",
    )
    assert all(torch.equal(a, b) for a, b in _pairs(whole, again))


def _pairs(one: Turner, other: Turner) -> Iterator[tuple[Tensor, Tensor]]:
    return zip(one.generator.parameters(), other.generator.parameters(), strict=True)


def test_a_classifier_that_knows_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="same class"):
        train(lambda features: torch.ones(len(features)), samples(50), SCHEMA, settings=QUICK)


@pytest.mark.parametrize(
    "features",
    [[], [("a", 0, 1), ("a", 0, 1)], [("a", 1, 1)], [("a", 2, 1)]],
)
def test_a_schema_that_contradicts_itself_is_refused(features: list[tuple[str, float, float]]) -> None:
    with pytest.raises(SchemaError):
        Schema([Feature(*feature) for feature in features])


def test_a_step_larger_than_the_range_is_refused() -> None:
    with pytest.raises(SchemaError, match="does not fit"):
        Feature("a", 0, 1, step=2)
