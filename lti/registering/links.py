"""One-time links: made and withdrawn by an administrator, opened by a platform, used up when it is registered.

The token is shown once to who made the link; only its digest is kept. Canvas may read our configuration by it as
often as it likes until the link expires.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, User
from cohorts import tokens
from lti.models import Product, Registration, RegistrationLink, RegistrationState
from lti.registering import actions
from lti.registering.details import Details
from lti.registering.errors import KnownAlready, LinkExpired, LinkRefused, LinkUnknown, LinkUsed

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Made:
    """A link with its token, which cannot be shown again."""

    link: RegistrationLink
    token: str


@transaction.atomic
def make(*, institution: Institution, product: Product, name: str, by: User) -> Made:
    token = tokens.new()
    link = RegistrationLink.objects.create(
        institution=institution,
        product=product,
        name=name,
        token_digest=tokens.digest(token),
        made_by=by,
        expires_at=timezone.now() + LIFETIME,
    )
    record(
        institution=institution,
        actor=by,
        verb="make_registration_link",
        link=str(link.pk),
        product=product.value,
    )
    return Made(link, token)


@transaction.atomic
def revoke(*, link: RegistrationLink, by: User) -> None:
    """The link is unknown from now on."""
    record(institution=link.institution, actor=by, verb="revoke_registration_link", link=str(link.pk))
    link.delete()


def usable(token: str) -> RegistrationLink:
    """The link of a token. Raises LinkRefused."""
    rows = RegistrationLink.objects.select_related("institution", "made_by")
    return _checked(rows.filter(token_digest=tokens.digest(token)).first())


def _checked(link: RegistrationLink | None) -> RegistrationLink:
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= timezone.now():
        raise LinkExpired
    return link


@transaction.atomic
def use_up(*, link: RegistrationLink, details: Details, deployment_id: str) -> Registration:
    """What the platform registered by the link. Raises LinkRefused (another was quicker), KnownAlready.

    A platform that registers us again under the same client id changes the registration that is there.
    """
    rows = RegistrationLink.objects.select_for_update(of=("self",)).select_related("institution", "made_by")
    link = _checked(rows.filter(pk=link.pk).first())
    known = Registration.objects.filter(issuer=details.issuer, client_id=details.client_id).first()
    if known is None:
        registration = _registered(link, details, deployment_id)
    elif known.institution_id == link.institution_id:
        registration = _changed(known, link, details, deployment_id)
    else:
        raise KnownAlready
    mark_used(link=link, registration=registration)
    return registration


def mark_used(*, link: RegistrationLink, registration: Registration) -> None:
    link.used_at, link.registration = timezone.now(), registration
    link.save(update_fields=["used_at", "registration"])


def _registered(link: RegistrationLink, details: Details, deployment_id: str) -> Registration:
    return actions.register(
        institution=link.institution,
        details=details,
        state=RegistrationState.ACTIVE,
        deployment_ids=[deployment_id] if deployment_id else [],
        by=link.made_by,
    )


def _changed(
    known: Registration, link: RegistrationLink, details: Details, deployment_id: str
) -> Registration:
    """The addresses may be new; the name and the frames that the administrator gave stay."""
    origins = dict.fromkeys((*known.frame_origins, *details.frame_origins))
    kept = replace(details, name=known.name, frame_origins=tuple(origins))
    registration = actions.change(registration=known, details=kept, by=link.made_by)
    if deployment_id:
        actions.add_deployment(registration=registration, deployment_id=deployment_id, by=link.made_by)
    return registration


__all__ = ["LIFETIME", "LinkRefused", "Made", "make", "mark_used", "revoke", "usable", "use_up"]
