"""What the process that reads media may do: no network, no other programs, bounded memory, time and files.

A decoder that is tricked by a file can then neither talk to anybody nor fill the machine. The bounds are the kernel's:
resource limits everywhere, and on Linux a seccomp filter, written by hand because it is nine instructions long.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import sys
from dataclasses import dataclass
from enum import IntEnum

from scoring.media.limits import Limits

NICENESS = 5
OPEN_FILES = 256
HEADROOM = 2
"""Writable memory may be this many times what may be resident: allocators reserve more than they use."""


class Refusal(IntEnum):
    """What becomes of a forbidden call: an error (EACCES), or the end of the process."""

    ERROR = 0x00050000 | 13
    KILL = 0x80000000


@dataclass(frozen=True, slots=True)
class _Machine:
    """The kernel's name of a processor, and its numbers of the calls that are refused."""

    audit: int
    refused: tuple[int, ...]


_MACHINES = {
    # socket, ptrace, execve, execveat, io_uring_setup (which could open sockets past this filter), bpf
    "x86_64": _Machine(0xC000003E, (41, 101, 59, 322, 425, 321)),
    "aarch64": _Machine(0xC00000B7, (198, 117, 221, 281, 425, 280)),
}

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 1, 22, 38, 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OTHER_CALLS = 0x40000000
"""From here on the same calls have other numbers (x86-64's x32): nobody here makes them so."""
_ALLOW = 0x7FFF0000
_CALL_NUMBER, _ARCHITECTURE = 0, 4


def restrict(limits: Limits, *, refusal: Refusal = Refusal.ERROR) -> str:
    """Bind this process for good, and let it die with its parent. Returns what holds, for the record."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.disk_bytes, limits.disk_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
    data = HEADROOM * limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    os.nice(NICENESS)
    if not sys.platform.startswith("linux"):
        return "rlimits"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return "rlimits, seccomp" if _refuse(libc, refusal) else "rlimits"


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("true", ctypes.c_ubyte),
        ("false", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("first", ctypes.POINTER(_Instruction)))


def _refuse(libc: ctypes.CDLL, refusal: Refusal) -> bool:
    """Put the filter in force; False where this processor or kernel has none."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    instructions = _instructions(machine, refusal)
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(machine: _Machine, refusal: Refusal) -> list[_Instruction]:
    """Another architecture's calls (a 32-bit one's have other numbers): kill. A refused number: refuse. Else: allow."""
    refused = machine.refused
    checks = [
        _Instruction(_JUMP_IF_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)
    ]
    return [
        _Instruction(_LOAD, 0, 0, _ARCHITECTURE),
        _Instruction(_JUMP_IF_EQUAL, 1, 0, machine.audit),
        _Instruction(_RETURN, 0, 0, Refusal.KILL),
        _Instruction(_LOAD, 0, 0, _CALL_NUMBER),
        _Instruction(_JUMP_IF_AT_LEAST, len(refused) + 1, 0, _OTHER_CALLS),
        *checks,
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, refusal),
    ]
