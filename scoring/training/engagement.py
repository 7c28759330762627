"""A new engagement model from rated answers, judged on people it has not seen, against the one in use.

`evaluate` trains it once for each fold of people and compares both on the answers held out; `fit` trains it on all;
`write` writes model and card. `train_on` is the three in a row. All go on where they were killed, given `keep`.

Each training starts at the model that comes with Greenroom, never at the one in use: that may have learnt from the
very people who are held out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.engagement.network import CARD, About, Config, EngagementNetwork, default, save
from scoring.engagement.serving import of_features
from scoring.engagement.training import Settings, train
from scoring.interchange.reading import Dataset
from scoring.training import cards
from scoring.training.agreement import Ceiling, ceiling
from scoring.training.comparing import Figures, Interval, auroc_difference, is_better
from scoring.training.limits import LEAST_PEOPLE
from scoring.training.material import Counts, Material, TooLittle, gather
from scoring.training.threads import one_thread
from scoring.training.watching import Stage, Watch, ignore

Array = NDArray[np.float64]
Rows = NDArray[np.bool_]

NAME = "engagement"
FOLDS = 5
SETTINGS = Settings(epochs=60, rate=3e-4, pull=30.0)
"""Slow and short: with few ratings the network stays near the one that it started from."""

Model = tuple[EngagementNetwork, About]


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out on people held out. `new` and `incumbent` are of answers, `*_seconds` of their seconds.

    `abstained` answers have too little signal for any model, `undecided` ones raters who are split evenly, `seen` ones
    people from whom the incumbent learnt: the figures are of the others. `better` is by `comparing.is_better`.
    """

    version: str
    against: str
    counts: Counts
    levels: int
    folds: int
    seed: int
    new: Figures
    incumbent: Figures
    new_seconds: Figures
    incumbent_seconds: Figures
    difference: Interval
    better: bool
    ceiling: Ceiling
    abstained: int
    undecided: int
    seen: int
    simulated: bool
    source: str


@one_thread()
def train_on(
    dataset: Dataset,
    incumbent: Model,
    out: Path,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    seen: Collection[str] = (),
    keep: Path | None = None,
    watch: Watch = ignore,
) -> Trial:
    """Judge, train on all, and write model and card into `out`. Of `seen` people the incumbent knows the ratings.

    Raises:
        InterchangeError, TooLittle: the data are not in order, or not enough.
    """
    material = gather(dataset, watch)
    trial = evaluate(material, incumbent, folds=folds, seed=seed, seen=seen, keep=keep, watch=watch)
    network = fit(material, seed=seed, keep=keep, watch=Stage(watch, folds, folds + 1, "training on all"))
    write(network, trial, out)
    return trial


def evaluate(
    material: Material,
    incumbent: Model,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    seen: Collection[str] = (),
    settings: Settings = SETTINGS,
    keep: Path | None = None,
    watch: Watch = ignore,
) -> Trial:
    """Cross-validation by people: nobody is in training and test. `keep` is a folder for checkpoints.

    Raises:
        TooLittle: too few people for so many folds, or too few answers that can be judged.
    """
    fold = split(material, folds, seed)
    said = _Said(np.full(len(fold), np.nan), np.full(len(material.answer), np.nan))
    for number in range(folds):
        stage = Stage(watch, number, folds + 1, f"fold {number + 1} of {folds}")
        checkpoint = _checkpoint(keep, material, seed, f"{number}-of-{folds}")
        network = _trained(material, fold != number, replace(settings, seed=seed), checkpoint, stage)
        said.take(network, material, fold == number)
    known = said_by(incumbent[0], material)
    return _judged(material, incumbent[1], (said, known), np.isin(material.people, list(seen)), (folds, seed))


def fit(
    material: Material,
    *,
    seed: int = 0,
    settings: Settings = SETTINGS,
    keep: Path | None = None,
    watch: Stage | None = None,
) -> EngagementNetwork:
    """The network trained on all people. Raises TooLittle."""
    everybody = np.ones(len(material.high), dtype=bool)
    checkpoint, stage = (
        _checkpoint(keep, material, seed, "all"),
        watch or Stage(ignore, 0, 1, "training on all"),
    )
    return _trained(material, everybody, replace(settings, seed=seed), checkpoint, stage)


def write(network: EngagementNetwork, trial: Trial, folder: Path) -> About:
    """Weights, configuration and card. The figures are those of the trial."""
    figures = {name: getattr(trial.new, name) for name in Figures.__dataclass_fields__}
    trained_on = f"{trial.counts.ratings} ratings of {trial.counts.people} people: {trial.source}"
    about = About(NAME, trial.version, trained_on, figures, trial.simulated)
    save(network, about, folder)
    (folder / CARD).write_text(cards.engagement(trial, network), encoding="utf-8")
    return about


