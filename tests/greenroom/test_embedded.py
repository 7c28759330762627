"""The embedded PostgreSQL, for real: made, started, killed, started again."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from greenroom import embedded

START = """
import sys, time
from pathlib import Path
from greenroom import embedded
print(embedded.start(Path(sys.argv[1]), durable=False), flush=True)
time.sleep(600)
"""


def pid_of(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def query(url: str, sql: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row[0] if row else None


def write_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    embedded.stop(folder)


@pytest.fixture
def starter(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that started the database and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", START, str(data)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        yield process
        process.kill()


def test_start_makes_a_database_that_answers(data: Path) -> None:
    url = embedded.start(data)
    assert embedded.running(data) == url == embedded.url(data)
    assert query(url, "SELECT current_database()") == "greenroom"
    assert query(url, "SELECT datlocale FROM pg_database WHERE datname = 'greenroom'") == "C.UTF-8"


def test_run_never_trades_safety_for_speed(data: Path) -> None:
    url = embedded.start(data)
    assert [query(url, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == [
        "on"
    ] * 3


def test_only_its_owner_can_reach_it(data: Path) -> None:
    url = embedded.start(data, durable=False)
    assert query(url, "SHOW listen_addresses") == ""
    assert (data / "postgres").stat().st_mode & 0o077 == 0
    assert (data / "postgres" / embedded.SOCKET_NAME).stat().st_mode & 0o077 == 0


def test_it_does_not_run_before_start_and_after_stop(data: Path) -> None:
    assert embedded.running(data) is None
    embedded.stop(data)
    embedded.start(data, durable=False)
    pid = pid_of(data)
    embedded.stop(data)
    assert embedded.running(data) is None
    assert not is_alive(pid)


def test_a_second_start_uses_the_running_server(data: Path) -> None:
    first = embedded.start(data, durable=False)
    pid = pid_of(data)
    assert embedded.start(data, durable=False) == first
    assert pid_of(data) == pid


def test_another_process_uses_the_running_server(data: Path, starter: subprocess.Popen[str]) -> None:
    pid = pid_of(data)
    assert query(embedded.start(data, durable=False), "SELECT 1") == 1
    assert pid_of(data) == pid


def test_starts_at_once_make_one_server(data: Path) -> None:
    commands = [[sys.executable, "-c", START, str(data)]] * 3
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    try:
        answers = {process.stdout.readline().strip() for process in processes if process.stdout}
        assert answers == {embedded.url(data)}
        assert query(embedded.url(data), "SELECT 1") == 1
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def test_what_was_written_survives_kill_9_of_the_server(data: Path) -> None:
    write_a_row(embedded.start(data))
    os.kill(pid_of(data), signal.SIGKILL)
    assert query(embedded.start(data), "SELECT word FROM kept") == "still here"


def test_kill_9_of_the_starter_takes_the_server_along(data: Path, starter: subprocess.Popen[str]) -> None:
    write_a_row(embedded.url(data))
    server = pid_of(data)
    starter.kill()
    starter.wait()
    # At once, while the old server may still be shutting down.
    assert query(embedded.start(data, durable=False), "SELECT word FROM kept") == "still here"
    assert pid_of(data) != server
    assert not is_alive(server)


def test_kill_9_of_everything_is_survived(data: Path, starter: subprocess.Popen[str]) -> None:
    write_a_row(embedded.url(data))
    server = pid_of(data)
    os.kill(server, signal.SIGKILL)
    starter.kill()
    starter.wait()
    assert query(embedded.start(data, durable=False), "SELECT word FROM kept") == "still here"


def test_a_leftover_pid_that_is_another_program_now(data: Path) -> None:
    embedded.start(data, durable=False)
    file = data / "postgres" / "postmaster.pid"
    lines = file.read_text().split("\n")
    os.kill(pid_of(data), signal.SIGKILL)
    wait_until(lambda: embedded.running(data) is None)
    with subprocess.Popen(["/bin/sleep", "600"]) as other:
        try:
            file.write_text("\n".join([str(other.pid), *lines[1:]]))
            assert query(embedded.start(data, durable=False), "SELECT 1") == 1
            assert other.poll() is None
        finally:
            other.kill()


def test_an_unfinished_cluster_is_made_anew(data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    assert query(embedded.start(data, durable=False), "SELECT 1") == 1
    assert not (data / "postgres.new").exists()


def test_the_dump_that_the_operators_are_told_to_make(data: Path) -> None:
    write_a_row(embedded.start(data, durable=False))
    command = [str(embedded.binaries() / "pg_dump"), embedded.url(data)]
    dump = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "still here" in dump.stdout


@pytest.mark.parametrize("name", ["with space", 'quote"s, and commas', "100%41", "Großschreibung"])
def test_awkward_names(tmp_path: Path, name: str) -> None:
    try:
        assert query(embedded.start(tmp_path / name, durable=False), "SELECT 1") == 1
    finally:
        embedded.stop(tmp_path / name)


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    data = tmp_path / ("long-" * 12) / ("longer-" * 12)
    try:
        url = embedded.start(data, durable=False)
        folder = Path(psycopg.conninfo.conninfo_to_dict(url)["host"])
        assert query(url, "SELECT 1") == 1
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        embedded.stop(data)
    assert not folder.exists()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    taken.chmod(0o777)
    monkeypatch.setattr(embedded, "_socket_folder", lambda folder: taken)
    with pytest.raises(embedded.SocketUnusable, match="belongs to someone else"):
        embedded.start(tmp_path / "data", durable=False)


def test_data_of_another_version_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.WrongVersion, match="PostgreSQL 16"):
        embedded.start(data)
    assert [path.name for path in (data / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(embedded.EmbeddedError, match="data"):
        embedded.start(tmp_path / "data")


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, embedded.DiskFull, "is full"),
        (errno.EACCES, embedded.NotPermitted, "--data"),
        (errno.EROFS, embedded.NotPermitted, "--data"),
    ],
)
def test_what_the_system_refuses_is_said(
    data: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(embedded, "_make", refuse)
    with pytest.raises(kind, match=words):
        embedded.start(data)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("FATAL:  could not write lock file: No space left on device", embedded.DiskFull),
        ('FATAL:  data directory "x" has wrong ownership', embedded.NotPermitted),
        ("FATAL:  could not create any Unix-domain sockets", embedded.SocketUnusable),
        ("FATAL:  something new", embedded.EmbeddedError),
    ],
)
def test_what_the_server_says_is_understood(tmp_path: Path, said: str, kind: type[Exception]) -> None:
    assert type(embedded._explain(said, embedded._cluster(tmp_path))) is kind
