"""Making and keeping ratings and advice. A row that takes another one's place leaves it there, no longer current.

`prepare` computes and belongs outside of a transaction; `keep` writes and belongs within one. Where the institution's
policy does not run the model nothing is computed, no network is loaded, and nothing is written.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.utils import timezone

from accounts.models import Institution, ModelKind
from scoring.actions import hold_person
from scoring.cues.analysis import Track
from scoring.performance.index import Profile
from scoring.queries import profile_of
from scoring.registry.queries import InUse, listening
from sessions.listener import basis
from sessions.listener.estimates import Heard, heard
from sessions.listener.renewal import ask_renewal
from sessions.models import Advice, Answer, AnswerScore, ScoreKind

log = structlog.get_logger(__name__)


def prepare(answer: Answer, track: Track | None, *, models: InUse | None = None) -> Heard | None:
    """The rating and the advice, not saved yet; None where the policy runs no model, there is none, or it fails.

    A model that fails takes nothing else with it. `models` are those in use, where none are named.
    """
    institution = Institution.objects.get(pk=answer.institution_id)
    if answer.session.is_drill or not institution.runs(ModelKind.ENGAGEMENT):
        return None
    models = models or listening(institution.pk)
    if models is None:
        return None
    try:
        return heard(
            answer,
            track,
            models=models,
            profile=_profile(answer),
            with_advice=institution.runs(ModelKind.ADVICE),
        )
    except Exception:
        log.exception("listener_failed", answer=str(answer.pk), model=models.engagement.name)
        return None


def keep(answer: Answer, made: Heard | None, *, at: datetime | None = None) -> None:
    """Write what was prepared, as made `at` (now); what there was is no longer current. Within a transaction.

    A profile that was changed in between, when nothing was there yet that could be made anew, is heeded afterwards.
    """
    hold_person(user_id=answer.session.user_id)
    retire(answer)
    if made is None or not _still_runs(answer):
        return
    made.score.made_at = at or timezone.now()
    made.score.save()
    if made.advice is not None:
        made.advice.made_at = made.score.made_at
        made.advice.save()
    if basis.bounds(made.profile) != basis.bounds(_profile(answer)):
        ask_renewal(user_id=answer.session.user_id, institution_id=answer.institution_id)


def retire(answer: Answer) -> None:
    """The rating and the advice that there are stay, and no longer count."""
    AnswerScore.objects.filter(answer=answer, kind=ScoreKind.ENGAGEMENT, current=True).update(current=False)
    Advice.objects.filter(answer=answer, current=True).update(current=False)


def _still_runs(answer: Answer) -> bool:
    return Institution.objects.get(pk=answer.institution_id).runs(ModelKind.ENGAGEMENT)


def _profile(answer: Answer) -> Profile:
    return profile_of(user_id=answer.session.user_id, institution_id=answer.institution_id)
