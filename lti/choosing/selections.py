"""What the platform asked for, kept until the teacher has chosen."""

from __future__ import annotations

from django.urls import reverse

from lti.errors import ClaimRefused, Code, PlaceRefused
from lti.frames.policy import origin_of
from lti.launch.arrival import Arrived
from lti.message.claims import DEEP_LINKING, DeepLinking
from lti.message.roles import Standing
from lti.models import Selection
from lti.people import told
from lti.people.entering import Entered

RESOURCE_LINK = "ltiResourceLink"
"""The one kind of content that we have to give (Deep Linking 2.0, 2.1.2)."""


def begin(arrived: Arrived, entered: Entered) -> str:
    """Keep the request of a teacher and give the path of its picker. Raises PlaceRefused, ClaimRefused."""
    asked = arrived.message.deep_linking
    if asked is None:
        raise ClaimRefused(Code.NO_DEEP_LINKING_SETTINGS)
    if entered.standing is not Standing.TEACHER:
        raise PlaceRefused(Code.NOT_AN_INSTRUCTOR)
    _check(asked)
    selection = Selection.objects.create(
        institution_id=arrived.registration.institution_id,
        registration=arrived.registration,
        deployment_id=arrived.message.deployment_id,
        course=entered.course,
        user=entered.user,
        return_url=asked.return_url,
        data=asked.data,
        accepts_links=RESOURCE_LINK in asked.accept_types,
        accepts_several=asked.accepts_several,
        accepts_line_item=asked.accepts_line_item,
    )
    return reverse("lti:choose", args=[selection.pk])


def _check(asked: DeepLinking) -> None:
    """A web address to answer to, and data that the database can keep. Raises ClaimRefused."""
    reachable = told.address(asked.return_url) and origin_of(asked.return_url)
    if not (reachable and told.is_fit(asked.data)):
        raise ClaimRefused(Code.WRONG_TYPE, DEEP_LINKING)
