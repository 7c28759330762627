"""Runs one management command with the database of a data folder at hand, started for it when it does not run.

`python -m greenroom.with_database --data var shell`
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from greenroom import embedded
from greenroom.data_lock import DataInUse, owned


@contextlib.contextmanager
def database(data: Path, *, what: str) -> Iterator[str]:
    """The address of the database: that of DATABASE_URL, the running one, or one started for this block.

    Raises EmbeddedError, or DataInUse when another process owns the folder and its database does not answer.
    """
    if outside := os.environ.get("DATABASE_URL"):
        yield outside
    elif running := embedded.running(data):
        yield running
    else:
        with owned(data, what=what):
            try:
                yield embedded.start(data)
            finally:
                embedded.stop(data)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="greenroom.with_database", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GREENROOM_DATA") or "var"))
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command and its own words")
    options = parser.parse_args(argv)
    data = options.data.expanduser().resolve()
    try:
        with database(data, what="A management command") as url:
            os.environ |= {"DATABASE_URL": url, "GREENROOM_DATA": str(data)}
            _manage(options.command)
    except (DataInUse, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _manage(command: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenroom.settings")
    from django.core.management import execute_from_command_line
    from django.db import connections

    execute_from_command_line(["greenroom", *command])
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
