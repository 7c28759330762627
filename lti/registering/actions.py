"""Every write about registrations and deployments, as a named verb. The audit log has settings, never people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import record
from accounts.models import Institution, User
from lti.models import Deployment, DeploymentState, Identity, Registration, RegistrationState
from lti.registering.checks import Checked
from lti.registering.details import FIELDS, Details
from lti.registering.errors import KnownAlready, PlatformIsAnother

MOST_DEPLOYMENTS = 200


@transaction.atomic
def register(
    *,
    institution: Institution,
    details: Details,
    state: RegistrationState,
    deployment_ids: Iterable[str] = (),
    by: User | None,
) -> Registration:
    """A new registration; the deployments named are accepted. Raises KnownAlready."""
    made = details.on(Registration(institution=institution, state=state, created_by=by))
    _saved(made)
    for deployment_id in list(deployment_ids)[:MOST_DEPLOYMENTS]:
        _accept(made, deployment_id, by)
    record(
        institution=institution,
        actor=by,
        verb="register_platform",
        registration=str(made.pk),
        product=made.product,
    )
    return made


@transaction.atomic
def change(*, registration: Registration, details: Details, by: User | None) -> Registration:
    """New values. Raises KnownAlready, and PlatformIsAnother for a new issuer after people have come from the old one.

    A platform's `sub` says who somebody is at that platform only: under another issuer it would let strangers into
    the accounts of those who came before.
    """
    registration = _locked(registration)
    before = {name: getattr(registration, name) for name in FIELDS}
    if details.issuer != registration.issuer and Identity.objects.filter(registration=registration).exists():
        raise PlatformIsAnother
    _saved(details.on(registration))
    changed = _changes(before, registration)
    if changed:
        record(
            institution=registration.institution,
            actor=by,
            verb="change_platform",
            registration=str(registration.pk),
            changed=changed,
        )
    return registration


def _changes(before: Mapping[str, Any], after: Registration) -> dict[str, list[Any]]:
    return {name: [old, new] for name, old in before.items() if (new := getattr(after, name)) != old}


def _saved(registration: Registration) -> None:
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as error:
        raise KnownAlready from error


@transaction.atomic
def switch(*, registration: Registration, on: bool, by: User) -> Registration:
    """On: launches are let in again. Off: none is, and nothing is sent; what is there stays."""
    registration = _locked(registration)
    state = RegistrationState.ACTIVE if on else RegistrationState.DISABLED
    if registration.state != state:
        before, registration.state = registration.state, state
        registration.save(update_fields=["state"])
        record(
            institution=registration.institution,
            actor=by,
            verb="switch_platform",
            registration=str(registration.pk),
            before=before,
            after=state.value,
        )
    return registration


def note_check(*, registration: Registration, checked: Checked) -> None:
    """What asking the platform found. Keys that answer let a registration that waited for them go on."""
    now, problems = timezone.now(), checked.problems
    values: dict[str, Any] = {
        "last_error": problems[0].text[:200] if problems else "",
        "last_error_at": now if problems else None,
    }
    if checked.keys:
        values |= {"keys": checked.keys, "keys_fetched_at": now}
    rows = Registration.objects.filter(pk=registration.pk)
    rows.update(**values)
    if checked.keys:
        rows.filter(state=RegistrationState.PENDING).update(state=RegistrationState.ACTIVE)
    registration.refresh_from_db()


@transaction.atomic
def delete(*, registration: Registration, by: User) -> None:
    """The registration, and what only it knows: who is who, which course is which cohort, which grades were sent.

    Cohorts, accounts and all practice stay.
    """
    registration = _locked(registration)
    record(
        institution=registration.institution,
        actor=by,
        verb="delete_platform",
        registration=str(registration.pk),
        product=registration.product,
    )
    registration.delete()


# --- deployments --------------------------------------------------------------------------------------


@transaction.atomic
def decide_deployment(*, deployment: Deployment, accept: bool, by: User) -> None:
    state = DeploymentState.ACCEPTED if accept else DeploymentState.REFUSED
    changed = Deployment.objects.filter(pk=deployment.pk).exclude(state=state)
    if changed.update(state=state, decided_by=by):
        record(
            institution=deployment.institution,
            actor=by,
            verb="accept_deployment" if accept else "refuse_deployment",
            registration=str(deployment.registration_id),
            deployment=deployment.deployment_id,
        )


@transaction.atomic
def add_deployment(*, registration: Registration, deployment_id: str, by: User | None) -> Deployment:
    """Accepts a deployment before its first launch."""
    deployment = _accept(registration, deployment_id, by)
    record(
        institution=registration.institution,
        actor=by,
        verb="accept_deployment",
        registration=str(registration.pk),
        deployment=deployment_id,
    )
    return deployment


def _accept(registration: Registration, deployment_id: str, by: User | None) -> Deployment:
    deployment, _made = Deployment.objects.update_or_create(
        registration=registration,
        deployment_id=deployment_id,
        defaults={
            "institution_id": registration.institution_id,
            "state": DeploymentState.ACCEPTED,
            "decided_by": by,
        },
    )
    return deployment


def _locked(registration: Registration) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("institution")
    return rows.get(pk=registration.pk)
