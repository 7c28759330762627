"""What practice listens to: withdrawn consents, and answers that are deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.models import Institution, Purpose, User
from accounts.signals import consent_withdrawn
from sessions.live.groups import tell_consent_changed
from sessions.models import Answer, Mode, PracticeSession, RecordingSegment, State


@receiver(consent_withdrawn)
def heed_withdrawal(*, user: User, institution: Institution, purpose: Purpose, **_: Any) -> None:
    """Sessions in progress go on without what is no longer agreed to; their windows hear of it at once."""
    begun = PracticeSession.objects.filter(user=user, institution=institution).exclude(state=State.DONE)
    if purpose == Purpose.CAMERA:
        begun.update(mode=Mode.VOICE)
    elif purpose == Purpose.RECORDING:
        begun.update(record=False)
    else:
        return
    transaction.on_commit(lambda: tell_consent_changed(user.pk))


@receiver(post_delete, sender=Answer)
def forget_take(*, instance: Answer, **_: Any) -> None:
    """What was streamed goes with its answer."""
    from sessions.actions.takes import forget, path_of

    path = path_of(instance)
    transaction.on_commit(lambda: forget(path))


@receiver(post_delete, sender=RecordingSegment)
def forget_piece(*, instance: RecordingSegment, **_: Any) -> None:
    """What was uploaded and not prepared yet goes with its segment, whoever deleted it."""
    from sessions.recordings.actions import place_of

    path = place_of(instance).path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
