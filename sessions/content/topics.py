"""What an interview can be about. The recruiter keeps beliefs and desires by topic (TARDIS, section 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


def gettext_noop(message: str) -> str:
    """Marks a message for the translators; whoever shows it translates it."""
    return message


class Topic(StrEnum):
    """Stable codes: they are stored with questions and with what the recruiter believes."""

    INTRODUCTION = "introduction"
    MOTIVATION = "motivation"
    JOB_KNOWLEDGE = "job_knowledge"
    CUSTOMERS = "customers"
    CARE = "care"
    TEAMWORK = "teamwork"
    COMMUNICATION = "communication"
    CONFLICT = "conflict"
    PRESSURE = "pressure"
    ORGANISATION = "organisation"
    RELIABILITY = "reliability"
    PROBLEM_SOLVING = "problem_solving"
    SAFETY = "safety"
    INTEGRITY = "integrity"
    LEARNING = "learning"
    SELF_AWARENESS = "self_awareness"


NAMES: Mapping[Topic, str] = MappingProxyType(
    {
        Topic.INTRODUCTION: gettext_noop("You and your path"),
        Topic.MOTIVATION: gettext_noop("Why this job"),
        Topic.JOB_KNOWLEDGE: gettext_noop("The job and what it takes"),
        Topic.CUSTOMERS: gettext_noop("Customers and guests"),
        Topic.CARE: gettext_noop("Looking after people"),
        Topic.TEAMWORK: gettext_noop("Working in a team"),
        Topic.COMMUNICATION: gettext_noop("Explaining and listening"),
        Topic.CONFLICT: gettext_noop("Difficult conversations"),
        Topic.PRESSURE: gettext_noop("Busy moments"),
        Topic.ORGANISATION: gettext_noop("Planning and keeping order"),
        Topic.RELIABILITY: gettext_noop("Being someone to rely on"),
        Topic.PROBLEM_SOLVING: gettext_noop("Solving problems"),
        Topic.SAFETY: gettext_noop("Working safely"),
        Topic.INTEGRITY: gettext_noop("Trust and doing what is right"),
        Topic.LEARNING: gettext_noop("Learning new things"),
        Topic.SELF_AWARENESS: gettext_noop("Knowing how you work"),
    }
)
