"""Runs one command so that it never outlives its parent, and, for root, as an ordinary account.

Used as a script between the supervisor and what it starts (`python -I -S launch.py ... -- command`), because
these calls belong to the child alone and Python code between fork and exec is not safe beside threads.
It replaces itself by the command, so the command keeps its process id. Standard library only.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

# linux/prctl.h and linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522
LINUX = sys.platform == "linux"


def wrapped(
    command: Sequence[str],
    *,
    death_signal: int = signal.SIGTERM,
    uid: int | None = None,
    gid: int | None = None,
    keep_access: bool = False,
) -> list[str]:
    """`command` with this script before it, for the caller's own children.

    `death_signal` is what the command gets when the calling thread's process dies (Linux only; elsewhere an
    orphan lives on). With `uid` and `gid` the command runs as that account, without other groups;
    `keep_access` lets it go on passing folders that are closed to the account (a checkout below /root).
    """
    words = [sys.executable, "-I", "-S", str(Path(__file__).resolve())]
    words += ["--parent", str(os.getpid()), "--signal", str(int(death_signal))]
    if uid is not None and gid is not None:
        words += ["--uid", str(uid), "--gid", str(gid)]
    if keep_access:
        words.append("--keep-access")
    return [*words, "--", *command]


def _prctl(option: int, *values: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with_parent(parent: int, death_signal: int) -> None:
    """Ask Linux to send `death_signal` to this process when `parent` dies; end now if it already has."""
    if not LINUX:
        return
    _prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit(1)


def become(uid: int, gid: int, *, keep_access: bool) -> None:
    """Turn from root into the account. Raises OSError where the system does not allow it."""
    os.setgroups([])
    os.setgid(gid)
    if keep_access and LINUX:
        # Keeps the capabilities over setuid, and access(2) then honours them too: initdb asks with it for postgres.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setuid(uid)
    if keep_access and LINUX:
        _keep_only_file_access()


def _keep_only_file_access() -> None:
    """Of root's powers keep the one that passes closed folders, across exec; PostgreSQL refuses only the user id."""
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Two words of 32 capabilities each: effective, permitted, inheritable.
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, sets) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--keep-access", action="store_true")
    parser.add_argument("command", nargs="+")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    wanted = _arguments(argv)
    try:
        if wanted.uid is not None:
            become(wanted.uid, wanted.gid, keep_access=wanted.keep_access)
        # After the change of user, which clears it.
        die_with_parent(wanted.parent, wanted.signal)
        os.execv(wanted.command[0], wanted.command)
    except OSError as error:
        sys.exit(f"{wanted.command[0]} could not be started: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
