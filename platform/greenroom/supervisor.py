"""Greenroom on one machine: database, web process and worker, started in order and stopped in order.

`./dev run` and `manage.py serve` both end here. Django is imported only after the web process is on its way,
so that the two load at the same time.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import http.client
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from greenroom import embedded
from greenroom.children import Child
from greenroom.data_lock import DataInUse, owned, refuse_if_used

HOST = "127.0.0.1"
PORT = 8000
READY_SECONDS = 120.0
TRIES_BEFORE_READY = 3
QUEUES = ("house", "mail", "files", "retention", "media", "builtin")
ANALYSIS_QUEUES = ("analysis",)
TRAINING_QUEUES = ("training",)
# A training is one job; whoever changed their profile does not wait for its end to have their results made anew.
TRAININGS_AT_ONCE = 2
# Of the processor, trainings have what the others leave (nice(1)).
TRAINING_NICENESS = 10
# PostgreSQL takes its log in pieces of 16 MiB.
NEARLY_FULL_BYTES = 17 << 20
# The live socket takes 32 KiB and answers what is a little larger; the rest is cut off before it is read.
LARGEST_MESSAGE = 1 << 16


class CannotServe(Exception):
    """The message says what is in the way and what to do."""


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived. Not an Exception, so that nothing on the way swallows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    data: Path
    host: str = HOST
    port: int = PORT
    demo: bool = False


def say(line: str) -> None:
    print(line, flush=True)


def serve(options: Options) -> int:
    """Run until a signal ends it. Returns the exit status."""
    try:
        with contextlib.ExitStack() as stack:
            _run(options, stack)
    except Stopped:
        say("Greenroom has stopped.")
        return 0
    except (CannotServe, DataInUse, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(options: Options, stack: contextlib.ExitStack) -> None:
    with _usable(options.data):
        # Asked before the port, since a second start on one folder mostly meets both.
        refuse_if_used(options.data)
        port = free_port(options.host, options.port)
        stack.enter_context(owned(options.data, what="Greenroom", port=port))
    stack.enter_context(_signals())
    _environment(options)
    if "DATABASE_URL" not in os.environ:
        stack.callback(embedded.stop, options.data)
        os.environ["DATABASE_URL"] = embedded.start(options.data)
    web, workers = _web(options.host, port), _workers()
    for worker in workers:
        stack.callback(worker.stop)
    stack.callback(web.stop)
    stack.callback(_hurry_on_second_signal, [web, *workers])
    web.start()
    _prepare(options)
    for worker in workers:
        worker.start()
    _watch([web, *workers], options.host, port)


@contextlib.contextmanager
def _usable(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CannotServe(_full(data)) from error
        raise CannotServe(
            f"{data} cannot be used: {error.strerror}. Name another folder with --data."
        ) from error


def free_port(host: str, port: int) -> int:
    """The port itself if it can be listened on; for 0 a free one. Raises CannotServe."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise CannotServe(f"{port} is no port: they go from 0 to 65535.") from None
        except PermissionError:
            raise CannotServe(f"Port {port} needs root. Choose one above 1023: --port 8000") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotServe(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
            raise CannotServe(
                f"Port {port} is in use by another program. Stop it, or choose another: --port {port + 1}"
            ) from None
        return int(probe.getsockname()[1])


def _environment(options: Options) -> None:
    """What the children and the Django of this process read; what is set from outside stays."""
    os.environ["GREENROOM_DATA"] = str(options.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "greenroom.settings")
    if options.demo:
        os.environ["GREENROOM_DEMO"] = "1"
    os.environ.setdefault("SECRET_KEY", _kept_secret(options.data / "secret_key"))


def _kept_secret(file: Path) -> str:
    """A key of this data folder, so that people stay signed in over a restart."""
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48))
        unfinished.replace(file)
    return file.read_text().strip()


def _web(host: str, port: int) -> Child:
    return Child("web process", web_command(host, port), os.environ, say)


def web_command(host: str, port: int, application: str = "greenroom.asgi:application") -> list[str]:
    words = [sys.executable, "-m", "daphne", "--bind", host, "--port", str(port), "--verbosity", "0"]
    words += ["--access-log", os.devnull, "--no-server-name"]
    words += ["--websocket-max-message-size", str(LARGEST_MESSAGE)]
    words += ["--websocket-max-frame-size", str(LARGEST_MESSAGE)]
    return [*words, "--application-close-timeout", "5", application]


