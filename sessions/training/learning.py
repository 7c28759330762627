"""The training itself: `scoring.training` on the run's work folder, for a run of the institution. Needs torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import structlog
import torch

from accounts.models import ModelKind
from scoring.engagement.network import CARD, CONFIG, WEIGHTS, About, load
from scoring.interchange.errors import InterchangeError
from scoring.interchange.reading import Dataset, read
from scoring.models import ModelVersion, TrainingRun
from scoring.registry import files
from scoring.registry.actions import Trained
from scoring.training import counterfactual, engagement
from scoring.training.engagement import Model, Trial
from scoring.training.material import TooLittle
from sessions.training.folder import Plan, WorkFolder
from sessions.training.keeping import Learned, Unusable
from sessions.training.watch import Watch

log = structlog.get_logger(__name__)

ENGAGEMENT, ADVICE, CHECKPOINTS = "engagement", "advice", "checkpoints"
ADVICE_SETTINGS = counterfactual.SETTINGS
"""How long and how fast the advice is trained."""


def learn(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
    """A model of engagement, compared with the one in use, and the advice against it where there is any to give.

    Raises Unusable; whatever `watch` raises.
    """
    # The networks are small, and the other cores are for analyses.
    torch.set_num_threads(1)
    try:
        dataset = read(work.data)
        trial = _engagement(run, dataset, plan, watch, work)
        advice = _advice(dataset, watch, work)
    except InterchangeError as error:
        log.error("export_unreadable", run=str(run.pk), problem=str(error))
        raise Unusable("unreadable") from error
    except TooLittle as error:
        log.info("too_little_to_train_on", run=str(run.pk), problem=str(error))
        raise Unusable("too_little") from error
    models = [_trained(ModelKind.ENGAGEMENT, work.path / ENGAGEMENT, trial)]
    if advice is not None:
        models.append(_trained(ModelKind.ADVICE, work.path / ADVICE, trial, against=trial.version))
    return Learned(
        models=models,
        data=asdict(trial.counts) | {"levels": trial.levels, "simulated": trial.simulated},
        trial=_stored(trial, advice),
        better=trial.better,
    )


def _engagement(run: TrainingRun, dataset: Dataset, plan: Plan, watch: Watch, work: WorkFolder) -> Trial:
    return engagement.train_on(
        dataset,
        _incumbent(run, plan),
        work.path / ENGAGEMENT,
        seen=plan.seen,
        keep=work.path / CHECKPOINTS,
        watch=_telling(watch, {"reading": "data", "fold": "comparison", "training on all": "engagement"}),
    )


def _advice(dataset: Dataset, watch: Watch, work: WorkFolder) -> counterfactual.Trial | None:
    """None where the new model calls nearly everything high, or low: then there is nothing to turn."""
    try:
        return counterfactual.train_on(
            dataset,
            load(work.path / ENGAGEMENT),
            work.path / ADVICE,
            settings=ADVICE_SETTINGS,
            keep=work.path / CHECKPOINTS,
            watch=_telling(watch, {"reading": "engagement"}),
        )
    except TooLittle as error:
        log.info("no_advice_to_train", problem=str(error))
        return None


def _incumbent(run: TrainingRun, plan: Plan) -> Model:
    """The model that was in use when this training began; Unusable where its files are gone."""
    version = ModelVersion.objects.filter(name=plan.against).first()
    if version is None or version.institution_id not in (None, run.institution_id):
        raise Unusable("no_model")
    try:
        network = files.engagement(version)
    except files.NoWeights as error:
        raise Unusable("no_model") from error
    about = About(ENGAGEMENT, version.name, version.trained_on, simulated=version.simulated)
    return network, about


def _telling(watch: Watch, stages: Mapping[str, str]) -> Callable[[int, int, str], None]:
    """What `scoring.training` reports of one model, as stages of the whole work; `stages` by how its words begin."""

    def tell(done: int, of: int, what: str) -> None:
        stage = next((stage for word, stage in stages.items() if what.startswith(word)), "advice")
        watch.report(stage, done / max(of, 1))

    return tell


def _trained(kind: ModelKind, folder: Path, trial: Trial, *, against: str = "") -> Trained:
    """What lies in the folder, as the registry keeps it."""
    config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    about = config["about"]
    return Trained(
        kind=kind,
        name=about["version"],
        trained_on=about["trained_on"][:200],
        figures=about["figures"],
        config=config,
        card=(folder / CARD).read_text(encoding="utf-8"),
        weights=(folder / WEIGHTS).read_bytes(),
        against=against,
        simulated=trial.simulated,
    )


def _stored(trial: Trial, advice: counterfactual.Trial | None) -> dict[str, Any]:
    """The comparison as the run keeps it: figures, and nobody's answer. A figure that there is not is None."""
    parts = ("new", "incumbent", "difference", "ceiling")
    plain = ("version", "against", "folds", "seed", "abstained", "undecided", "seen")
    found: dict[str, Any] = {name: asdict(getattr(trial, name)) for name in parts}
    found |= {name: getattr(trial, name) for name in plain}
    measured = asdict(advice.figures) if advice else {}
    found["advice"] = {name: value if isfinite(value) else None for name, value in measured.items()}
    return found
