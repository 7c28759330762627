"""Launches of students who were here before, and what they cost next to what no launch can do without.

A launch is two requests: the platform begins it, and its signed message comes back; a student with an open assignment
lands in its lobby. `cpu_ms_per_launch` is our CPU for both, all middleware included, in one process, on one connection
to the database and without a web server around it. The limit, in the same run: one RS256 verification with the library
that we use, and the launch's own queries alone, sent again as they were written down (in a transaction that is rolled
back). `limit_ratio` is the one over the other. `orm_limit_ratio` is over the same queries put together and read by
Django's compiler: what is left then is our own code and the middleware. `launches_per_second` is through the real
server process, one browser after the other on one core; signing the message is the platform's work and is done before.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.support.house import house
from benchmarks.support.server import Server

if TYPE_CHECKING:
    from benchmarks.support.platform import Platform

HOST = "localhost"
ROUNDS = 7
"""Of everything, in turns; the quickest counts, because a busy machine only ever adds."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Figures:
    launches: int
    cpu_ms_per_launch: float
    limit_ms: float
    limit_ratio: float
    orm_limit_ms: float
    orm_limit_ratio: float
    verification_ms: float
    queries_ms: float
    queries: int
    launches_per_second: float
    server_cpu_ms_per_launch: float
    load_average: float


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.lti", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--launches", type=int, default=40, help="in each round (default: %(default)s)")
    wanted = parser.parse_args(argv)
    with house() as data:
        figures = _measured(data, wanted.launches)
    if wanted.json:
        print(json.dumps(asdict(figures)))
    else:
        for name, value in asdict(figures).items():
            print(f"{name:>26}  {value:.3f}" if isinstance(value, float) else f"{name:>26}  {value}")
    return 0


def _measured(data: Path, launches: int) -> Figures:
    from benchmarks.support.platform import Platform

    platform = Platform(students=launches)
    inside = Inside(platform)
    for who in range(launches):
        inside.launch(who)
    texts, sent = inside.queries()
    token = platform.message("n" * 64, 0)
    ours, verified, queried, compiled = [], [], [], []
    for _ in range(ROUNDS):
        ours.append(inside.cpu_ms(launches))
        verified.append(_cpu_ms(lambda: platform.verify(token), 10 * launches))
        with rolled_back():
            queried.append(_cpu_ms(lambda: _send(texts), launches))
            compiled.append(_cpu_ms(lambda: _send_by_django(sent), launches))
    limit, orm_limit = min(verified) + min(queried), min(verified) + min(compiled)
    per_second, server_ms = _through_the_server(data, platform, launches)
    return Figures(
        launches=launches,
        cpu_ms_per_launch=min(ours),
        limit_ms=limit,
        limit_ratio=min(ours) / limit,
        orm_limit_ms=orm_limit,
        orm_limit_ratio=min(ours) / orm_limit,
        verification_ms=min(verified),
        queries_ms=min(queried),
        queries=len(texts),
        launches_per_second=per_second,
        server_cpu_ms_per_launch=server_ms,
        load_average=os.getloadavg()[0],
    )


# --- in this process ------------------------------------------------------------------------------------


