"""The person of a platform's `sub`.

Only the platform's identifier says who somebody is. Its word about an e-mail address is kept as told, but it is not the
address of the account and finds none: whoever administers a platform could write anybody's there.
"""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import NO_ADDRESS, User
from lti.errors import ClaimRefused, Code, PlaceRefused
from lti.message.claims import Person
from lti.models import Identity, Registration
from lti.people import told
from lti.people.alone import one_at_a_time
from lti.people.forgotten import welcome

READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def has_no_address(user: User) -> bool:
    """Whether the account was made by a launch, and nobody can sign in to it with a password."""
    return user.email.endswith(f"@{NO_ADDRESS}")


def identity_of(registration: Registration, person: Person) -> Identity:
    """Who it is here, made at the first launch. Within a transaction. Raises LaunchRefused."""
    if not told.is_fit(person.subject):
        raise ClaimRefused(Code.WRONG_TYPE, "sub")
    found = _known(registration, person.subject)
    if found is None:
        one_at_a_time("person", registration.pk, person.subject)
        found = _known(registration, person.subject) or _made(registration, person)
    if not found.user.is_active:
        raise PlaceRefused(Code.ACCOUNT_CLOSED)
    return _refreshed(found, person)


def _known(registration: Registration, subject: str) -> Identity | None:
    rows = Identity.objects.filter(registration=registration, subject=subject)
    return rows.select_related("user").first()


def _made(registration: Registration, person: Person) -> Identity:
    welcome(registration.pk, person.subject)
    institution = registration.institution
    language = told.language(person.locale) or institution.language
    name = told.name(person.name) or nameless(language)
    user = User.objects.create_user(
        f"{uuid4().hex}@{NO_ADDRESS}",
        name=name,
        told_email=told.email(person.email),
        language=language,
        time_zone=institution.time_zone,
    )
    return Identity.objects.create(
        institution=institution, registration=registration, subject=person.subject, user=user, name=name
    )


def nameless(language: str) -> str:
    """For whom the platform names nobody: the mark tells several apart in a teacher's list."""
    with translation.override(language):
        return _("Guest learner %(mark)s") % {"mark": get_random_string(4, READABLE)}


def _refreshed(identity: Identity, person: Person) -> Identity:
    """What the platform says now. What it does not say stays; a name that was changed here stays too."""
    name, email = told.name(person.name) or identity.name, told.email(person.email)
    if has_no_address(identity.user):
        _follow(identity.user, name if identity.user.name == identity.name else "", email)
    identity.name, identity.email = name, email or identity.email
    identity.last_launch_at = timezone.now()
    identity.save(update_fields=["name", "email", "last_launch_at"])
    return identity


def _follow(user: User, name: str, email: str) -> None:
    said = {"name": name or user.name, "told_email": email or user.told_email}
    changed = [field for field, value in said.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, said[field])
    if changed:
        user.save(update_fields=changed)
