"""Counterfactual advice against its peers: simulated people held out, and two public tables, in one run.

Every method gets the same classifier and the same samples that it calls low; slow methods take the first of them (`n`
says how many). Times are those of the processor, on one thread, so that a busy machine counts for nobody. What is
measured is in `support/peers_figures.py`, the peers in `support/peers_*.py`; DiCE is installed into `var/benchmarks`
when it is missing. Figures of the core come first, then which aims are met.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch import Tensor

from benchmarks.support import lime, peers_dice, peers_methods
from benchmarks.support.peers_figures import Plausibility, figures
from benchmarks.support.peers_tables import PUBLIC, Recipe, Table, interviews, public
from scoring.counterfactuals.explain import Explainer
from scoring.counterfactuals.network import Config
from scoring.counterfactuals.training import Settings

Method = Callable[[Tensor], tuple[Tensor, float]]
"""Counterfactuals of samples (n, k), and the seconds that they took."""
Figures = dict[str, float]

RUNS = 3
"""Of what is quick enough to be repeated; the quickest counts."""

MIDDLE = 500
"""Samples that are explained where a method takes milliseconds for each, and for LIME."""

PLAIN = Recipe(Config(), Settings(steps=1500))
"""Of the plain CycleGAN on interviews."""


def main(argv: Sequence[str] | None = None) -> int:
    wanted = _arguments(argv)
    # One thread for everybody: networks this small have nothing to share out.
    torch.set_num_threads(1)
    threadpool_limits(1)
    plain = replace(PLAIN, settings=replace(PLAIN.settings, steps=wanted.plain_steps))
    try:
        found = people(wanted.samples, wanted.slow, plain)
        found["tables"] = public_tables(wanted.slow)
    except peers_dice.NoDice as problem:
        sys.exit(str(problem))
    if wanted.json:
        print(json.dumps(found))
    else:
        _print(found)
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.counterfactual", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--samples", type=int, default=2000, help="to be explained (default: %(default)s)")
    parser.add_argument("--slow", type=int, default=60, help="of them for DiCE (default: %(default)s)")
    steps = PLAIN.settings.steps
    parser.add_argument(
        "--plain-steps", type=int, default=steps, help="of the plain CycleGAN (default: %(default)s)"
    )
    return parser.parse_args(argv)


def people(samples: int, slow: int, plain: Recipe = PLAIN) -> dict[str, Any]:
    """The core's figures on simulated interviews, those of its peers, and both against the aims."""
    table = interviews(samples)
    explainer = Explainer(table.turner, table.classifier)
    methods = compared(table, plain, slow)
    core = methods.pop("core")
    core |= one_by_one(table, explainer) | importance(table, explainer)
    return {**core, "peers": methods, **against(core, methods)}


def public_tables(slow: int) -> dict[str, dict[str, Figures]]:
    """The core and its peers on tables that are not ours: table, method, figure."""
    return {name: compared(public(name), PUBLIC[name].recipe, slow) for name in PUBLIC}


# --- methods ------------------------------------------------------------------------------------------


def compared(table: Table, plain: Recipe, slow: int) -> dict[str, Figures]:
    """Every method's figures on a table; the core first."""
    explainer = Explainer(table.turner, table.classifier)
    plausibility = Plausibility(table)
    found = {
        "core": judged(table, plausibility, timed(lambda low: explainer.explain(low).after), len(table.low))
    }
    for name, count in frozen(table, explainer).items():
        found["core"][name] += count
    for name, (method, most) in peers(table, plain, slow).items():
        print(f"{table.name}: {name}", file=sys.stderr, flush=True)
        found[name] = judged(table, plausibility, method, most)
    return found


def peers(table: Table, plain: Recipe, slow: int) -> dict[str, tuple[Method, int]]:
    """Each peer, and how many samples it takes."""
    turner = peers_methods.plain_cyclegan(table, plain.settings, plain.config)
    dice = {f"dice_{name}": (peers_dice.Dice(table, name), slow) for name in peers_dice.METHODS}
    return {
        **dice,
        "nearest_real": (timed(lambda low: peers_methods.nearest_real(table, low)), MIDDLE),
        "gradient_descent": (timed(lambda low: peers_methods.gradient_descent(table, low)), MIDDLE),
        "plain_cyclegan": (timed(lambda low: peers_methods.turned_by(turner, low)), len(table.low)),
    }


def timed(of: Callable[[Tensor], Tensor]) -> Method:
    """The quickest of some runs over all samples together."""

    def run(low: Tensor) -> tuple[Tensor, float]:
        took = []
        for _ in range(RUNS):
            began = time.process_time()
            after = of(low)
            took.append(time.process_time() - began)
        return after, min(took)

    return run


def judged(table: Table, plausibility: Plausibility, method: Method, most: int) -> Figures:
    low = table.low[:most]
    after, seconds = method(low)
    free = torch.ones_like(low, dtype=torch.bool)
    found = figures(table, plausibility, low, after, free)
    return found | {"us_per_counterfactual": 1e6 * seconds / len(low)}


# --- what only the core is asked ----------------------------------------------------------------------


VIOLATIONS = ("frozen_violations", "range_violations", "wrong_sign")