def split(material: Material, folds: int, seed: int) -> NDArray[np.intp]:
    """The fold (a,) of each answer; all answers of a person are in one.

    Raises:
        TooLittle: there are fewer people than folds.
        ValueError: fewer than two folds.
    """
    if folds < 2:
        raise ValueError("at least two folds are needed")
    people = len(material.people)
    if people < folds:
        raise TooLittle(f"{people} people cannot be shared out to {folds} folds.")
    fold: NDArray[np.intp] = np.random.default_rng(seed).permutation(people)[material.person] % folds
    return fold


class _Said:
    """Probabilities of answers (a,) and of their seconds (n,); NaN where a model abstains or was not asked."""

    def __init__(self, answers: Array, seconds: Array) -> None:
        self.answers, self.seconds = answers, seconds

    def take(self, network: EngagementNetwork, material: Material, held: Rows) -> None:
        """Ask the network for the answers `held` (a,)."""
        for answer in np.flatnonzero(held).tolist():
            found = of_features(network, material.features_of(answer))
            self.answers[answer] = np.nan if found.whole is None else found.whole
            self.seconds[material.answer == answer] = found.seconds


def said_by(network: EngagementNetwork, material: Material) -> _Said:
    """What a network says of everything."""
    said = _Said(np.full(len(material.high), np.nan), np.full(len(material.answer), np.nan))
    said.take(network, material, np.ones(len(material.high), dtype=bool))
    return said


def _trained(
    material: Material, answers: Rows, settings: Settings, checkpoint: Path | None, stage: Stage
) -> EngagementNetwork:
    start = default()[0]
    try:
        return train(
            material.of_answers(answers),
            config=Config(hidden=start.config.hidden, levels=material.levels),
            settings=settings,
            start=start,
            checkpoint=checkpoint,
            report=stage,
        )
    except ValueError as error:
        raise TooLittle(f"One part of the people is not enough to train on: {error}.") from error


def _judged(
    material: Material, against: About, said: tuple[_Said, _Said], seen: Rows, how: tuple[int, int]
) -> Trial:
    new, old = said
    seen_answers = seen[material.person]
    judged = np.isfinite(new.answers) & np.isfinite(old.answers) & ~seen_answers
    sided = judged & material.decided
    _refuse_too_few(material, sided)
    seconds = np.isfinite(new.seconds) & np.isfinite(old.seconds) & ~seen_answers[material.answer]
    figures = [Figures.of(one.answers[judged], material.high[judged]) for one in said]
    of_seconds = [Figures.of(one.seconds[seconds], material.rated.high[seconds]) for one in said]
    sides = (material.high[sided] > 0.5).astype(np.float64)
    folds, seed = how
    difference = auroc_difference(
        *(new.answers[sided], old.answers[sided], sides), person=material.person[sided], seed=seed
    )
    return Trial(
        version=f"{NAME}-{digest(material, seed)[:10]}",
        against=against.version,
        counts=material.counts,
        levels=material.levels,
        folds=folds,
        seed=seed,
        new=figures[0],
        incumbent=figures[1],
        new_seconds=of_seconds[0],
        incumbent_seconds=of_seconds[1],
        difference=difference,
        better=is_better(difference, figures[0], figures[1]),
        ceiling=ceiling(material),
        abstained=int((~np.isfinite(new.answers)).sum()),
        undecided=int((~material.decided).sum()),
        seen=int(seen_answers.sum()),
        simulated=material.simulated,
        source=material.source,
    )


def _refuse_too_few(material: Material, judged: Rows) -> None:
    people = len(np.unique(material.person[judged]))
    if people < LEAST_PEOPLE:
        raise TooLittle(f"Only {people} people have answers to judge by; at least {LEAST_PEOPLE} are needed.")
    if len(np.unique(material.high[judged] > 0.5)) < 2:
        raise TooLittle("All answers that can be judged are on the same side.")


def digest(material: Material, seed: int) -> str:
    """The same for the same ratings, features, seed and start: names the version, and the checkpoints."""
    rated, found = material.rated, hashlib.sha256(f"{seed} {default()[1].version}".encode())
    for part in (rated.features, rated.targets, rated.weight, rated.person):
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def _checkpoint(keep: Path | None, material: Material, seed: int, name: str) -> Path | None:
    if keep is None:
        return None
    folder = keep / digest(material, seed)[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.pt"
