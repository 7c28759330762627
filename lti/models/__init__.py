"""Platforms that launch Greenroom, and what they call the people and places that we know.

A *registration* is the agreement of one institution with one platform: issuer and client id, the platform's
addresses, and whether it may launch. The issuer alone says nothing: every tenant of Canvas's cloud has the same one. A
*deployment* is one installation of the tool within it; a new one asks the administrator first. We sign with our own
*signing keys*, of which an old one stays published as long as something it signed may be in use; the platform's keys
are kept with their registration.

A *login* is one launch on its way: made when the platform begins it, used up when its signed message comes back. Then
an *identity* says who the platform's `sub` is here, a *course* which cohort its context is, a *resource link* which
assignment a link in the course opens. All three are unique within a registration only.

A *handover* brings somebody out of a platform's frame into a window of its own. A teacher's Deep Linking request is a
*selection* until it is answered. A *grade* is what the platform is told of a student in an assignment: completion, or
a rubric that a teacher confirmed, and never anything else.
"""

from __future__ import annotations

from lti.models.launches import Forgotten, Handover, Identity, Login
from lti.models.places import Course, Grade, GradeSource, GradeState, ResourceLink, Selection
from lti.models.registrations import (
    ADDRESS,
    IDENTIFIER,
    Deployment,
    DeploymentState,
    Product,
    Registration,
    RegistrationLink,
    RegistrationState,
    SigningKey,
)

__all__ = [
    "ADDRESS",
    "IDENTIFIER",
    "Course",
    "Deployment",
    "DeploymentState",
    "Forgotten",
    "Grade",
    "GradeSource",
    "GradeState",
    "Handover",
    "Identity",
    "Login",
    "Product",
    "Registration",
    "RegistrationLink",
    "RegistrationState",
    "ResourceLink",
    "Selection",
    "SigningKey",
]
