"""Why a grade could not be sent, in words for the teacher: what happened and what to do."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _


class Problem(StrEnum):
    """Kept with a grade. A refusal carries the platform's number behind a colon: `refused:422`."""

    SWITCHED_OFF = "switched_off"
    NOT_OFFERED = "not_offered"
    NO_COLUMN = "no_column"
    COLUMN_GONE = "column_gone"
    NO_ACCESS = "no_access"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_PERSON = "unknown_person"
    UNREACHABLE = "unreachable"
    NEWER_THERE = "newer_there"
    REFUSED = "refused"


def said(problem: str) -> str:
    """The words of a problem as it is kept with the grade; empty where there is none."""
    kind, _colon, status = problem.partition(":")
    words = _words().get(kind, "")
    return words % {"status": status} if kind == Problem.REFUSED else words


def _words() -> dict[str, str]:
    return {
        Problem.SWITCHED_OFF: _(
            "Your administrator switched the learning platform off here. Nothing is sent until it is on again."
        ),
        Problem.NOT_OFFERED: _(
            "The learning platform does not let Greenroom send grades for this course. Ask its administrator to allow "
            "grades for the tool, then open the link there once and send again."
        ),
        Problem.NO_COLUMN: _(
            "The learning platform has no grade column for this link and does not let Greenroom make one. Allow grades "
            "in the link's settings there, open it once, then send again."
        ),
        Problem.COLUMN_GONE: _(
            "The grade column is gone from the learning platform, and so is the one made in its place. Open the link "
            "there once, then send again."
        ),
        Problem.NO_ACCESS: _(
            "The learning platform did not recognise Greenroom. Your administrator finds the reason on the page of the "
            "platform's registration; then send again."
        ),
        Problem.NOT_ALLOWED: _(
            "The learning platform does not allow this grade. Perhaps the column is locked or the link was taken "
            "out of the course. Look there, then send again."
        ),
        Problem.UNKNOWN_PERSON: _(
            "This student no longer comes from the learning platform, so there is nobody there to give the grade to."
        ),
        Problem.UNREACHABLE: _(
            "The learning platform could not be reached for a long time. Send again once it answers."
        ),
        Problem.NEWER_THERE: _(
            "The learning platform holds a newer grade for this student and kept it. If yours is to count, send again."
        ),
        Problem.REFUSED: _(
            "The learning platform refused the grade (%(status)s). Perhaps the student has left the course there. Look "
            "there, then send again."
        ),
    }
