"""How far the raters agree: the ceiling of what any model can reach on their ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics import agreement
from scoring.training.material import Array, Material


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Each None where it cannot be known. `single` and `mean` are ICC(1,1) and ICC(1,k) with k = `raters_each`."""

    single: float | None
    mean: float | None
    raters_each: float | None
    kappa: float | None
    one_against_rest: float | None
    answers: int


def ceiling(material: Material) -> Ceiling:
    """Of the answers that two or more raters rated as a whole."""
    several = material.panel[np.isfinite(material.panel).sum(axis=1) >= 2]
    if not len(several):
        return Ceiling(None, None, None, None, None, 0)
    found = agreement.icc_one_way(several)
    return Ceiling(
        single=None if found is None else found.single,
        mean=None if found is None else found.mean,
        raters_each=None if found is None else found.raters,
        kappa=agreement.mean_weighted_kappa(_whole_levels(several), material.levels),
        one_against_rest=agreement.one_against_rest(several),
        answers=len(several),
    )


def _whole_levels(panel: Array) -> Array:
    """From 0. Where raters used several scales, the middle of one of them lies between two levels and is left out."""
    return np.where(panel == np.floor(panel), panel - 1, np.nan)
