"""What becomes of data. Every model says it in `data_fate`; the check accounts.E001 fails on one that does not.

Export, erasure and retention are generic and read these declarations (`accounts.actions.data`), so that a new
model is covered the moment it is declared. Principle 10 of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

OUR_APPS = ("accounts", "cohorts", "scoring", "practice", "analytics", "lti")


class Erasure(StrEnum):
    DELETE = "delete"
    """The rows go when the person goes (or asks for it)."""
    ANONYMISE = "anonymise"
    """The row stays for the institution's counts; the person's field is emptied."""
    KEEP = "keep"
    """Holds nobody's data, or must stay by law; `why` says so."""


@dataclass(frozen=True)
class Retention:
    """Rows whose `field` is older than the institution's policy `days` are deleted by the periodic job."""

    field: str
    policy: str
    """Name of the number-of-days field on `accounts.Institution`."""


@dataclass(frozen=True)
class Fate:
    why: str
    person: str | None = None
    """Lookup path from the model to the user it is about, such as `session__user`; None when about nobody."""
    institution: str | None = "institution"
    export: bool = False
    erasure: Erasure = Erasure.KEEP
    retention: Retention | None = None
    leave_out: tuple[str, ...] = ()
    """Fields that are never exported (hashes, tokens, internal paths)."""


# Tables of libraries that hold personal data.
LIBRARY_FATES: dict[str, Fate] = {
    "axes.AccessAttempt": Fate(
        why="failed sign-ins, by address; deleted after a month by the retention job", institution=None
    ),
    "axes.AccessLog": Fate(
        why="sign-ins, by address; deleted after a month by the retention job", institution=None
    ),
    "axes.AccessFailureLog": Fate(
        why="not written (AXES_ENABLE_ACCESS_FAILURE_LOG is off)", institution=None
    ),
    "sessions.Session": Fate(why="sign-in cookies; deleted when they expire", institution=None),
    "admin.LogEntry": Fate(why="what the operator did in the admin", institution=None),
}


def fate_of(model: Any) -> Fate | None:
    fate = getattr(model, "data_fate", None) or LIBRARY_FATES.get(model._meta.label)
    return fate if isinstance(fate, Fate) else None
