"""The answer as the platform reads it: content items in a message that we sign (Deep Linking 2.0, 2.1 and 4.4)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from cohorts.models import Assignment
from lti.choosing.picks import Pick
from lti.choosing.selections import RESOURCE_LINK
from lti.message.claims import DEPLOYMENT, MESSAGE_TYPE, VERSION
from lti.models import Selection

_DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CONTENT_ITEMS = f"{_DEEP_LINKING}content_items"
DATA = f"{_DEEP_LINKING}data"
MESSAGE = f"{_DEEP_LINKING}msg"

VALID_S = 600
"""From signing to the platform: a page that sends itself, or a button that somebody has to press."""

TAG = "practice"
"""What our line items are tagged with, so that they are known among others of the course."""

Item = dict[str, Any]


def content_item(pick: Pick, assignment: Assignment, *, launch_url: str, with_line_item: bool) -> Item:
    """One link to us. It asks for a window of its own: a practice needs the camera, which frames often withhold.

    It becomes available when the assignment opens and is due when that is due; it never closes, because students come
    back to their results by it.
    """
    item: Item = {
        "type": RESOURCE_LINK,
        "title": pick.title,
        "text": assignment.note or assignment.scenario.summary,
        "url": launch_url,
        "window": {"targetName": "_blank"},
        "custom": {"assignment": str(assignment.pk)},
        "available": {"startDateTime": _utc(assignment.opens_at)},
        "submission": {"endDateTime": _utc(assignment.due_at)},
    }
    if with_line_item and pick.points is not None:
        item["custom"]["points"] = f"{pick.points:g}"
        item["lineItem"] = _line_item(pick, assignment)
    return item


def _line_item(pick: Pick, assignment: Assignment) -> Item:
    return {
        "scoreMaximum": pick.points,
        "label": pick.title,
        "resourceId": str(assignment.pk),
        "tag": TAG,
    }


def response_claims(selection: Selection, items: Sequence[Item], message: str = "") -> dict[str, Any]:
    """A Deep Linking response; `message` is for the teacher to read at the platform."""
    now = int(timezone.now().timestamp())
    claims: dict[str, Any] = {
        "iss": selection.registration.client_id,
        "aud": selection.registration.issuer,
        "iat": now,
        "exp": now + VALID_S,
        "nonce": secrets.token_urlsafe(24),
        DEPLOYMENT: selection.deployment_id,
        MESSAGE_TYPE: "LtiDeepLinkingResponse",
        VERSION: "1.3.0",
        CONTENT_ITEMS: list(items),
    }
    if selection.data:
        claims[DATA] = selection.data
    if message:
        claims[MESSAGE] = message
    return claims


def _utc(moment: datetime) -> str:
    """ISO 8601 as Canvas and Moodle read it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
