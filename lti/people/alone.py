"""Locks that last as long as the transaction, so that two launches at once make one person, one course, one session."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from django.db import connection

from accounts.models import Institution


def one_at_a_time(*what: object) -> None:
    """Waits until no other transaction holds the same name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(what)])


def each_at_a_time(names: Iterable[tuple[object, ...]]) -> None:
    """The same for many names by one query, in one order, so that two who want them all do not wait for each other."""
    numbers = sorted(map(_number, names))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(number)) FROM unnest(%s::bigint[]) AS number", [numbers]
        )


def _number(what: tuple[object, ...]) -> int:
    named = sha256("\0".join(["lti", *map(str, what)]).encode()).digest()
    return int.from_bytes(named[:8], signed=True)


def hold(institution: Institution) -> None:
    """The institution stays as it is meanwhile: roles, and who is erased.

    Those acts lock the institution's row first and rows of people after it. A launch that wrote about a person before
    it came to the institution (every foreign key does) would wait for them as they wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_institution WHERE id = %s FOR KEY SHARE", [institution.pk])
