"""Reads about recordings."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from sessions.models import RecordingSegment
from sessions.queries import AnyUser


def get_segment_for(user: AnyUser, answer_id: UUID, number: int) -> RecordingSegment:
    """The gate of an upload: only the person who gives the answer; the same 404 for absent and forbidden."""
    segment = (
        RecordingSegment.objects.select_related("recording__answer__session__user")
        .filter(recording__answer_id=answer_id, number=number, recording__answer__session__user__in=[user.pk])
        .first()
    )
    if segment is None:
        raise Http404
    return segment
