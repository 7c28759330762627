"""What a teacher who replies to a dispute sees of the answer: only what its student shares at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from accounts.models import Purpose
from accounts.queries import agrees
from analytics import results, summaries
from scoring.queries import profile_of
from sessions.models import About, Dispute


@dataclass(frozen=True, slots=True)
class Shared:
    """The disputed cue as it was measured, and the way to the answer; empty what is not shared."""

    number: results.Number | None
    review_url: str


def shared(dispute: Dispute) -> Shared:
    """Never a score, an estimate or an advice: those are the student's alone, whatever they share."""
    session = dispute.answer.session
    reads = agrees(session.user, session.institution_id, Purpose.REVIEW)
    shares = agrees(session.user, session.institution_id, Purpose.SHARE)
    number = _number(dispute) if shares and dispute.about == About.CUE else None
    return Shared(number, reverse("analytics:review_answer", args=[dispute.answer_id]) if reads else "")


def _number(dispute: Dispute) -> results.Number | None:
    """The disputed cue as it was measured; none where the student left it out since."""
    session = dispute.answer.session
    profile = profile_of(user_id=session.user_id, institution_id=session.institution_id)
    try:
        values = summaries.measured(dispute.answer.result.cues)
    except ObjectDoesNotExist:
        return None
    kept = {cue: value for cue, value in values.items() if cue == dispute.cue and cue not in profile.off}
    return next(iter(results.numbers(kept, {}, session.scenario.language, profile, own=False)), None)
