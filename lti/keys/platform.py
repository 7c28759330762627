"""A platform's public keys, as kept with its registration: fetched when a key id is new, but not at every forged one.

Platforms rotate their keys, so an unknown key id asks for the set once more. Anybody can send a token with an invented
key id, so there is a floor between two fetches. When a fetch fails the keys that are known go on counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from lti.errors import Code, ServiceError, TokenRefused
from lti.http import ask
from lti.message.token import JsonWebKey, KeyOf
from lti.models import Registration

FLOOR = timedelta(seconds=60)
"""Between two fetches for unknown key ids of one registration."""

AGE = timedelta(hours=24)
"""After that a known set is fetched anew, so that a key that was withdrawn stops counting."""

MOST_KEYS = 50


def keys_of(registration: Registration) -> KeyOf:
    """Finds a key by its id. What it returns raises TokenRefused where the keys are needed and cannot be had."""

    def find(kid: str) -> JsonWebKey | None:
        found = _known(registration, kid)
        if found is None or _is_old(registration):
            _refresh(registration)
            found = _known(registration, kid)
        return found

    return find


def fetch_keys(url: str) -> dict[str, JsonWebKey]:
    """The RSA keys of a JWKS, by their ids. Raises ServiceError."""
    data = ask("GET", url, headers={"Accept": "application/json"}).data
    keys = data.get("keys") if isinstance(data, dict) else None
    if not isinstance(keys, list):
        raise ServiceError("the address gives no key set")
    found = {kid: key for key in keys[:MOST_KEYS] if (kid := _usable(key))}
    if not found:
        raise ServiceError("the key set holds no RSA key with an id")
    return found


def _usable(key: Any) -> str:
    """The id of an RSA key for signatures; empty for anything else."""
    if not isinstance(key, Mapping) or key.get("kty") != "RSA" or key.get("use", "sig") != "sig":
        return ""
    kid = key.get("kid")
    return kid if isinstance(kid, str) else ""


def _known(registration: Registration, kid: str) -> JsonWebKey | None:
    found = registration.keys.get(kid)
    return found if isinstance(found, dict) else None


def _is_old(registration: Registration) -> bool:
    at = registration.keys_fetched_at
    return at is None or timezone.now() - at > AGE


def _refresh(registration: Registration) -> None:
    now = timezone.now()
    if not _may_fetch(registration, now):
        return
    try:
        registration.keys = fetch_keys(registration.keys_url)
    except ServiceError as error:
        Registration.objects.filter(pk=registration.pk).update(last_error=str(error)[:200], last_error_at=now)
        if not registration.keys:
            raise TokenRefused(Code.KEYS_UNREACHABLE) from error
        return
    registration.keys_fetched_at = now
    registration.save(update_fields=["keys", "keys_fetched_at"])


def _may_fetch(registration: Registration, now: datetime) -> bool:
    """Whether this request may fetch: one at a time over all processes, and not before the floor."""
    rows = Registration.objects.filter(pk=registration.pk)
    free = rows.filter(keys_tried_at=None) | rows.filter(keys_tried_at__lte=now - FLOOR)
    return bool(free.update(keys_tried_at=now))
