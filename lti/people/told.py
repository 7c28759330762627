"""What a platform says of people and places, made fit to keep. Junk counts as not said: nothing here refuses.

A platform may say anything within its 64 kB: names of ten thousand characters, addresses that are none, NUL, which no
text in PostgreSQL holds.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import NO_ADDRESS
from lti.models import ADDRESS, IDENTIFIER

LONGEST_NAME = 120
LONGEST_EMAIL = 254
MOST_POINTS = 1e6
MOST_SCOPES = 20


def is_fit(text: str) -> bool:
    """Whether it can be kept as it is: no NUL and no half of a pair. Identifiers are kept as they are or not at all."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def line(text: str, longest: int) -> str:
    """One line of visible text, cut to a length."""
    # Controls, surrogates and unassigned characters go; joiners, which some scripts need, are of category Cf and stay.
    seen = (" " if unicodedata.category(one) in {"Cc", "Cs", "Cn"} else one for one in text)
    return " ".join("".join(seen).split())[:longest].strip()


def name(text: str) -> str:
    return line(text, LONGEST_NAME)


def email(text: str) -> str:
    """In lower case; empty for what is none, and for the addresses that we make ourselves."""
    found = text.strip().lower()
    try:
        validate_email(found)
    except ValidationError:
        return ""
    is_ours = found.endswith(f"@{NO_ADDRESS}")
    return found if is_fit(found) and len(found) <= LONGEST_EMAIL and not is_ours else ""


def language(locale: str) -> str:
    """Ours for a locale such as `de-AT` or `fr_CA`; empty where we do not speak it."""
    found = locale.replace("_", "-").partition("-")[0].lower()
    return found if found in dict(settings.LANGUAGES) else ""


def address(text: str) -> str:
    """An address on the web; empty for anything else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    on_the_web = parts.scheme in {"https", "http"} and bool(parts.netloc)
    return text if on_the_web and text.isprintable() and len(text) <= ADDRESS else ""


def scopes(texts: Iterable[str]) -> list[str]:
    return [one for one in texts if one and is_fit(one) and len(one) <= IDENTIFIER][:MOST_SCOPES]


def key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def points(text: str) -> float | None:
    """A number above 0 that a gradebook may hold."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and 0 < found <= MOST_POINTS else None