class Inside:
    """Both requests of a launch through all of Django, and nothing of a web server."""

    def __init__(self, platform: Platform) -> None:
        from django.core.handlers.base import BaseHandler
        from django.test import RequestFactory

        self._platform, self._factory, self._handler = platform, RequestFactory(), BaseHandler()
        self._handler.load_middleware()

    def launch(self, who: int) -> float:
        """CPU seconds of one launch."""
        begin = self._factory.post("/lti/login/", urlencode(self._platform.begins(who)), FORM, HTTP_HOST=HOST)
        first, began = self._answered(begin)
        back = urlencode(self._platform.answers(first.headers["Location"], who))
        come = self._factory.post("/lti/launch/", back, FORM, HTTP_HOST=HOST)
        for name, cookie in first.cookies.items():
            come.COOKIES[name] = cookie.value
        second, ended = self._answered(come)
        _check(second.status_code, second.headers.get("Location", ""))
        return began + ended

    def _answered(self, request: Any) -> tuple[Any, float]:
        began = time.process_time()
        response = self._handler.get_response(request)
        return response, time.process_time() - began

    def cpu_ms(self, launches: int) -> float:
        return 1000 * statistics.fmean(self.launch(who) for who in range(launches))

    def queries(self) -> tuple[list[str], list[Sent]]:
        """What a launch asks the database: as text, and as Django's own queries; locks and savepoints are text only."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with rolled_back(), CaptureQueriesContext(connection) as seen, recorded() as sent:
            self.launch(0)
        return [one["sql"] for one in seen.captured_queries], sent


Sent = tuple[Any, tuple[Any, ...], dict[str, Any]]
"""A query before it became text, and how its result was asked for."""


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """Every query that Django's compilers send."""
    from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler

    found: list[Sent] = []
    kept = {kind: kind.execute_sql for kind in (SQLCompiler, SQLInsertCompiler)}

    def heard(kind: Any) -> Callable[..., Any]:
        def execute(self: Any, *args: Any, **named: Any) -> Any:
            found.append((self.query.clone(), args, named))
            return kept[kind](self, *args, **named)

        return execute

    for kind in kept:
        kind.execute_sql = heard(kind)
    try:
        yield found
    finally:
        for kind, execute in kept.items():
            kind.execute_sql = execute


def _send_by_django(sent: Sequence[Sent]) -> None:
    from django.db import connection

    with rolled_back():
        for query, args, named in sent:
            compiler = query.clone().get_compiler(connection=connection)
            if named or args or query.__class__.__name__ != "Query":
                _read(compiler.execute_sql(*args, **named))
            else:
                list(compiler.results_iter())


def _read(rows: Any) -> None:
    if rows is not None and not isinstance(rows, int):
        for _ in rows:
            pass


def _send(texts: Sequence[str]) -> None:
    from django.db import connection

    with rolled_back():
        for text in texts:
            with connection.cursor() as cursor:
                cursor.execute(text)
                if cursor.description:
                    cursor.fetchall()


@contextmanager
def rolled_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _cpu_ms(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return 1000 * (time.process_time() - began) / times


def _check(status: int, location: str) -> None:
    if status != 302 or not location.endswith("/lobby/"):
        sys.exit(f"a launch did not end in a lobby: {status} {location}")


# --- through the server ---------------------------------------------------------------------------------


def _through_the_server(data: Path, platform: Platform, launches: int) -> tuple[float, float]:
    """Launches per second and CPU ms for each, of one server process on one core."""
    with Server(os.environ, log=data / "server.log", cores={max(os.sched_getaffinity(0))}) as server:
        for who in range(min(10, launches)):
            _over_http(server, platform, who)
        rates, cpu = [], []
        for _ in range(ROUNDS):
            used, took = server.cpu_s(), 0.0
            for who in range(launches):
                took += _over_http(server, platform, who)
            rates.append(launches / took)
            cpu.append(1000 * (server.cpu_s() - used) / launches)
    return max(rates), min(cpu)


def _over_http(server: Server, platform: Platform, who: int) -> float:
    """Seconds that the two requests of a launch took."""
    browser = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Host": f"{HOST}:{server.port}", "Content-Type": FORM}
    here = f"http://{HOST}:{server.port}"
    first, took = _asked(browser, "/lti/login/", urlencode(platform.begins(who, here)), headers)
    back = urlencode(platform.answers(first.headers["Location"], who, here))
    cookies = [one.partition(";")[0] for one in first.headers.get_all("Set-Cookie", [])]
    second, more = _asked(browser, "/lti/launch/", back, {**headers, "Cookie": "; ".join(cookies)})
    browser.close()
    _check(second.status, second.headers.get("Location", ""))
    return took + more


def _asked(
    browser: http.client.HTTPConnection, path: str, body: str, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, float]:
    began = time.perf_counter()
    browser.request("POST", path, body, headers)
    response = browser.getresponse()
    response.read()
    return response, time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
