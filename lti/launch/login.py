"""The first request of a launch: which platform it is, and where the browser goes to have it signed.

State and browser are random, and only their digests are kept. The nonce follows from the state with our secret: so a
message belongs to one login, and nobody can make the one from the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.crypto import salted_hmac

from lti.errors import Code, LoginRefused, StateRefused
from lti.models import IDENTIFIER, DeploymentState, Login, Registration, RegistrationState

LIFETIME = timedelta(minutes=10)
"""From the first request to the signed message; somebody may have to sign in at the platform in between."""

SALT = "lti.launch.nonce"
COOKIE = "greenroom_lti_"


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun: where to send the browser, and what it must bring back.

    `storage` is the platform's frame that keeps data where cookies are blocked; empty where it offers none.
    """

    registration: Registration
    url: str
    state: str
    browser: str
    storage: str

    @property
    def cookie(self) -> str:
        return cookie_of(self.state)


def begin(asked: Mapping[str, str], *, launch_url: str, is_ours: bool) -> Begun:
    """Answer a login initiation (1EdTech Security Framework 1.0, 5.1.1.1). Raises LoginRefused."""
    issuer, hint, target = _needed(asked)
    if not is_ours:
        raise LoginRefused(Code.TARGET_NOT_OURS)
    registration = _registration(issuer, asked.get("client_id", ""), asked.get("lti_deployment_id", ""))
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    storage = asked.get("lti_storage_target", "")
    storage = storage if len(storage) <= IDENTIFIER else ""
    Login.objects.create(
        institution_id=registration.institution_id,
        registration=registration,
        state_digest=digest(state),
        browser_digest=digest(browser),
        target=target,
        storage=storage,
    )
    words = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch_url,
        "login_hint": hint,
        "state": state,
        "nonce": nonce_of(state),
    }
    if asked.get("lti_message_hint"):
        words["lti_message_hint"] = asked["lti_message_hint"]
    joint = "&" if urlsplit(registration.login_url).query else "?"
    url = f"{registration.login_url}{joint}{urlencode(words)}"
    return Begun(registration, url, state, browser, storage)


def _needed(asked: Mapping[str, str]) -> tuple[str, str, str]:
    needed = (
        ("iss", Code.LOGIN_NO_ISSUER),
        ("login_hint", Code.LOGIN_NO_HINT),
        ("target_link_uri", Code.LOGIN_NO_TARGET),
    )
    for name, code in needed:
        if not asked.get(name):
            raise LoginRefused(code)
    return asked["iss"], asked["login_hint"], asked["target_link_uri"]


def _registration(issuer: str, client_id: str, deployment_id: str) -> Registration:
    rows = Registration.objects.filter(issuer=issuer)
    if client_id:
        rows = rows.filter(client_id=client_id)
    found = list(rows[:50])
    if len(found) > 1 and deployment_id:
        accepted = rows.filter(
            deployments__deployment_id=deployment_id, deployments__state=DeploymentState.ACCEPTED
        )
        found = list(accepted[:2])
    if not found:
        raise LoginRefused(Code.LOGIN_UNKNOWN_PLATFORM)
    if len(found) > 1:
        raise LoginRefused(Code.LOGIN_SEVERAL_PLATFORMS)
    check_standing(found[0])
    return found[0]


def check_standing(registration: Registration) -> None:
    """Raises LoginRefused where the registration may not launch (any more)."""
    if registration.state == RegistrationState.PENDING:
        raise LoginRefused(Code.REGISTRATION_PENDING)
    if registration.state == RegistrationState.DISABLED:
        raise LoginRefused(Code.REGISTRATION_DISABLED)


# --- when the browser comes back ---------------------------------------------------------------------


def login_by(state: str) -> Login | None:
    """The login of a state, whoever brings it: it says which registration a refusal is about, and lets nobody in."""
    if not state:
        return None
    return (
        Login.objects.select_related("registration__institution").filter(state_digest=digest(state)).first()
    )


def login_of(state: str, browser: str) -> Login:
    """The login that this state and this browser began. Raises StateRefused.

    It is not used up by this: `use_up` does that once the message is known to be in order.
    """
    if not state:
        raise StateRefused(Code.STATE_MISSING)
    login = login_by(state)
    if login is None:
        raise StateRefused(Code.STATE_UNKNOWN)
    if login.used_at is not None:
        raise StateRefused(Code.STATE_USED)
    if timezone.now() - login.created_at > LIFETIME:
        raise StateRefused(Code.STATE_EXPIRED)
    if not secrets.compare_digest(login.browser_digest, digest(browser)):
        raise StateRefused(Code.OTHER_BROWSER)
    return login


def use_up(login: Login) -> None:
    """A login lets somebody in once, however often its message comes. Raises StateRefused."""
    fresh = Login.objects.filter(pk=login.pk, used_at=None)
    if not fresh.update(used_at=timezone.now()):
        raise StateRefused(Code.STATE_USED)


def nonce_of(state: str) -> str:
    return salted_hmac(SALT, state, algorithm="sha256").hexdigest()


def cookie_of(state: str) -> str:
    """The name of the cookie that holds a login's browser: of its own, so that two launches may go on at a time."""
    return COOKIE + digest(state)[:12]


def digest(token: str) -> str:
    """SHA-256 in hex; what is digested has full entropy."""
    return sha256(token.encode()).hexdigest()
