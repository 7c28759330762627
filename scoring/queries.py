"""Reads about what is usual for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.models import Baseline as StoredBaseline


def baseline_of(*, user_id: UUID, institution_id: UUID) -> Baseline | None:
    """What is usual for this person, by the catalogue of today; None before the first answer."""
    row = StoredBaseline.objects.filter(
        user_id=user_id, institution_id=institution_id, catalogue_version=CATALOGUE_VERSION
    ).first()
    return from_stats(row.stats) if row else None


def from_stats(stats: dict[str, Any]) -> Baseline:
    """`stats` is {code: {"mean", "spread", "n"}}; codes that are no cues any more are left out."""
    known = {code: usual for code, usual in stats.items() if code in CATALOGUE}
    return Baseline(
        {Cue(code): Usual(float(u["mean"]), float(u["spread"]), int(u["n"])) for code, u in known.items()}
    )


def to_stats(baseline: Baseline) -> dict[str, Any]:
    """The inverse of `from_stats`."""
    return {
        code.value: {"mean": usual.mean, "spread": usual.spread, "n": usual.n}
        for code, usual in baseline.cues.items()
    }
