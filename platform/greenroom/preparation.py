"""What a database needs before it can serve: migrations, the scenarios we ship, demo data when asked."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator

import django
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Say = Callable[[str], object]
# Any number will do, as long as every Greenroom process takes the same.
ADVISORY_LOCK = 0x67726E726D


def prepare(*, demo: bool, say: Say) -> None:
    """Bring the database to this version. Several machines may do it at once: they take turns."""
    django.setup()
    with _turn():
        _migrate(say)
        if _exists("load_scenarios"):
            call_command("load_scenarios", verbosity=0, stdout=io.StringIO())
        if demo and _exists("seed_demo"):
            _seed(say)
    connection.close()


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _migrate(say: Say) -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    began = time.monotonic()
    say(f"Applying {len(plan)} migrations")
    call_command("migrate", interactive=False, verbosity=0)
    say(f"Migrations applied in {time.monotonic() - began:.1f} s")


def _seed(say: Say) -> None:
    began = time.monotonic()
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())
    took = time.monotonic() - began
    if took > 1:
        say(f"Demo data written in {took:.1f} s")


def _exists(command: str) -> bool:
    return command in get_commands()
