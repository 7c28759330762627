"""The signature of a platform's token, and nothing else: the claims inside are judged by `checks`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from jwt.exceptions import DecodeError, InvalidKeyError, InvalidSignatureError, PyJWTError
from jwt.types import Options

from lti.errors import Code, TokenRefused

ALGORITHM = "RS256"
"""The one that every platform must offer (1EdTech Security Framework 1.0, 5.1.1); no other is accepted."""

MOST_BYTES = 64 * 1024

JsonWebKey = Mapping[str, Any]
KeyOf = Callable[[str], JsonWebKey | None]
"""The platform's public key of a key id, as JWK; None where it has none of that name."""

_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def claims_of(token: str, key_of: KeyOf) -> dict[str, Any]:
    """The claims of a token that the platform signed. Raises TokenRefused; whatever `key_of` raises goes on."""
    header = _header(token)
    if header.get("alg") != ALGORITHM:
        raise TokenRefused(Code.WRONG_ALGORITHM, str(header.get("alg"))[:20])
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenRefused(Code.NO_KEY_ID)
    key = key_of(kid)
    if key is None:
        raise TokenRefused(Code.UNKNOWN_KEY)
    return _verified(token, key)


def _header(token: str) -> dict[str, Any]:
    if len(token) > MOST_BYTES:
        raise TokenRefused(Code.TOO_LARGE)
    try:
        return jwt.get_unverified_header(token)
    except (PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefused(Code.MALFORMED) from error


def _verified(token: str, key: JsonWebKey) -> dict[str, Any]:
    try:
        public = jwt.PyJWK(dict(key), algorithm=ALGORITHM)
        return jwt.decode(token, public, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except InvalidSignatureError as error:
        raise TokenRefused(Code.WRONG_SIGNATURE) from error
    except (InvalidKeyError, json.JSONDecodeError) as error:
        raise TokenRefused(Code.UNKNOWN_KEY) from error
    except (DecodeError, PyJWTError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise TokenRefused(Code.MALFORMED) from error
