"""What becomes of data. Every model says it in `data_fate`; the check accounts.E001 fails on one that does not.

Export, erasure and retention are generic and read these declarations (`accounts.data`), so that a new
model is covered the moment it is declared. Principle 10 of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

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
    """Rows whose `field` lies longer ago than the period are deleted by the periodic job.

    The period is the institution's (`policy`) or, where no institution decides, a fixed number of `days`.
    """

    field: str
    policy: str = ""
    """Name of the number-of-days field on `accounts.Institution`."""
    days: int | None = None


@dataclass(frozen=True)
class Shown:
    """How the privacy page speaks of these rows. Models without it are bookkeeping that goes with another one."""

    kind: _StrOrPromise
    """Plural, in plain words: "Recordings of your answers"."""
    seen_by: _StrOrPromise


ONLY_YOU = _("Only you")


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
    address: str | None = None
    """Field with an e-mail address, where rows are about somebody who perhaps has no account (yet)."""
    purpose: str | None = None
    """Value of the `accounts.Purpose` without which such rows are not made; withdrawing it offers to delete them."""
    shown: Shown | None = None


# Tables of libraries that hold personal data.
LIBRARY_FATES: dict[str, Fate] = {
    "axes.AccessAttempt": Fate(
        why="failed sign-ins, by address",
        institution=None,
        address="username",
        export=True,
        leave_out=("get_data", "post_data"),
        erasure=Erasure.DELETE,
        retention=Retention("attempt_time", days=30),
    ),
    "axes.AccessLog": Fate(
        why="sign-ins, by address",
        institution=None,
        address="username",
        export=True,
        leave_out=("session_hash",),
        erasure=Erasure.DELETE,
        retention=Retention("attempt_time", days=30),
    ),
    "axes.AccessFailureLog": Fate(
        why="not written (AXES_ENABLE_ACCESS_FAILURE_LOG is off)",
        institution=None,
        address="username",
        erasure=Erasure.DELETE,
        retention=Retention("attempt_time", days=30),
    ),
    "sessions.Session": Fate(
        why="sign-in cookies; useless once the person is gone, deleted when they expire",
        institution=None,
        retention=Retention("expire_date", days=0),
    ),
    "admin.LogEntry": Fate(
        why="what the operator did in the admin; goes with the operator's account",
        person="user",
        institution=None,
        erasure=Erasure.DELETE,
    ),
}


def fate_of(model: Any) -> Fate | None:
    fate = getattr(model, "data_fate", None) or LIBRARY_FATES.get(model._meta.label)
    return fate if isinstance(fate, Fate) else None
