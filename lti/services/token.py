"""Access tokens for a platform's services: asked for with a signed assertion, kept in memory until shortly before
they expire (1EdTech Security Framework 1.0, 4.1; RFC 7523, 2.2)."""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from lti.errors import ServiceError
from lti.http import ask
from lti.keys import own
from lti.models import Registration

ASSERTION_S = 300
"""So long an assertion of ours is good."""

EARLY_S = 60.0
"""A token is asked for anew so long before it expires: a request may take its time."""

USUAL_S, LONGEST_S = 3600.0, 86400.0
"""How long a token is good where the platform does not say, and at most, whatever it says."""

MOST = 512
"""So many tokens are kept; beyond, the one that was not used for longest goes."""

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = tuple[Any, ...]


@dataclass(slots=True)
class Purse:
    """The tokens that this process holds. Times are of the monotonic clock."""

    held: OrderedDict[Key, tuple[str, float]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Key) -> str | None:
        with self.lock:
            token, until = self.held.get(key, ("", 0.0))
            if until <= time.monotonic():
                self.held.pop(key, None)
                return None
            self.held.move_to_end(key)
            return token

    def put(self, key: Key, token: str, seconds: float) -> None:
        with self.lock:
            self.held[key] = token, time.monotonic() + seconds
            self.held.move_to_end(key)
            while len(self.held) > MOST:
                self.held.popitem(last=False)

    def drop(self, key: Key) -> None:
        with self.lock:
            self.held.pop(key, None)


_PURSE = Purse()


def bearer(registration: Registration, scopes: Collection[str]) -> str:
    """An access token for the scopes. Raises ServiceError."""
    key = _key(registration, scopes)
    token = _PURSE.get(key)
    if token is None:
        token, seconds = _asked_for(registration, scopes)
        _PURSE.put(key, token, seconds - EARLY_S)
    return token


def forget(registration: Registration, scopes: Collection[str]) -> None:
    """The platform did not take the token: the next one is asked for."""
    _PURSE.drop(_key(registration, scopes))


def forget_all() -> None:
    with _PURSE.lock:
        _PURSE.held.clear()


def _key(registration: Registration, scopes: Collection[str]) -> Key:
    """All that a token depends on: a registration that was corrected does not go on with the old one's."""
    where = registration.client_id, registration.token_url, registration.token_audience
    return registration.pk, *where, *sorted(scopes)


def _asked_for(registration: Registration, scopes: Collection[str]) -> tuple[str, float]:
    """A new token, and for how many seconds it is good."""
    answer = ask(
        "POST",
        registration.token_url,
        headers={"Accept": "application/json"},
        form={
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": _assertion(registration),
            "scope": " ".join(sorted(scopes)),
        },
    )
    data = answer.data if isinstance(answer.data, dict) else {}
    token = data.get("access_token")
    # It stands in a header: RFC 6750, 2.1 has no others than visible ASCII.
    if not (
        isinstance(token, str) and token.isascii() and token.isprintable() and token.strip() == token != ""
    ):
        raise ServiceError("the platform gave no access token", status=answer.status)
    return token, _seconds(data.get("expires_in"))


def _assertion(registration: Registration) -> str:
    now = int(time.time())
    return own.sign(
        {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.token_audience or registration.token_url,
            "iat": now,
            "exp": now + ASSERTION_S,
            "jti": uuid.uuid4().hex,
        }
    )


def _seconds(said: Any) -> float:
    """Some platforms write the number as a text; what is none means the usual time."""
    try:
        seconds = float(said)
    except (TypeError, ValueError, OverflowError):
        return USUAL_S
    return min(seconds, LONGEST_S) if seconds > 0 else USUAL_S
