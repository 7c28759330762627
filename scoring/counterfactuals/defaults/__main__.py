"""`python -m scoring.counterfactuals.defaults [--out FOLDER]`: train the default generator, write its card.

It learns to turn the verdicts of the default engagement model on simulated people, and must be remade when that changes
(a test says so). Takes some minutes on one core. The same versions of torch and NumPy on the same kind of processor
give the same weights; elsewhere the last digits differ.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from scoring.advice.schema import interview_schema
from scoring.counterfactuals.explain import MOST_CHANGES, Explainer
from scoring.counterfactuals.files import CARD, DEFAULTS, About, save
from scoring.counterfactuals.network import Config
from scoring.counterfactuals.training import Classifier, Settings, Turner, train
from scoring.engagement import network
from scoring.engagement.serving import enough_signal
from scoring.simulation.dataset import VERSION, simulate

NAME, MODEL_VERSION = "advice", "advice-sim-1"
PEOPLE, ANSWERS, SECONDS = 3000, 3, 10
OTHERS = 500
TRAINING_SEED, TEST_SEED = 21, 22
CONFIG = Config()
SETTINGS = Settings(seed=0, steps=1500)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scoring.counterfactuals.defaults", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=DEFAULTS, help="default: where the default generator lies"
    )
    folder = parser.parse_args(argv).out
    torch.set_num_threads(1)
    classifier, about = network.default()
    turner = train(
        *(classifier, seconds(TRAINING_SEED, PEOPLE), interview_schema()),
        config=CONFIG,
        settings=SETTINGS,
        report=say,
    )
    others = seconds(TEST_SEED, OTHERS)
    judged = torch.as_tensor(enough_signal(others.double().numpy(), network.FEATURES))
    found = figures(turner, classifier, others[judged])
    trained_on = f"{PEOPLE} simulated people (simulator {VERSION}, seed {TRAINING_SEED})"
    save(turner, About(NAME, MODEL_VERSION, trained_on, about.version, found), folder)
    (folder / CARD).write_text(card(about.version, found), encoding="utf-8")
    print("\n".join(f"{name:<26} {value:.4f}" for name, value in found.items()))
    return 0


def say(done: int, of: int) -> None:
    print(f"\r{done} of {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)


def seconds(seed: int, people: int) -> Tensor:
    """Seconds (n, 18) of simulated people, NaN where absent."""
    features = simulate(seed=seed, people=people, answers=ANSWERS, seconds=SECONDS).features
    return torch.as_tensor(features, dtype=torch.float32)


def figures(turner: Turner, classifier: Classifier, features: Tensor) -> dict[str, float]:
    """What comes of the seconds (n, 18) that the classifier calls low."""
    with torch.no_grad():
        low = features[classifier(features) < 0]
        found = Explainer(turner, classifier).explain(low)
        proposed = classifier(found.proposed) >= 0
    way = ((found.after - low) / turner.scale.spread).nan_to_num().abs().sum(dim=1)
    changed = found.changed.sum(dim=1)
    return {
        "validity": float(found.valid.float().mean()),
        "features_changed_median": float(changed.float().median()),
        "turned_by_two": float((found.valid & (changed <= MOST_CHANGES)).float().mean()),
        "l1_sd": float(way.mean()),
        "proposal_validity": float(proposed.float().mean()),
    }


def card(classifier: str, found: dict[str, float]) -> str:
    return TEXT.format(
        **found,
        version=MODEL_VERSION,
        classifier=classifier,
        people=f"{PEOPLE:,}",
        moments=f"{PEOPLE * ANSWERS * SECONDS:,}",
        others=f"{OTHERS:,}",
        hidden=CONFIG.hidden,
        blocks=CONFIG.blocks,
        steps=f"{SETTINGS.steps:,}",
        simulator=VERSION,
        seeds=f"{TRAINING_SEED} (people), {SETTINGS.seed} (networks), {TEST_SEED} (people of the figures)",
    )


TEXT = """# Model card: {version}

**Trained on simulated people.** Nobody real is in it, and no figure below says whether its advice helps a real
person. Drills measure that, one person at a time. An institution's own ratings train its own model
(docs/interchange.md).

**What it says.** With which changes of behaviour the engagement model ({classifier}) would have called a second
"high" that it called "low". From that comes advice to the learner alone: never more than two changes, of the
twelve features that a coach may speak of, in the direction and range that a coach may name
(docs/decisions/0010-what-a-coach-may-advise.md). It explains a model; it does not know what a listener thinks, and
a change that turns a model's verdict is no promise.

**Data.** {people} simulated people, {moments} seconds; simulator
version {simulator} (assumptions: scoring/simulation/CARD.md). The classes are the engagement model's verdicts.

**Method.** GANterfactual with dense blocks (section 3.3): two generators of {blocks} blocks of {hidden}, two
discriminators, the frozen engagement model; {steps} steps; losses and settings in `training.py`. What is frozen or
absent cannot move, whatever is asked. A proposal goes to the middle of the high samples and no further. It is
taken apart into moves, and the fewest and most plausible that turn the verdict are kept (`explain.py`). The file
holds the mean, covariance and middle of the high samples, and nobody's seconds. Remake: `python -m
scoring.counterfactuals.defaults`. Seeds: {seeds}.

**Figures** on the low seconds of {others} other simulated people; seconds on which the engagement model abstains are
left out.

| verdict turned | by two changes | changes (median) | way (L1, in spreads) | verdict turned by the whole proposal |
|---|---|---|---|---|
| {validity:.3f} | {turned_by_two:.3f} | {features_changed_median:.0f} | {l1_sd:.2f} | {proposal_validity:.3f} |

Plausibility, agreement with LIME, time and the same for six other methods: `./dev bench counterfactual`.

**Known faults.** One second at a time. It takes over every fault of the engagement model and of the simulator:
advice is what these two make of behaviour, and culture, job and disability change what behaviour means. Where two
changes do not turn the verdict, what is shown is only how far two would get. Whether somebody is able to make a
change it does not know: the accommodation profile and the learner's own choice freeze features, and the advice
then does without. What is typical is one normal distribution; somebody whose own way is far from it is moved
towards the many.
"""


if __name__ == "__main__":
    sys.exit(main())
