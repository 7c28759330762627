"""Raising a dispute, replying to it, taking it back. Nothing is ever deleted or edited here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused, record
from accounts.models import User
from scoring.actions import hold_person
from sessions.disputes.queries import OPEN, disputes_by, is_there
from sessions.models import About, Answer, Dispute, DisputeReply

MOST_OPEN = 20
"""Disputes of one person that wait for a reply, or were raised within a day: nobody floods a teacher."""


class NotThere(ActionRefused):
    text = _("This answer no longer has that result, so there is nothing to disagree with. Nothing was sent.")


class AlreadyDisputed(ActionRefused):
    text = _("You have disputed this already, and it waits for a reply.")


class TooManyOpen(ActionRefused):
    text = _(
        "You have disputed many things at once. Wait for the replies, or take something back. "
        "Your words are still below."
    )


class TakenBack(ActionRefused):
    text = _("The student has taken this back. It needs no reply any more.")


@transaction.atomic
def raise_dispute(*, answer: Answer, about: About, cue: str = "", words: str) -> Dispute:
    """The person who gave the answer disagrees with one result of it. `cue` is the code where it is about a cue.

    Raises NotThere, AlreadyDisputed, TooManyOpen.
    """
    session = answer.session
    hold_person(user_id=session.user_id)
    if not is_there(answer, about, cue):
        raise NotThere
    own = disputes_by(session.user, session.institution)
    if own.filter(OPEN, answer=answer, about=about, cue=cue).exists():
        raise AlreadyDisputed
    if own.filter(OPEN | _lately()).count() >= MOST_OPEN:
        raise TooManyOpen
    return Dispute.objects.create(
        institution_id=answer.institution_id, answer=answer, about=about, cue=cue, words=words
    )


def _lately() -> Any:
    return Q(made_at__gt=timezone.now() - timedelta(days=1))


@transaction.atomic
def reply(*, dispute: Dispute, text: str, by: User) -> DisputeReply:
    """Answers a dispute, which then no longer waits; a second reply adds to the first. Raises TakenBack."""
    dispute = Dispute.objects.select_for_update().get(pk=dispute.pk)
    if dispute.withdrawn_at is not None:
        raise TakenBack
    now = timezone.now()
    if dispute.answered_at is None:
        dispute.answered_at = now
        dispute.save(update_fields=["answered_at"])
    record(institution=dispute.institution, actor=by, verb="answer_dispute", dispute=str(dispute.pk))
    return DisputeReply.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, author=by, text=text, made_at=now
    )


@transaction.atomic
def withdraw(*, dispute: Dispute) -> None:
    """The learner takes it back: it stays with its replies, marked. Twice changes nothing."""
    Dispute.objects.filter(pk=dispute.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
