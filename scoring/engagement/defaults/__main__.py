"""`python -m scoring.engagement.defaults [--out FOLDER]`: train the default model on simulated people, write its card.

Takes about a minute on one core. The same versions of torch and NumPy on the same kind of processor give the same
weights; elsewhere the last digits differ.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from scoring.engagement.network import CARD, DEFAULTS, About, Config, EngagementNetwork, save
from scoring.engagement.serving import MOST_ABSENT
from scoring.engagement.training import Rated, Settings, figures, probabilities, train
from scoring.metrics import binary
from scoring.simulation.bayes import probability_of_high_given
from scoring.simulation.dataset import VERSION, Dataset, simulate

NAME, MODEL_VERSION = "engagement", "engagement-sim-1"
PEOPLE, ANSWERS, SECONDS = 12_000, 5, 15
OTHERS = 2_000
TRAINING_SEED, TEST_SEED = 1, 2
CONFIG = Config(hidden=64)
SETTINGS = Settings(seed=0, epochs=40, batch=4096, rate=2e-3)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scoring.engagement.defaults", description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULTS, help="default: where the default model lies")
    folder = parser.parse_args(argv).out
    torch.set_num_threads(1)
    network = train(
        rated(simulate(seed=TRAINING_SEED, people=PEOPLE, **_EACH)), config=CONFIG, settings=SETTINGS
    )
    others = simulate(seed=TEST_SEED, people=OTHERS, **_EACH)
    found = beside_bayes(network, others)
    trained_on = f"{PEOPLE} simulated people (simulator {VERSION}, seed {TRAINING_SEED})"
    save(network, About(NAME, MODEL_VERSION, trained_on, found, simulated=True), folder)
    (folder / CARD).write_text(card(network, found, others), encoding="utf-8")
    print("\n".join(f"{name:<12} {value:.4f}" for name, value in found.items()))
    return 0


_EACH = {"answers": ANSWERS, "seconds": SECONDS}


def rated(people: Dataset) -> Rated:
    return Rated(people.features, people.high, people.person)


def beside_bayes(network: EngagementNetwork, people: Dataset) -> dict[str, float]:
    """The network's figures, the best possible AUROC, and how much of the way from 1/2 to there it goes."""
    best = binary.auroc(probability_of_high_given(people.features), people.high)
    found = figures(network, rated(people))
    return {**found, "bayes_auroc": best, "auroc_share": (found["auroc"] - 0.5) / (best - 0.5)}


def card(network: EngagementNetwork, found: dict[str, float], others: Dataset) -> str:
    return TEXT.format(
        **found,
        version=MODEL_VERSION,
        hidden=CONFIG.hidden,
        people=f"{PEOPLE:,}",
        moments=f"{PEOPLE * ANSWERS * SECONDS:,}",
        others=f"{OTHERS:,}",
        temperature=float(network.temperature),
        most_absent=MOST_ABSENT,
        pictures="\n".join(_rows(network, others)),
        simulator=VERSION,
        seeds=f"{TRAINING_SEED} (people), {SETTINGS.seed} (network), {TEST_SEED} (people of the figures)",
    )


def _rows(network: EngagementNetwork, people: Dataset) -> Iterator[str]:
    """The card's table by what the camera and the microphone lost."""
    absent = np.isnan(people.features).sum(axis=1)
    cases = (
        ("nothing", 0, 0),
        ("1 to 4 features", 1, 4),
        ("5 to 10 features", 5, 10),
        ("more (abstains)", 11, 18),
    )
    for name, least, most in cases:
        rows = (absent >= least) & (absent <= most)
        high, features = people.high[rows], people.features[rows]
        own, best = probabilities(network, features), probability_of_high_given(features)
        figure = (
            binary.auroc(own, high),
            binary.auroc(best, high),
            binary.expected_calibration_error(own, high),
        )
        yield f"| {name} | {rows.mean():.0%} | " + " | ".join(f"{value:.3f}" for value in figure) + " |"


TEXT = """# Model card: {version}

**Trained on simulated people.** Nobody real is in it, and no figure below says how it does on real people. It is here
so that everything that is built on such a model works from the first day; an institution's own ratings train its own
model (docs/interchange.md), which replaces this one where it is better.

**What it says.** The probability that listeners rate one second of an answer as engaged ("high"), from the 18
features of GANterfactual (figure 4; units in docs/cues.md). It is called "estimated listener rating: engagement" and
shown to the learner alone. It says nothing of what a person feels or is, and nothing about the words. It is not for
grading, selecting or comparing people.

**Data.** {people} simulated people, {moments} seconds, each rated by eight simulated listeners; simulator
version {simulator}. Its assumptions and their reasons: scoring/simulation/CARD.md. Label: the mean of the eight
ratings is above the middle.

**Model.** Two dense layers of {hidden}, features standardised, absent ones marked as such; AdamW, stopped early on
people held out; temperature {temperature:.2f} fitted on the same. Remake: `python -m scoring.engagement.defaults`.
Seeds: {seeds}.

**Figures** on {others} other simulated people, per second. Bayes is the best that any model of single seconds can
reach, known from the simulator.

| accuracy | F1 | AUROC | Bayes AUROC | share of the way from .5 to Bayes | calibration error (15 bins) | Brier |
|---|---|---|---|---|---|---|
| {accuracy:.3f} | {f1:.3f} | {auroc:.4f} | {bayes_auroc:.4f} | {auroc_share:.3f} | {ece:.4f} | {brier:.4f} |

| absent | share of seconds | AUROC | Bayes AUROC | calibration error |
|---|---|---|---|---|
{pictures}

**When it abstains.** For a second with more than {most_absent} of the 18 features absent, without any of gaze, head
activity and valence, or without the voice. For an answer with less than half of its seconds estimated. Features that
the learner has switched off count as absent. The estimate of an answer is the mean of its seconds: the expected share
of seconds that listeners rate high.

**Known faults.** One second at a time: it does not know what came before. It has learnt the simulator's effects,
which are our own choices; how listeners weigh behaviour differs between cultures and jobs, and behaviour means
something else with many disabilities. It has never seen sitting in a wheelchair, sign language, tics, a stammer, a
face that moves little. The accommodation profile leaves features out; an institution can switch the model off
altogether. Groups of people do not exist in the simulator, so that no figure by group can be given.
"""


if __name__ == "__main__":
    sys.exit(main())
