"""Serves a recording to whom may see it, with range requests, from wherever the storage keeps it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth import aget_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from sessions.models import RecordingState
from sessions.queries import get_playable_recording_for
from sessions.recordings.ranges import ranged_response


@require_safe
async def recording(request: HttpRequest, recording_id: UUID) -> HttpResponseBase:
    user = await aget_user(request)
    if isinstance(user, AnonymousUser):
        return redirect_to_login(request.get_full_path())
    file, size, mime = await sync_to_async(_open)(user, recording_id)
    return ranged_response(file, size=size, mime=mime, range_header=request.headers.get("Range"))


def _open(user: Any, recording_id: UUID) -> tuple[Any, int, str]:
    found = get_playable_recording_for(user, recording_id)
    name = found.file.name
    if found.state != RecordingState.READY or not name:
        raise Http404
    try:
        return found.file.storage.open(name, "rb"), found.size, found.mime
    except FileNotFoundError as error:
        raise Http404 from error