def frozen(table: Table, explainer: Explainer) -> Figures:
    """Violations when the person has frozen some features too: any of them, from none to most, at random."""
    random = torch.Generator().manual_seed(0)
    share = torch.rand(len(table.low), 1, generator=random)
    free = torch.rand(table.low.shape, generator=random) >= share
    found = explainer.explain(table.low, free)
    both = [figures(table, None, table.low, after, free) for after in (found.after, found.shown)]
    return {name: sum(one[name] for one in both) for name in VIOLATIONS}


def one_by_one(table: Table, explainer: Explainer) -> Figures:
    """Microseconds of a counterfactual that is asked for alone."""
    low = table.low[:MIDDLE]
    began = time.process_time()
    for row in range(len(low)):
        explainer.explain(low[row : row + 1])
    return {"us_one_by_one": 1e6 * (time.process_time() - began) / len(low)}


MODERATE = 0.4


def importance(table: Table, explainer: Explainer) -> dict[str, Any]:
    """How far changes follow what LIME says: of the generator's whole proposal, as in the paper, and of what is shown.

    The whole proposal is the one in which every feature may move: what nobody is advised on belongs to the explanation.
    """
    low = table.low[:MIDDLE]

    def called_low(samples: Tensor) -> Tensor:
        return 1 - torch.sigmoid(table.classifier(samples))

    relevance = lime.relevance(called_low, low, table.training)
    whole = peers_methods.turned_by(table.turner.unbound(), low)
    found = _followed("lime", table, relevance, whole - low)
    return found | _followed("lime_shown", table, relevance, explainer.explain(low).shown - low)


def _followed(name: str, table: Table, relevance: Tensor, changes: Tensor) -> dict[str, Any]:
    r = lime.correlations(relevance, (changes / table.scale.spread).abs())
    of = len(table.schema)
    return {
        f"{name}_positive_of_{of}": sum(one > 0 for one in r),
        f"{name}_moderate_of_{of}": sum(one >= MODERATE for one in r),
        f"{name}_r": dict(zip(table.schema.names, (round(one, 3) for one in r), strict=True)),
    }


# --- against the aims ---------------------------------------------------------------------------------


def against(core: Mapping[str, Any], others: Mapping[str, Figures]) -> dict[str, Any]:
    """How much quicker than the quickest of DiCE's methods, the best peers' plausibility, and which aims are met.

    `best_lawful_peer` is the best of those that, like the core, move nothing that is forbidden.
    """
    dice = min(found["us_per_counterfactual"] for name, found in others.items() if name.startswith("dice"))
    best = _most_plausible(others)
    lawful = _most_plausible({name: one for name, one in others.items() if not _violations(one)})
    ratios = {
        "dice_over_batched": dice / core["us_per_counterfactual"],
        "dice_over_one_by_one": dice / core["us_one_by_one"],
        "best_peer_lof_ratio": others[best]["plausibility_lof_ratio"] if best else None,
        "best_lawful_peer_lof_ratio": others[lawful]["plausibility_lof_ratio"] if lawful else None,
    }
    aims = {
        "validity >= 0.995": core["validity"] >= 0.995,
        "features_changed_median <= 2": core["features_changed_median"] <= 2,
        "no violation": not _violations(core),
        "lime_positive_of_18 == 18": core["lime_positive_of_18"] == 18,
        "lime_moderate_of_18 >= 15": core["lime_moderate_of_18"] >= 15,
        "plausibility no worse than the best peer's": _as_plausible(core, ratios["best_peer_lof_ratio"]),
        "1000 times quicker than DiCE, batched": ratios["dice_over_batched"] >= 1000,
        "100 times quicker than DiCE, one by one": ratios["dice_over_one_by_one"] >= 100,
    }
    return {"best_peer": best, "best_lawful_peer": lawful, "ratios": ratios, "aims": aims}


def _most_plausible(methods: Mapping[str, Figures]) -> str | None:
    """Of those that turned anything."""
    turned = {name: one["plausibility_lof_ratio"] for name, one in methods.items() if one["validity"] > 0}
    return min(turned, key=lambda name: turned[name], default=None)


def _violations(found: Mapping[str, Any]) -> int:
    return sum(found[name] for name in VIOLATIONS)


def _as_plausible(core: Mapping[str, Any], best: float | None) -> bool:
    return best is None or core["plausibility_lof_ratio"] <= best


# --- printing -----------------------------------------------------------------------------------------


COLUMNS = (
    *("n", "validity", "features_changed_median", "at_most_two", "l1_sd", "l2_sd", "plausibility_lof_ratio"),
    *(*VIOLATIONS, "us_per_counterfactual"),
)


def _print(found: dict[str, Any]) -> None:
    _print_table("interviews", {"core": found, **found["peers"]})
    for name, methods in found["tables"].items():
        _print_table(name, methods)
    for name, value in found.items():
        if name.startswith("lime") or name == "us_one_by_one":
            print(f"{name}: {value}")
    for name in ("best_peer", "best_lawful_peer"):
        print(f"{name}: {found[name]}")
    for name, ratio in found["ratios"].items():
        print(f"{name}: {ratio if ratio is None else format(ratio, '.4g')}")
    for name, met in found["aims"].items():
        print(f"{'met    ' if met else 'NOT met'} {name}")


def _print_table(title: str, methods: Mapping[str, Mapping[str, Any]]) -> None:
    print(title)
    print(f"  {'':<26}" + "".join(f"{name[:18]:>19}" for name in methods))
    for column in COLUMNS:
        print(f"  {column:<26}" + "".join(f"{found[column]:>19.5g}" for found in methods.values()))
    print()


if __name__ == "__main__":
    sys.exit(main())
