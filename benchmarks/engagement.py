"""The engagement network on simulated people held out: beside the best possible, and beside its peers.

The same people train and judge every method, with several seeds; the figures are means over them. Bayes is known from
the simulator: `auroc_share` is how much of the way from 0.5 to Bayes a method goes. The model that comes along is
judged on the same people. Then the counterfactual core and its peers run on two public tables, as in `counterfactual`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.support import peers_classifiers
from scoring.engagement.defaults.__main__ import CONFIG, rated
from scoring.engagement.network import default
from scoring.engagement.training import Rated, Settings, probabilities, train
from scoring.metrics import binary
from scoring.simulation.bayes import probability_of_high_given
from scoring.simulation.dataset import simulate

Array = NDArray[np.float64]
Figures = dict[str, float]

SEEDS = (11, 12)
PEOPLE, OTHERS, ANSWERS, SECONDS = 1500, 1000, 5, 10
NETWORK, SHIPPED = "network", "shipped model"
AIMS = {"auroc_share": 0.95, "ece": 0.03}


def main(argv: Sequence[str] | None = None) -> int:
    wanted = _arguments(argv)
    # One thread for the networks, as wherever they are trained.
    torch.set_num_threads(1)
    runs = []
    for seed in wanted.seeds:
        runs.append(one_seed(seed, wanted.people))
        shares = (f"{name} {found['auroc_share']:.4f}" for name, found in runs[-1].items())
        print(f"seed {seed}, share of the way to Bayes: {', '.join(shares)}", file=sys.stderr)
    methods = mean_over_seeds(runs)
    found: dict[str, Any] = {**methods[NETWORK], "seeds": list(wanted.seeds), "people": wanted.people}
    found["peers"] = {name: methods[name] for name in (SHIPPED, *peers_classifiers.PEERS)}
    found["aims"] = aims(methods)
    if not wanted.json:
        _print(methods, found["aims"])
    if not wanted.without_tables:
        found["tables"] = _tables(wanted.slow, silent=wanted.json)
    if wanted.json:
        print(json.dumps(found))
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.engagement", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="default: %(default)s")
    parser.add_argument("--people", type=int, default=PEOPLE, help="to train on (default: %(default)s)")
    parser.add_argument(
        "--slow", type=int, default=60, help="samples of the tables for DiCE (default: %(default)s)"
    )
    parser.add_argument("--without-tables", action="store_true", help="leave out the public tables")
    return parser.parse_args(argv)


def one_seed(seed: int, people: int) -> dict[str, Figures]:
    """Every method's figures on the same people held out."""
    learn = rated(simulate(seed=seed, people=people, answers=ANSWERS, seconds=SECONDS))
    others = simulate(seed=1000 + seed, people=OTHERS, answers=ANSWERS, seconds=SECONDS)
    best = binary.auroc(probability_of_high_given(others.features), others.high)
    methods: dict[str, Callable[[], Array]] = {
        NETWORK: lambda: probabilities(_network(learn, seed), others.features),
        SHIPPED: lambda: probabilities(default()[0], others.features),
    }
    found = {name: figures(said(), others.high, best) for name, said in methods.items()}
    for name in peers_classifiers.PEERS:
        said, chosen = peers_classifiers.probabilities(name, learn, others.features, seed)
        found[name] = figures(said, others.high, best) | {"setting": chosen}
    return found


def _network(learn: Rated, seed: int) -> Any:
    return train(learn, config=CONFIG, settings=Settings(seed=seed, batch=1024))


def figures(probability: Array, high: Array, best: float) -> Figures:
    """Of probabilities (n,) of seconds; `best` is Bayes' AUROC on the same."""
    area = binary.auroc(probability, high)
    return {
        "accuracy": binary.accuracy(probability, high),
        "f1": binary.f1(probability, high),
        "auroc": area,
        "bayes_auroc": best,
        "auroc_share": (area - 0.5) / (best - 0.5),
        "ece": binary.expected_calibration_error(probability, high),
        "brier": binary.brier(probability, high),
    }


def mean_over_seeds(runs: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """Each method's mean of each figure."""
    return {
        method: {name: float(np.mean([run[method][name] for run in runs])) for name in figures_of}
        for method, figures_of in runs[0].items()
    }


def aims(methods: Mapping[str, Figures]) -> dict[str, Any]:
    """What was aimed at, by how much the best peer is passed, and whether each aim is met."""
    own = methods[NETWORK]
    best = max(peers_classifiers.PEERS, key=lambda name: methods[name]["auroc_share"])
    ratio = own["auroc_share"] / methods[best]["auroc_share"]
    return {
        "best_peer": best,
        "auroc_share_over_best_peer": ratio,
        "auroc_share_at_least_0.95": own["auroc_share"] >= AIMS["auroc_share"],
        "above_every_peer": ratio > 1,
        "ece_at_most_0.03": own["ece"] <= AIMS["ece"],
    }


def _tables(slow: int, *, silent: bool) -> Any:
    from benchmarks import counterfactual

    found = counterfactual.public_tables(slow)
    if not silent:
        print(json.dumps(found, indent=2))
    return found


def _print(methods: Mapping[str, Figures], met: Mapping[str, Any]) -> None:
    columns = ("accuracy", "f1", "auroc", "bayes_auroc", "auroc_share", "ece", "brier")
    print(f"{'per second, people held out':<30}" + "".join(f"{column:>13}" for column in columns))
    for name, found in methods.items():
        print(f"{name:<30}" + "".join(f"{found[column]:13.4f}" for column in columns))
    for name, value in met.items():
        print(f"  {name:<30} {value:.4f}" if isinstance(value, float) else f"  {name:<30} {value}")


if __name__ == "__main__":
    sys.exit(main())
