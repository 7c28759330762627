"""The cohort of a platform's context: one for each context of a registration, made by whoever launches first.

It is a cohort of its own even where one of the same name is there: what a platform calls its course opens nothing. An
archived one stays archived until somebody who looks after it takes it out again, for archiving was a person's decision
and a launch is not one.
"""

from __future__ import annotations

import re
from itertools import chain, count

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions import record
from accounts.models import User
from cohorts.actions.groups import place
from cohorts.models import Cohort, CohortRole, Enrolment
from lti.errors import ClaimRefused, Code
from lti.message.claims import CONTEXT, LONGEST, Context, Message
from lti.message.roles import Standing
from lti.models import IDENTIFIER, Course, Registration
from lti.people import told
from lti.people.alone import one_at_a_time

LONGEST_NAME = 120
MARK = 10
"""No number behind a name is longer."""

ROLES = {Standing.TEACHER: CohortRole.TEACHER, Standing.LEARNER: CohortRole.STUDENT}


def course_of(registration: Registration, message: Message) -> Course | None:
    """The launching course with its cohort; None where the message names no context. Within a transaction.

    Raises ClaimRefused.
    """
    context = message.context
    if context is None:
        return None
    if len(context.id) > LONGEST or not told.is_fit(context.id):
        raise ClaimRefused(Code.WRONG_TYPE, CONTEXT)
    course = _known(registration, context.id)
    if course is None:
        one_at_a_time("cohorts", registration.institution_id)
        course = _known(registration, context.id) or _made(registration, context)
    return _refreshed(course, registration, message)


def put_into(course: Course, user: User, standing: Standing) -> Enrolment:
    """The person's place in it: the last launch says as what, also where that takes teaching away."""
    return place(course.cohort, user, ROLES[standing])


def _known(registration: Registration, context_id: str) -> Course | None:
    rows = Course.objects.filter(registration=registration, context_id=context_id)
    return rows.select_related("cohort").first()


def _made(registration: Registration, context: Context) -> Course:
    institution, title = registration.institution, told.line(context.title, IDENTIFIER)
    cohort = Cohort.objects.create(
        institution=institution, name=_free_name(registration, _wanted(registration, title))
    )
    record(institution=institution, actor=None, verb="create_cohort", cohort=str(cohort.pk))
    return Course.objects.create(
        institution=institution,
        registration=registration,
        context_id=context.id,
        cohort=cohort,
        title=title,
    )


# --- what the platform says now ---------------------------------------------------------------------


def _refreshed(course: Course, registration: Registration, message: Message) -> Course:
    """What a message does not say stays as it was: not every launch offers every service."""
    said = {
        "title": told.line(message.context.title, IDENTIFIER) if message.context else "",
        "roster_url": told.address(message.roster_url),
        "line_items_url": told.address(message.grades.line_items),
        "scopes": told.scopes(message.grades.scopes),
    }
    changed = {field: value for field, value in said.items() if value and getattr(course, field) != value}
    if "title" in changed:
        _rename(course, registration, str(changed["title"]))
    for field, value in changed.items():
        setattr(course, field, value)
    if changed:
        course.save(update_fields=list(changed))
    return course


def _rename(course: Course, registration: Registration, title: str) -> None:
    """The cohort follows its course as long as it has the name that we gave it."""
    if not _is_from(course.cohort.name, _wanted(registration, course.title)):
        return
    one_at_a_time("cohorts", registration.institution_id)
    course.cohort.name = _free_name(registration, _wanted(registration, title), course.cohort)
    course.cohort.save(update_fields=["name"])


def _wanted(registration: Registration, title: str) -> str:
    """What a cohort is called after its course; after the platform where the course has no title."""
    if title:
        return told.line(title, LONGEST_NAME)
    with translation.override(registration.institution.language):
        return told.line(_("Course from %(platform)s") % {"platform": registration.name}, LONGEST_NAME)


def _free_name(registration: Registration, wanted: str, own: Cohort | None = None) -> str:
    """The wanted name, with a number behind it where the institution has it already."""
    # What all numbered ones have in common, whatever the number cuts off.
    alike = Cohort.objects.filter(
        institution=registration.institution_id, name__startswith=wanted[: LONGEST_NAME - MARK]
    )
    if own is not None:
        alike = alike.exclude(pk=own.pk)
    taken = set(alike.values_list("name", flat=True))
    names = chain([wanted], (_numbered(wanted, number) for number in count(2)))
    return next(name for name in names if name not in taken)


def _numbered(name: str, number: int) -> str:
    mark = f" ({number})"
    return name[: LONGEST_NAME - len(mark)] + mark


def _is_from(name: str, wanted: str) -> bool:
    """Whether the name is the wanted one, or that with a number."""
    number = re.search(r" \((\d{1,6})\)$", name)
    return name == wanted or (number is not None and name == _numbered(wanted, int(number[1])))
