"""As which account the embedded database runs when we are root, whom PostgreSQL refuses.

In order: whoever owns the folder already, an account named greenroom (made when it is missing), nobody.
Nothing on the machine is opened up for it: no folder changes its mode. Standard library only.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "greenroom"
LAST_RESORT = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """The account for the database in `folder`; None when we are not root and it simply runs as us."""
    if os.geteuid() != 0:
        return None
    if folder.exists():
        owner = folder.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    return _named(NAME) or _made() or _named(LAST_RESORT)


def hand_over(folder: Path, account: Account | None) -> None:
    """Make `folder` (just made by us, empty) belong to the account."""
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def must_keep_access(account: Account | None, paths: Iterable[Path]) -> bool:
    """Whether one of `paths`, or a folder above it, is closed to the account."""
    if account is None:
        return False
    return any(_closed(step, account) for path in paths for step in (path, *path.parents))


def _closed(path: Path, account: Account) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return not status.st_mode & stat.S_IXUSR
    if status.st_gid == account.gid:
        return not status.st_mode & stat.S_IXGRP
    return not status.st_mode & stat.S_IXOTH


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made() -> Account | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False, timeout=30
    )
    return _named(NAME) if made.returncode == 0 else None
