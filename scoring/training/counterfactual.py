"""The advice generator for an engagement model: trained against it, judged on people that it has not seen.

Ratings are not needed: it is the classifier that is explained, on the features of every answer. `train_on` judges a
generator trained on most people by the others, trains one on all, and writes it with its card.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from scoring.advice.schema import interview_schema
from scoring.counterfactuals import files
from scoring.counterfactuals.explain import MOST_CHANGES, Counterfactuals, Explainer
from scoring.counterfactuals.schema import Schema
from scoring.counterfactuals.training import Settings, Turner, train
from scoring.engagement.features import FEATURES
from scoring.engagement.network import CARD, About, EngagementNetwork
from scoring.engagement.serving import enough_signal
from scoring.engagement.training import split_people
from scoring.interchange.reading import Dataset
from scoring.training import cards
from scoring.training.limits import LEAST_PEOPLE
from scoring.training.material import TooLittle
from scoring.training.threads import one_thread
from scoring.training.watching import Stage, Watch, ignore

Array = NDArray[np.float64]

NAME = "advice"
HELD_OUT = 0.25
MOST_SECONDS = 200_000
MOST_JUDGED = 5_000
NEIGHBOURS = 5
SETTINGS = Settings(steps=400)
"""On 300 simulated answers, 200 to 800 steps turn the same share of verdicts, as plausibly; 400 take half a minute."""

Model = tuple[EngagementNetwork, About]


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """Seconds with enough signal: features (n, 18), person (n,) numbers. `people` is how many there are."""

    features: Array
    person: NDArray[np.intp]
    people: int
    answers: int
    simulated: bool
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of counterfactuals of low seconds of people held out; nan where there is none.

    `valid` is the share whose verdict turns, `valid_shown` with at most two changes. `changed` is the median number of
    features, `way` the mean distance in training spreads (L1). `plausibility` is the mean distance to the nearest real
    high seconds over that of real high seconds: 1 is as plausible as real. The last three count what must not happen.
    """

    seconds: int
    valid: float
    valid_shown: float
    changed: float
    way: float
    plausibility: float
    frozen_moved: int
    out_of_range: int
    wrong_sign: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out on people held out."""

    version: str
    classifier: str
    people: int
    answers: int
    seconds: int
    held_out: int
    seed: int
    figures: Figures
    simulated: bool
    source: str


@one_thread()
def train_on(
    dataset: Dataset,
    classifier: Model,
    out: Path,
    *,
    seed: int = 0,
    settings: Settings = SETTINGS,
    keep: Path | None = None,
    watch: Watch = ignore,
) -> Trial:
    """Judge, train on all, write weights, configuration and card into `out`.

    Raises:
        InterchangeError, TooLittle: the data are not in order, or not enough.
    """
    behaviour = gather(dataset, seed, watch)
    how = replace(settings, seed=seed)
    trial = evaluate(
        behaviour, classifier, settings=how, keep=keep, watch=Stage(watch, 0, 2, "people held out")
    )
    checkpoint = _checkpoint(keep, behaviour, classifier, how, "all")
    turner = _trained(
        behaviour.features, classifier[0], how, checkpoint, Stage(watch, 1, 2, "training on all")
    )
    write(turner, trial, out)
    return trial


def gather(dataset: Dataset, seed: int = 0, watch: Watch = ignore) -> Behaviour:
    """The seconds of all answers in which the classifier does not abstain, at most `MOST_SECONDS` drawn at random.

    Raises:
        InterchangeError: a file of features is not in the format.
        TooLittle: there are fewer than `LEAST_PEOPLE` people.
    """
    features, people = [], []
    for number, answer in enumerate(dataset.answers):
        watch(number, len(dataset.answers), "reading")
        found = dataset.moments(answer).features
        features.append(found[enough_signal(found, FEATURES)])
        people.extend([dataset.person_of(answer)] * len(features[-1]))
    names, person = np.unique(np.array(people, dtype=np.str_), return_inverse=True)
    if len(names) < LEAST_PEOPLE:
        raise TooLittle(f"{len(names)} people show enough; at least {LEAST_PEOPLE} are needed.")
    rows = np.random.default_rng(seed).permutation(len(person))[:MOST_SECONDS]
    about = dataset.about
    return Behaviour(
        *(np.concatenate(features)[rows], person[rows], len(names), len(dataset.answers)),
        *(about.simulated, about.source),
    )


def evaluate(
    behaviour: Behaviour,
    classifier: Model,
    *,
    settings: Settings,
    keep: Path | None = None,
    watch: Stage | None = None,
) -> Trial:
    """Train on three quarters of the people, ask for the others. Raises TooLittle."""
    held = split_people(behaviour.person, HELD_OUT, settings.seed)
    turner = _trained(
        *(behaviour.features[~held], classifier[0], settings),
        *(_checkpoint(keep, behaviour, classifier, settings, "held-out"), watch),
    )
    return Trial(
        version=f"{NAME}-{digest(behaviour, classifier, settings)[:10]}",
        classifier=classifier[1].version,
        people=behaviour.people,
        answers=behaviour.answers,
        seconds=len(behaviour.features),
        held_out=len(np.unique(behaviour.person[held])),
        seed=settings.seed,
        figures=figures(turner, classifier[0], _tensor(behaviour.features[held][:MOST_JUDGED])),
        simulated=behaviour.simulated,
        source=behaviour.source,
    )


def write(turner: Turner, trial: Trial, folder: Path) -> files.About:
    """Weights, configuration and card. The figures are those of the trial."""
    trained_on = f"{trial.seconds} seconds of {trial.people} people: {trial.source}"
    found = {name: float(value) for name, value in asdict(trial.figures).items() if np.isfinite(value)}
    about = files.About(NAME, trial.version, trained_on, trial.classifier, found)
    files.save(turner, about, folder)
    (folder / CARD).write_text(cards.counterfactual(trial), encoding="utf-8")
    return about


@torch.no_grad()
def figures(turner: Turner, classifier: EngagementNetwork, features: Tensor) -> Figures:
    """Of the counterfactuals of those features (n, k) that the classifier calls low."""
    verdict = classifier(features) >= 0
    low, high = features[~verdict], features[verdict]
    found = Explainer(turner, classifier).explain(low)
    valid, count = found.valid, (found.after != low).logical_and(torch.isfinite(low)).sum(dim=1)
    way = ((found.after - low) / turner.scale.spread).nan_to_num().abs().sum(dim=1)
    return Figures(
        seconds=len(low),
        valid=_mean(valid),
        valid_shown=_mean(valid & (count <= MOST_CHANGES)),
        changed=float(count[valid].median()) if valid.any() else float("nan"),
        way=_mean(way[valid]),
        plausibility=_plausibility(found.after[valid], high, turner),
        **_violations(found, low, turner.schema),
    )


def _violations(found: Counterfactuals, low: Tensor, schema: Schema) -> dict[str, int]:
    after, moved = found.after, (found.after != low) & torch.isfinite(low)
    outside = moved & ((after < torch.minimum(schema.low, low)) | (after > torch.maximum(schema.high, low)))
    wrong = moved & (((after > low) & ~schema.may_rise) | ((after < low) & ~schema.may_fall))
    return {
        "frozen_moved": int((moved & ~schema.movable).sum()),
        "out_of_range": int(outside.sum()),
        "wrong_sign": int(wrong.sum()),
    }


def _plausibility(made: Tensor, high: Tensor, turner: Turner) -> float:
    """Half of the real high samples are the reference, the other half the measure."""
    reference, others = high[::2], high[1::2]
    if not len(made) or len(reference) < NEIGHBOURS or not len(others):
        return float("nan")
    near = [_distance(part, reference, turner) for part in (made, others)]
    return near[0] / near[1] if near[1] > 0 else float("nan")


def _distance(samples: Tensor, reference: Tensor, turner: Turner) -> float:
    """Mean distance to the nearest `NEIGHBOURS`, in spreads; what is absent counts as average."""
    apart = torch.cdist(turner.scale.into(samples)[0], turner.scale.into(reference)[0])
    return float(apart.topk(NEIGHBOURS, largest=False).values.mean())


def _trained(
    features: Array,
    classifier: EngagementNetwork,
    settings: Settings,
    checkpoint: Path | None,
    watch: Stage | None,
) -> Turner:
    try:
        return train(
            *(classifier, _tensor(features), interview_schema()),
            settings=settings,
            checkpoint=checkpoint,
            report=watch or Stage(ignore, 0, 1, "training"),
        )
    except ValueError as error:
        raise TooLittle(f"There is nothing to advise: {error}.") from error


def digest(behaviour: Behaviour, classifier: Model, settings: Settings) -> str:
    """The same for the same behaviour, classifier and settings: names the version, and the checkpoints."""
    found = hashlib.sha256(f"{classifier[1].version} {settings}".encode())
    for part in (behaviour.features, behaviour.person):
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def _checkpoint(
    keep: Path | None, behaviour: Behaviour, classifier: Model, settings: Settings, name: str
) -> Path | None:
    if keep is None:
        return None
    folder = keep / digest(behaviour, classifier, settings)[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.pt"


def _tensor(features: Array) -> Tensor:
    return torch.as_tensor(features, dtype=torch.float32)


def _mean(values: Tensor) -> float:
    return float(values.float().mean()) if len(values) else float("nan")