def _workers() -> list[Child]:
    """Analyses take minutes, so they have a worker of their own: mails and recordings never wait for one.

    Training and scoring anew take minutes too, and give way to analyses, which people wait for.
    """
    # What an analysis has done stays, and the next worker goes on from there: no reason to wait for its end.
    analyst = worker_command(*ANALYSIS_QUEUES, graceful_s=1)
    trainer = [*_giving_way(), *worker_command(*TRAINING_QUEUES, graceful_s=1)]
    words = worker_command(*QUEUES, graceful_s=15)
    return [
        Child("worker", words, os.environ, say, stop_seconds=20),
        Child("analysis worker", analyst, os.environ, say, stop_seconds=20),
        Child("training worker", trainer, os.environ, say, stop_seconds=20),
    ]


def _giving_way() -> list[str]:
    nice = shutil.which("nice")
    return [nice, "-n", str(TRAINING_NICENESS)] if nice else []


def worker_command(*queues: str, graceful_s: int) -> list[str]:
    words = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues", ",".join(queues)]
    return [*words, "--concurrency", _at_once(queues), "--shutdown-graceful-timeout", str(graceful_s)]


def _at_once(queues: Sequence[str]) -> str:
    from greenroom.environment import number

    if queues == ANALYSIS_QUEUES:
        return str(max(1, number("ANALYSES_AT_ONCE", 1)))
    return str(TRAININGS_AT_ONCE) if queues == TRAINING_QUEUES else "1"


def _prepare(options: Options) -> None:
    from django.db import OperationalError

    from greenroom.preparation import prepare

    try:
        prepare(demo=options.demo, say=say)
    except OperationalError as error:
        # A full disk reaches us as a lost connection: PostgreSQL stops until it can write again.
        if shutil.disk_usage(options.data).free > NEARLY_FULL_BYTES:
            raise CannotServe(f"The database does not answer: {error}") from error
        raise CannotServe(_full(options.data)) from error


def _full(data: Path) -> str:
    return f"The disk with {data} is full. Free some space and start again; nothing is lost."


# --- watching ---------------------------------------------------------------------------------------


def _watch(children: Sequence[Child], host: str, port: int) -> None:
    ready, until, ask_again = False, time.monotonic() + READY_SECONDS, 0.0
    while True:
        for child in children:
            child.watch()
        if not ready and time.monotonic() >= ask_again:
            status = _readiness(host, port)
            ready = status == http.HTTPStatus.OK
            # Not listening yet: ask again at once. Listening but not ready: each question costs a log line.
            ask_again = time.monotonic() + (1.0 if status else 0.0)
            if ready:
                say(f"Greenroom is at http://{host}:{port}/ (Ctrl+C stops it)")
        if not ready:
            _give_up_if_hopeless(children[0], until)
        time.sleep(0.2 if ready else 0.05)


def _give_up_if_hopeless(web: Child, until: float) -> None:
    if web.failures >= TRIES_BEFORE_READY:
        raise CannotServe("The web process does not start. Its own words are above.")
    if time.monotonic() > until:
        raise CannotServe(
            f"The web process is not ready after {READY_SECONDS:.0f} s. Its own words are above."
        )


def _readiness(host: str, port: int) -> int | None:
    """The status of /readyz; None while nobody listens."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": _allowed_host()})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _allowed_host() -> str:
    from django.conf import settings

    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]
    return names[0] if names else HOST


# --- signals ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hurry_on_second_signal(children: Sequence[Child]) -> None:
    """The first thing that stopping does: from here on a signal kills the children instead of waiting."""

    def hurry(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.kill()

    say("Stopping")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hurry)


# --- the command line -------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=None, help="data folder (default: GREENROOM_DATA or var)"
    )
    parser.add_argument("--host", default=HOST, help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=PORT, help="port to listen on (default: %(default)s; 0: any)"
    )
    parser.add_argument("--demo", action="store_true", help="demo people and a simulated history")


def options_from(values: argparse.Namespace) -> Options:
    data = values.data or Path(os.environ.get("GREENROOM_DATA") or "var")
    return Options(data=data.expanduser().resolve(), host=values.host, port=values.port, demo=values.demo)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="greenroom", description=__doc__)
    add_arguments(parser)
    return serve(options_from(parser.parse_args(argv)))


if __name__ == "__main__":
    sys.exit(main())
