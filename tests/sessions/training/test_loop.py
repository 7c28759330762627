"""The whole loop for real: rated answers, a training with everything in it, switched on, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from accounts.models import Institution, ModelKind, User
from scoring.counterfactuals.training import Settings
from scoring.models import ModelVersion, RunState, TrainingRun
from scoring.registry import files
from scoring.registry.actions import roll_back, switch_on
from scoring.registry.queries import in_use
from sessions.training import actions, learning
from sessions.training.folder import WorkFolder

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

Rated = Callable[..., None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advice is trained for some seconds, which is enough to see that it is."""
    monkeypatch.setattr(learning, "ADVICE_SETTINGS", Settings(steps=200))


def test_ratings_that_say_otherwise_make_a_better_model(
    northfield: Institution, ada: User, rated: Rated
) -> None:
    rated(300, raters=8, seed=1, taste="calm")
    run = actions.ask(institution=northfield, by=ada)
    assert actions.train(run_id=run.pk) == RunState.DONE
    run.refresh_from_db()
    assert run.better
    assert run.trial["difference"]["low"] > 0
    assert run.trial["against"] == "engagement-sim-1"
    assert (run.data["answers"], run.data["people"], run.data["raters"]) == (300, 60, 8)
    assert run.trial["ceiling"]["answers"] == 300
    engagement = ModelVersion.objects.get(run=run, kind=ModelKind.ENGAGEMENT)
    advice = ModelVersion.objects.get(run=run, kind=ModelKind.ADVICE)
    assert advice.against == engagement.name == run.trial["version"]
    assert engagement.simulated
    assert engagement.name in engagement.card
    moments = torch.zeros((3, 18))
    assert torch.isfinite(files.engagement(engagement)(moments)).all()
    assert files.generator(advice)(moments, torch.ones((3, 18), dtype=torch.bool)).shape == (3, 18)
    switch_on(institution=northfield, version=engagement, by=ada)
    assert in_use(northfield.pk, ModelKind.ADVICE) == advice
    roll_back(institution=northfield, by=ada)
    back = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert back is not None
    assert back.name == "engagement-sim-1"


def test_ratings_that_say_what_is_known_make_none(northfield: Institution, ada: User, rated: Rated) -> None:
    """The shipped model has learnt these raters' taste from many more: a training on few must not replace it."""
    rated(60, seed=2)
    run = actions.ask(institution=northfield, by=ada)
    assert actions.train(run_id=run.pk) == RunState.DONE
    run.refresh_from_db()
    assert not run.better
    assert ModelVersion.objects.filter(run=run).count() == 2, "it is registered all the same"


def test_a_training_that_was_cut_off_goes_on_from_its_checkpoints(
    northfield: Institution, ada: User, rated: Rated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done of the first try is not done again, and nothing comes out differently."""
    rated(60)
    run = actions.ask(institution=northfield, by=ada)
    epochs: list[str] = []

    def in_the_last_training() -> bool:
        return TrainingRun.objects.filter(pk=run.pk, progress__stage="advice").exists()

    monkeypatch.setattr("sessions.training.watch.EVERY_S", 0.0)
    with pytest.raises(actions.Interrupted):
        actions.train(run_id=run.pk, should_abort=in_the_last_training)
    work = WorkFolder(run.pk)
    kept = {path.name: path.read_bytes() for path in work.path.glob("checkpoints/*/*-of-5.pt")}
    assert len(kept) == 5
    first = (work.path / "engagement" / "weights.safetensors").read_bytes()
    real = learning.engagement.train_on

    def watched(*args: Any, watch: Callable[[int, int, str], None], **named: Any) -> Any:
        def tell(done: int, of: int, what: str) -> None:
            epochs.append(what)
            watch(done, of, what)

        return real(*args, watch=tell, **named)

    monkeypatch.setattr(learning.engagement, "train_on", watched)
    assert actions.train(run_id=run.pk) == RunState.DONE
    assert not [what for what in epochs if what.startswith(("fold", "training"))], "everything was there"
    version = ModelVersion.objects.get(run=run, kind=ModelKind.ENGAGEMENT)
    assert bytes(version.weights) == first
    assert np.isfinite(run.trial.get("seed", 0))
