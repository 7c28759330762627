"""One process owns a data folder at a time; the next one is told who has it. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

NAME = ".lock"


class DataInUse(Exception):
    """Another process owns the folder; the message names it."""


@contextlib.contextmanager
def owned(data: Path, *, what: str, port: int | None = None) -> Iterator[None]:
    """Own `data` for the length of the block. The system gives it free however the process ends.

    Raises DataInUse at once when another process owns the folder, and OSError when it cannot be made.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not "w", which would empty the words of whoever owns the folder.
    with (data / NAME).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refusal(data) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "what": what, "port": port}))
        lock.flush()
        yield
        lock.truncate(0)


def in_use(data: Path) -> str | None:
    """Who owns the folder, in words; None when nobody does."""
    try:
        with (data / NAME).open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _owner(data)
    return None


def refuse_if_used(data: Path) -> None:
    """Raises DataInUse when another process owns the folder."""
    if in_use(data):
        raise _refusal(data)


def _refusal(data: Path) -> DataInUse:
    return DataInUse(f"{_owner(data)} is using {data}. Stop it, or name another folder with --data.")


def _owner(data: Path) -> str:
    try:
        owner = json.loads((data / NAME).read_text())
    except ValueError:
        return "Another process"
    where = f" on port {owner['port']}" if owner.get("port") else ""
    return f"{owner['what']} (process {owner['pid']}{where})"
