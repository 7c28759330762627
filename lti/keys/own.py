"""Our own signing keys: made when first needed, rotated by the administrator or a job, published while in use.

A private key lies encrypted in the database, with a key made of SECRET_KEY (Fernet over HKDF): a copy of the database
alone signs nothing. SECRET_KEY_FALLBACKS decrypt what was written before the secret changed.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from lti.models import SigningKey

BITS = 2048
STAYS = timedelta(days=7)
"""How long a replaced key stays published: platforms keep key sets for a day or so, and tokens live an hour."""

_LOCK = 5_110_117_020_011
"""Of the advisory lock that keeps two processes from making the first key at once."""


def public_keys() -> list[dict[str, Any]]:
    """Our key set as it is published: the key that signs, and replaced ones that may still be in use."""
    signing_key()
    in_use = Q(retire_at=None) | Q(retire_at__gt=timezone.now())
    return [key.public for key in SigningKey.objects.filter(in_use).order_by("-created_at")[:10]]


def sign(claims: dict[str, Any]) -> str:
    """A token of ours."""
    key = signing_key()
    return jwt.encode(claims, _decrypted(key), algorithm="RS256", headers={"kid": key.kid})


def signing_key() -> SigningKey:
    """The key that signs; made where there is none yet."""
    return _newest() or _first()


@transaction.atomic
def rotate() -> SigningKey:
    """A new key signs from now on; the old one stays published for `STAYS`."""
    now = timezone.now()
    SigningKey.objects.filter(retire_at=None).update(retire_at=now + STAYS)
    SigningKey.objects.filter(retire_at__lt=now).delete()
    return _made()


def _newest() -> SigningKey | None:
    return SigningKey.objects.filter(retire_at=None).order_by("-created_at").first()


@transaction.atomic
def _first() -> SigningKey:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return _newest() or _made()


def _made() -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = get_random_string(24)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
    public = {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}
    return SigningKey.objects.create(kid=kid, private=_box().encrypt(pem), public=public)


def _decrypted(key: SigningKey) -> bytes:
    return _box().decrypt(bytes(key.private))


def _box() -> MultiFernet:
    return MultiFernet(
        [Fernet(_derived(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _derived(secret: str) -> bytes:
    made = HKDF(hashes.SHA256(), length=32, salt=None, info=b"greenroom lti signing keys").derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(made)
