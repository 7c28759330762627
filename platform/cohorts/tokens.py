"""The secret in an invitation's link. Only its hash is stored, so that the database alone invites nobody."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new() -> str:
    """256 random bits, urlsafe."""
    return secrets.token_urlsafe(BYTES)


def digest(token: str) -> str:
    """SHA-256 in hex. The token has full entropy, so that no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
