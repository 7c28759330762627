"""What a platform calls people, and what they are here (LTI 1.3 core, appendix A.2).

Only what somebody is in the launching course counts: a teacher elsewhere in the institution, or an administrator of the
platform, is nobody's teacher here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
"""Roles in the context: `membership#Instructor`, and sub-roles `membership/Instructor#TeachingAssistant`."""

TEACHING = frozenset({"Instructor"})


class Standing(StrEnum):
    """What somebody is in the cohort of the launching course. A guest practises like a learner."""

    TEACHER = "teacher"
    LEARNER = "learner"


def standing(roles: Sequence[str]) -> Standing:
    """Teacher with a teaching role in the context, else learner; unknown roles beside a known one do not matter."""
    return Standing.TEACHER if TEACHING & {_in_context(role) for role in roles} else Standing.LEARNER


def _in_context(role: str) -> str:
    """The principal context role that a URN or a short name stands for; empty where it is none."""
    role = role.strip()
    if not role.startswith(MEMBERSHIP):
        # The short form, which is allowed for context roles only.
        return role if role.isalpha() else ""
    head, _, name = role[len(MEMBERSHIP) :].partition("#")
    return head.removeprefix("/") or name
