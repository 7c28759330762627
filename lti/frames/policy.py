"""Who may show a page in a frame: nobody, the origins of a registration, or anybody.

Anybody only for pages that hold nothing of anyone and have nothing to press but a link (a refusal, "open it again from
your course"): whoever frames them by stealth gains nothing, and a person in a frame of a platform that we do not know
reads what is wrong instead of looking at an empty box.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from csp.constants import NONE
from django.http import HttpRequest, HttpResponseBase

from lti.models import Registration

ANYBODY = ("*",)
FRAMES = frozenset({"iframe", "frame", "embed", "object"})
ORIGIN = re.compile(r"https?://[a-z0-9._\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def in_frame(request: HttpRequest) -> bool:
    """Whether a browser asks for a page in a frame (Fetch Metadata). One that does not say counts as a window."""
    return request.headers.get("Sec-Fetch-Dest", "") in FRAMES


def origin_of(address: str) -> str:
    """The origin of a web address, as a browser writes it; empty where it has none."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme, _host(parts.hostname or "")
    usual = {"https": 443, "http": 80}.get(scheme)
    host = f"[{host}]" if ":" in host else host
    made = f"{scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")
    return made if ORIGIN.fullmatch(made) else ""


def _host(name: str) -> str:
    """In small letters and in ASCII, as browsers compare it."""
    try:
        return name.lower() if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return ""


def origins_of(registration: Registration) -> list[str]:
    """Who may show this registration's launches; where nobody said so, its issuer and its sign-in page."""
    named = registration.frame_origins or [registration.issuer, registration.login_url]
    return sorted({source for address in named if (source := _source_of(address))})


def _source_of(address: str) -> str:
    """An origin, or all hosts below a name (CSP 3, 2.3.1): every school in Canvas's cloud has a host of its own."""
    below = "//*." in address
    origin = origin_of(address.replace("//*.", "//", 1))
    if not below:
        return origin
    return origin.replace("//", "//*.", 1) if "." in origin else ""


def allow(response: HttpResponseBase, origins: Sequence[str]) -> None:
    """Let these origins show the page in a frame. What a view has said of its own page stays."""
    said = getattr(response, "_csp_replace", None) or {}
    replaced = {"frame-ancestors": list(origins) or [NONE], **said}
    setattr(response, "_csp_replace", replaced)  # noqa: B010 django-csp reads it from there
    setattr(response, "xframe_options_exempt", True)  # noqa: B010
    # It knows one origin at most; browsers that read frame-ancestors do not look at it.
    response.headers.pop("X-Frame-Options", None)
