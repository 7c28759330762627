"""What is heeded here of what happens elsewhere: interviews that are finished, links that a launch has told something
new of, and people who have everything deleted."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from lti.grading.completion import graded_links
from lti.grading.jobs import queue_completion, queue_link
from lti.models import Identity, ResourceLink
from lti.people.forgotten import forget
from sessions.models import PracticeSession, State


@receiver(post_save, sender=PracticeSession)
def heed_end(*, instance: PracticeSession, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    """An interview for an assignment is finished. The job is queued in the transaction that ends it, or not at all."""
    if instance.state != State.DONE or instance.is_drill or instance.assignment_id is None:
        return
    if update_fields is not None and "state" not in update_fields:
        return
    if graded_links().filter(assignment=instance.assignment_id).exists():
        queue_completion(assignment_id=instance.assignment_id, user_id=instance.user_id)


@receiver(post_save, sender=ResourceLink)
def heed_link(*, instance: ResourceLink, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    """A link has an assignment, points or a line item that it had not: perhaps somebody is done already."""
    if instance.assignment_id is None or instance.points is None:
        return
    if update_fields is None or update_fields & {"assignment", "points", "line_item_url"}:
        queue_link(link_id=instance.pk)


@receiver(pre_delete, sender=Identity)
def heed_deletion(*, instance: Identity, **_: Any) -> None:
    """The next list of the platform names them still."""
    forget(instance.registration_id, instance.subject)
