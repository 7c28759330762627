"""What comes back from the platform: the message of a login that this browser began, in order and used up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from lti.errors import Code, PlaceRefused, StateRefused, TokenRefused
from lti.keys.platform import keys_of
from lti.launch.login import check_standing, login_of, nonce_of, use_up
from lti.message.checks import Expected, checked
from lti.message.claims import Message
from lti.message.token import claims_of
from lti.models import Deployment, DeploymentState, Registration


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that passed everything, and whose registration it is."""

    registration: Registration
    message: Message


def arrive(posted: Mapping[str, str], *, browser: str, is_ours: Callable[[str], bool]) -> Arrived:
    """Judge an authentication response (1EdTech Security Framework 1.0, 5.1.1.3). Raises LaunchRefused.

    `browser` is the secret that the login gave to the browser. A refused message leaves the login as it was: whoever
    sends rubbish with somebody's state spoils nothing for them.
    """
    if posted.get("error"):
        raise StateRefused(Code.PLATFORM_ERROR, posted["error"][:40])
    login = login_of(posted.get("state", ""), browser)
    if not posted.get("id_token"):
        raise TokenRefused(Code.NO_MESSAGE)
    registration = login.registration
    check_standing(registration)
    claims = claims_of(posted["id_token"], keys_of(registration))
    expected = Expected(
        issuer=registration.issuer,
        client_id=registration.client_id,
        nonce=nonce_of(posted["state"]),
        now=timezone.now().timestamp(),
        is_ours=is_ours,
    )
    message = checked(claims, expected)
    use_up(login)
    _check_deployment(registration, message.deployment_id)
    return Arrived(registration, message)


def _check_deployment(registration: Registration, deployment_id: str) -> None:
    """A deployment that nobody has seen before waits for the administrator's word."""
    deployment, _ = Deployment.objects.get_or_create(
        registration=registration,
        deployment_id=deployment_id,
        defaults={"institution_id": registration.institution_id},
    )
    if deployment.state == DeploymentState.NEW:
        raise PlaceRefused(Code.DEPLOYMENT_NEW)
    if deployment.state == DeploymentState.REFUSED:
        raise PlaceRefused(Code.DEPLOYMENT_REFUSED)
