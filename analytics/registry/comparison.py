"""How a newly trained model did beside the one in use, in words first. Reads `TrainingRun.trial`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import units
from scoring.models import TrainingRun

FIGURES: Mapping[str, tuple[Any, Any]] = {
    "auroc": (
        gettext_lazy("Order of answers (AUROC)"),
        gettext_lazy(
            "Of one answer rated high and one rated low: how often the first gets the higher estimate. 0.5 is "
            "chance."
        ),
    ),
    "accuracy": (
        gettext_lazy("On the right side (accuracy)"),
        gettext_lazy("Share of answers estimated high or low as most of their raters say."),
    ),
    "f1": (
        gettext_lazy("Answers rated high, found (F1)"),
        gettext_lazy("Found and rightly called, in one figure."),
    ),
    "brier": (
        gettext_lazy("Distance from the raters (Brier)"),
        gettext_lazy("Mean squared distance of estimate and raters; lower is better."),
    ),
    "ece": (
        gettext_lazy("Off in probability (ECE)"),
        gettext_lazy("How far stated probabilities lie from how often they come true; lower is better."),
    ),
}
"""The figures of a comparison, in the order in which they are shown."""

ADVICE: Mapping[str, Any] = {
    "valid": gettext_lazy("Low seconds in which it turns the estimate"),
    "valid_shown": gettext_lazy("The same, with two changes at most"),
    "changed": gettext_lazy("Changes needed, at the median"),
    "plausibility": gettext_lazy("How unusual the advised behaviour is (1: as usual as real)"),
    "frozen_moved": gettext_lazy("Advice that moves what may not move"),
    "out_of_range": gettext_lazy("Advice out of range"),
    "wrong_sign": gettext_lazy("Advice the wrong way"),
}
"""What is measured of the advice, in this order."""
SHARES = frozenset({"valid", "valid_shown"})


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    means: str
    new: str
    old: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`verdict` is the first thing to read, `because` its reason; `held_out` says on whom it was measured."""

    better: bool
    new: str
    old: str
    verdict: str
    because: str
    held_out: str
    rows: tuple[Row, ...]
    ceiling: str
    advice: tuple[tuple[str, str], ...]


def comparison(run: TrainingRun, *, in_use: bool = False) -> Comparison | None:
    """Of a run that is done; None where it holds no comparison that this version can read.

    `in_use`: what it made is in use already.
    """
    trial = run.trial
    try:
        difference = trial["difference"]
        return Comparison(
            better=run.better,
            new=str(trial["version"]),
            old=str(trial["against"]),
            verdict=_verdict(run, in_use),
            because=_because(run, difference),
            held_out=_held_out(run),
            rows=tuple(_rows(trial["new"], trial["incumbent"])),
            ceiling=_ceiling(trial.get("ceiling") or {}),
            advice=tuple(_advice(trial.get("advice") or {})),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _verdict(run: TrainingRun, in_use: bool) -> str:
    old = {"old": run.trial["against"]}
    if not run.better:
        return _("Not shown to be better than %(old)s: it stays off.") % old
    if in_use:
        return _("Better than %(old)s, and in use.") % old
    return _("Better than %(old)s: it may be switched on.") % old


def _because(run: TrainingRun, difference: Mapping[str, float]) -> str:
    """The order of answers decides, and probabilities must not get worse (`scoring.training.comparing.is_better`)."""
    words = {name: signed(difference[name]) for name in ("low", "high")}
    words["value"] = number(abs(difference["value"]))
    if run.better or difference["low"] > 0:
        found = _(
            "It orders answers better, by %(value)s (AUROC; with other people like these, %(low)s to %(high)s)."
        )
    elif difference["value"] > 0:
        found = _(
            "It orders answers by %(value)s better (AUROC), but that may be chance: with other people like these "
            "it would be %(low)s to %(high)s."
        )
    else:
        found = _(
            "It orders answers no better (AUROC lower by %(value)s; with other people like these, the difference "
            "is %(low)s to %(high)s)."
        )
    further = "" if run.better or difference["low"] <= 0 else _further()
    return " ".join(part for part in (found % words, further) if part)


def _further() -> str:
    return _("But its probabilities lie further from the raters, and learners see those.")


def _held_out(run: TrainingRun) -> str:
    return _(
        "Measured on people whom the new model had not seen, each in turn held out in one of %(folds)s parts. "
        "Left out: %(abstained)s answers with too little signal, %(undecided)s on which raters are split evenly, "
        "%(seen)s of people from whose ratings the model in use has learnt."
    ) % {name: int(run.trial.get(name) or 0) for name in ("folds", "abstained", "undecided", "seen")}


def _rows(new: Mapping[str, float], old: Mapping[str, float]) -> Iterator[Row]:
    for key, (name, means) in FIGURES.items():
        yield Row(str(name), str(means), number(new[key]), number(old[key]))


def _ceiling(found: Mapping[str, Any]) -> str:
    if found.get("single") is None:
        return _("How far raters agree is not known: too few answers were rated by two of them.")
    words = {
        "single": number(found["single"], 2),
        "mean": number(found["mean"], 2),
        "raters": _short(round(found["raters_each"], 1)),
    }
    return (
        _(
            "The ceiling: raters agree with each other to ICC %(single)s for one of them and %(mean)s for the "
            "mean of %(raters)s. No model can agree with them better than that."
        )
        % words
    )


def _advice(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in ADVICE.items():
        value = figures.get(key)
        if value is not None:
            share = _("%(n)s %%") % {"n": number(100 * value, 1)}
            yield str(name), share if key in SHARES else _short(value)


def _short(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 2)


def number(value: float, decimals: int = 3) -> str:
    return str(number_format(round(value, decimals) + 0.0, decimal_pos=decimals)).replace("-", units.MINUS)


def signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)
