"""From a track to the rows of a rating and of an advice, not saved yet. torch comes in here."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.engagement.features import Seconds, seconds_of
from scoring.registry import files
from sessions.listener import basis
from sessions.models import Advice, Answer, AnswerScore, ScoreKind

if TYPE_CHECKING:
    from scoring.counterfactuals.training import Turner
    from scoring.cues.analysis import Track
    from scoring.engagement.network import EngagementNetwork
    from scoring.engagement.serving import Estimate
    from scoring.performance.index import Profile
    from scoring.registry.queries import InUse

TOO_LITTLE, NO_FEATURES, NO_MODEL = "too_little", "no_features", "no_model"
"""Why there is no rating, or no advice; `scoring.advice.advise.Missing` has the others."""

_NOTHING = Seconds(0, np.empty((0, 18)))


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """A rating and, where the policy runs it, an advice; made with what the person left out by then."""

    score: AnswerScore
    advice: Advice | None
    profile: Profile


def heard(
    answer: Answer, track: Track | None, *, models: InUse, profile: Profile, with_advice: bool
) -> Heard:
    """Rate an answer by its track. Without a track, or by voice alone, the rating says why there is none.

    Raises NoWeights, ModelFileError.
    """
    from scoring.engagement.serving import estimate

    seconds = _NOTHING
    if track is not None:
        seconds = seconds_of(track, question_ended_ms=answer.question_ended_ms, off=profile.off)
    found = estimate(files.engagement(models.engagement), seconds.columns)
    score = _score(answer, seconds, found, models, profile)
    advice = _advice(answer, seconds, found, models, profile) if with_advice else None
    return Heard(score, advice, profile)


def _score(answer: Answer, seconds: Seconds, found: Estimate, models: InUse, profile: Profile) -> AnswerScore:
    missing = "" if found.whole is not None else TOO_LITTLE
    if not np.isfinite(seconds.features).any():
        missing = NO_FEATURES
    known = found.seconds[np.isfinite(found.seconds)]
    details = {
        "seconds": [None] * seconds.first + [_short(value) for value in found.seconds.tolist()],
        "covered": round(found.covered, 4),
        "low": int((known < 0.5).sum()),
        "high": int((known >= 0.5).sum()),
    }
    return AnswerScore(
        answer=answer,
        institution_id=answer.institution_id,
        kind=ScoreKind.ENGAGEMENT,
        version=models.engagement.name,
        value=None if missing or found.whole is None else _short(found.whole),
        missing=missing,
        details=details | basis.left_out(profile),
    )


def _advice(answer: Answer, seconds: Seconds, found: Estimate, models: InUse, profile: Profile) -> Advice:
    row = Advice(
        answer=answer,
        institution_id=answer.institution_id,
        version=models.advice.name if models.advice else "",
        engagement_version=models.engagement.name,
        details=basis.bounds(profile),
    )
    if models.advice is None:
        row.missing = NO_MODEL
    elif found.whole is None:
        row.missing = TOO_LITTLE
    else:
        networks = files.engagement(models.engagement), files.generator(models.advice)
        _fill(row, seconds, found, networks, profile)
    return row


def _fill(
    row: Advice,
    seconds: Seconds,
    found: Estimate,
    networks: tuple[EngagementNetwork, Turner],
    profile: Profile,
) -> None:
    from scoring.advice.advise import Limits, advise

    network, turner = networks
    advice = advise(
        seconds.features,
        found.seconds,
        first=seconds.first,
        network=network,
        turner=turner,
        limits=Limits.of(turner.schema, profile),
    )
    row.changes = [dataclasses.asdict(change) for change in advice.changes]
    row.missing = advice.missing.value if advice.missing else ""
    counts: dict[str, Any] = {name: getattr(advice, name) for name in ("seconds", "low", "turned")}
    means = {name: _short(getattr(advice, name)) for name in ("before", "after")}
    row.details = {**counts, **means, **row.details}


def _short(value: float | None) -> float | None:
    """A probability to four decimals; None where there is none."""
    return None if value is None or not np.isfinite(value) else round(value, 4)
