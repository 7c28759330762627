"""Which addresses of a platform we use: https, and http only where nobody else can listen."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"https": 443, "http": 80}
_ORIGIN = re.compile(
    r"https?://(?:(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?"
)


def parts_of(address: str) -> SplitResult | None:
    """The parts of a web address that we may ask; None for anything else."""
    if not address.isascii() or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return parts if sound and _is_safe(parts) else None


def is_address(address: str) -> bool:
    """An address that we may ask; a fragment has no place in one."""
    parts = parts_of(address)
    return parts is not None and not parts.fragment


def is_issuer(address: str) -> bool:
    """An issuer is a URL without query and fragment (1EdTech Security Framework 1.0, 5.1.2)."""
    return is_address(address) and "?" not in address and "#" not in address


def is_origin(address: str) -> bool:
    """Scheme and host alone, as `frame-ancestors` takes them; the host may begin with `*.` (CSP 3, 2.3.1)."""
    return bool(_ORIGIN.fullmatch(address)) and parts_of(address.replace("*.", "", 1)) is not None


def origin_of(address: str) -> str:
    """Scheme, host and port of an address that is one; empty otherwise."""
    parts = parts_of(address)
    if parts is None:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    default = parts.port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if default else f"{parts.scheme}://{host}:{parts.port}"


def host_of(address: str) -> str:
    """The host in lower case; empty where the address is none."""
    parts = parts_of(address)
    return (parts.hostname or "") if parts else ""


def _is_safe(parts: SplitResult) -> bool:
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and (settings.DEVELOPMENT or parts.hostname in LOCAL)
