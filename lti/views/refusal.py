"""A launch that goes no further: a page that says what is wrong, a line in the log, a note for the administrator."""

from __future__ import annotations

import re

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lti.errors import Code, LaunchRefused
from lti.models import Registration
from lti.people.told import address
from lti.words import words_of

logger = structlog.get_logger("lti")

FOR_THE_ADMINISTRATOR = frozenset(
    {
        Code.REGISTRATION_PENDING,
        Code.TARGET_NOT_OURS,
        Code.PLATFORM_ERROR,
        Code.NO_KEY_ID,
        Code.UNKNOWN_KEY,
        Code.WRONG_ALGORITHM,
        Code.WRONG_SIGNATURE,
        Code.WRONG_ISSUER,
        Code.WRONG_AUDIENCE,
        Code.WRONG_PARTY,
        Code.FROM_THE_FUTURE,
        Code.EXPIRED,
        Code.WRONG_VERSION,
        Code.ANONYMOUS,
        Code.DEPLOYMENT_NEW,
    }
)
"""What only somebody who looks after the platform or the registration can mend. Not KEYS_UNREACHABLE: what keeps us
from the keys was noted when they were asked for, and says more."""

PLAIN = re.compile(r"[\w.:/#+\-]{1,120}", re.ASCII)


def refused(
    request: HttpRequest,
    error: LaunchRefused,
    registration: Registration | None = None,
    *,
    return_url: str = "",
) -> HttpResponse:
    """The page of a refusal, for whoever sees it: a student in a frame, a teacher, a browser without a launch."""
    known = str(registration.pk) if registration else None
    # In no line a name, an address or a token: the code and the agreement say enough to look further.
    logger.warning("lti.refused", code=error.code.value, registration=known)
    if registration is not None and error.code in FOR_THE_ADMINISTRATOR:
        _note(registration, error.code)
    words = words_of(error.code)
    context = {
        "words": words,
        "code": error.code.value,
        "detail": _detail(error),
        "at": timezone.now(),
        "platform": registration.name if registration else "",
        "return_url": address(return_url),
    }
    response = render(request, "lti/refused.html", context, status=words.status)
    response["Cache-Control"] = "no-store"
    return response


def _note(registration: Registration, code: Code) -> None:
    row = Registration.objects.filter(pk=registration.pk)
    row.update(last_error=code.value, last_error_at=timezone.now())


def _detail(error: LaunchRefused) -> str:
    """A claim's name or a platform's word for an error; a stranger's sentence gets no page of ours."""
    return error.detail if PLAIN.fullmatch(error.detail) else ""
