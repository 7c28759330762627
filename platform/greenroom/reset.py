"""Empties a data folder: people, sessions, recordings, database. Standard library only."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from greenroom import data_lock, embedded

# The clusters of test runs lie in the default data folder and may be in use.
KEPT = {"test"}


def reset_data(data: Path, *, ask: bool) -> int:
    """Delete what `data` holds, after asking. Returns the exit status: 0 when the folder is empty afterwards."""
    contents = [path for path in data.iterdir() if path.name not in KEPT] if data.is_dir() else []
    if not contents:
        print(f"{data} holds no data.")
        return 0
    try:
        _refuse(data)
        if ask and not _agreed(f"Delete everything in {data}: people, sessions, recordings? [y/N] "):
            print("Nothing is deleted.")
            return 1
        embedded.stop(data)
    except (data_lock.DataInUse, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    for path in contents:
        _delete(path)
    print(f"{data} is empty.")
    return 0


def _refuse(data: Path) -> None:
    """Keep a slip of the keyboard from deleting somebody's home. Raises DataInUse when the folder is not for us."""
    if not (data / data_lock.NAME).exists():
        raise data_lock.DataInUse(f"{data} is not a data folder of Greenroom. Nothing is deleted.")
    data_lock.refuse_if_used(data)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        return False
