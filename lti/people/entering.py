"""A message that is in order becomes a person in a place: account, membership, cohort. Nobody is sent a mail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Membership, User
from lti.launch.arrival import Arrived
from lti.message.roles import Standing, standing
from lti.models import Course, Identity
from lti.people.alone import hold
from lti.people.courses import course_of, put_into
from lti.people.members import membership_of
from lti.people.persons import identity_of


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who arrived. `standing` is theirs in the launching course; without a course it gives no place."""

    user: User
    membership: Membership
    course: Course | None
    standing: Standing
    identity: Identity


@transaction.atomic
def enter(arrived: Arrived) -> Entered:
    """Find or make everything that the message names. Raises LaunchRefused; nothing is written then."""
    registration, message = arrived.registration, arrived.message
    institution = registration.institution
    hold(institution)
    identity = identity_of(registration, message.person)
    course, found = course_of(registration, message), standing(message.roles)
    teaches = course is not None and found is Standing.TEACHER
    membership = membership_of(institution, identity.user, teaches=teaches)
    if course is not None:
        put_into(course, identity.user, found)
    return Entered(identity.user, membership, course, found, identity)
