"""Students who stream real-sized traffic over real sockets against one server process, and what that costs.

Each sends what a browser sends: a message every 250 ms with 16 kHz speech and 12.5 frames of landmarks a second.
Measured are the server's CPU time in the steady state, the time from the last sample sent to its cues received, and
whether every sample was stored. The baseline, in the same run: a bare Channels consumer that only receives the same
traffic and describes the same voice once a second (`support/bare.py`). `limit_ratio` is our CPU over its.
Then twice as many students come: cues may become rare, but no sound may be lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.support import signals
from benchmarks.support.house import Seat, house, seats
from benchmarks.support.server import Server
from benchmarks.support.student import Student
from benchmarks.support.websocket import WebSocket

WARM_UP_S = 5
"""Connections, first imports and first seconds are not the steady state."""
COOL_DOWN_S = 2
PHASES = np.random.default_rng(1)
MESSAGES_PER_S = 1000 // signals.MESSAGE_MS


@dataclass(frozen=True)
class Figures:
    students: int
    cpu_ms_per_student_second: float
    p50_ms: float
    p99_ms: float
    limit_cpu_ms_per_student_second: float
    limit_ratio: float
    sound_seconds_lost: float
    cues_per_student_second: float
    seconds: int
    load_average: float
    """Of the machine when the run ended: with more than it has cores, the times are others' as well."""
    sound_seconds_lost_at_double_load: float | None = None
    cues_per_student_second_at_double_load: float | None = None


def main(argv: Sequence[str] | None = None) -> int:
    wanted = _arguments(argv)
    try:
        sound = signals.speech(wanted.seconds + WARM_UP_S + COOL_DOWN_S)
    except signals.NoSpeech as missing:
        sys.exit(str(missing))
    streams = [
        signals.messages(np.roll(sound, who * 7919), answer=0, seed=who) for who in range(wanted.students)
    ]
    with house() as data:
        places = seats(wanted.students * (3 if wanted.overload else 1))
        figures = _measure(data, places[: wanted.students], streams, wanted.seconds)
        if wanted.overload:
            figures = _overloaded(figures, data, places[wanted.students :], streams)
    _print(figures, as_json=wanted.json)
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.live", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument(
        "--no-overload", dest="overload", action="store_false", help="without the run at double load"
    )
    parser.add_argument("--seconds", type=int, default=30, help="of steady state (default: %(default)s)")
    return parser.parse_args(argv)


def _measure(data: Path, places: list[Seat], streams: list[list[bytes]], seconds: int) -> Figures:
    ours, theirs = _cores()
    environment = dict(os.environ)
    os.sched_setaffinity(0, theirs)
    # Half before and half after: a machine that becomes slower meanwhile does so for both.
    halves = (seconds // 2, seconds - seconds // 2)
    limit_s = _limit(data, ours, streams, halves[0])
    with Server(environment, log=data / "server.log", cores=ours) as server:
        students = [Student(server.port, place.path, place.headers) for place in places]
        cpu_s, cues = asyncio.run(_practise(server, students, streams, seconds))
    lost = sum(_samples_lost(place, stream) for place, stream in zip(places, streams, strict=True))
    limit_s += _limit(data, ours, streams, halves[1])
    latencies = [value for student in students for value in student.latencies_s]
    per_student_second = 1000 / (len(streams) * seconds)
    return Figures(
        students=len(streams),
        cpu_ms_per_student_second=round(cpu_s * per_student_second, 2),
        p50_ms=_percentile_ms(latencies, 50),
        p99_ms=_percentile_ms(latencies, 99),
        limit_cpu_ms_per_student_second=round(limit_s * per_student_second, 2),
        limit_ratio=round(cpu_s / limit_s, 3),
        sound_seconds_lost=lost / signals.RATE,
        cues_per_student_second=round(cues / (len(streams) * seconds), 3),
        seconds=seconds,
        load_average=round(os.getloadavg()[0], 1),
    )


OVERLOAD_S = 12
"""Of steady state at double load: longer than it takes until cues come less often."""


def _overloaded(figures: Figures, data: Path, places: list[Seat], streams: list[list[bytes]]) -> Figures:
    """What becomes of sound and cues with twice as many students."""
    shorter = [stream[: (WARM_UP_S + OVERLOAD_S + COOL_DOWN_S) * MESSAGES_PER_S] for stream in streams] * 2
    ours, _ = _cores()
    with Server(dict(os.environ), log=data / "server.log", cores=ours) as server:
        students = [Student(server.port, place.path, place.headers) for place in places]
        _, cues = asyncio.run(_practise(server, students, shorter, OVERLOAD_S))
    lost = sum(_samples_lost(place, stream) for place, stream in zip(places, shorter, strict=True))
    return replace(
        figures,
        sound_seconds_lost_at_double_load=lost / signals.RATE,
        cues_per_student_second_at_double_load=round(cues / (len(places) * OVERLOAD_S), 3),
    )


BARE = "benchmarks.support.bare:application"


def _percentile_ms(latencies_s: list[float], share: float) -> float:
    return round(1000 * float(np.percentile(latencies_s, share)), 1) if latencies_s else float("inf")


def _cores() -> tuple[set[int], set[int]]:
    """One core for the server, the others for everybody else; all for both where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return ({cores[0]}, set(cores[1:])) if len(cores) > 1 else (set(cores), set(cores))


async def _practise(
    server: Server, students: list[Student], streams: list[list[bytes]], seconds: int
) -> tuple[float, int]:
    """CPU time of the server in the steady state, in s, and the cues that came meanwhile.

    A server that is loaded computes cues less often and costs less: its CPU time says little then.
    """
    for student in students:
        await student.connect()
        await student.say("begin")
    runs = [
        asyncio.create_task(_answer(student, stream))
        for student, stream in zip(students, streams, strict=True)
    ]
    await asyncio.sleep(WARM_UP_S)
    began = sum(student.cues for student in students)
    used_s = await _cpu(server, seconds)
    cues = sum(student.cues for student in students) - began
    await asyncio.gather(*runs)
    return used_s, cues


async def _answer(student: Student, stream: list[bytes]) -> None:
    # Nobody begins at the same moment.
    await asyncio.sleep(PHASES.random())
    await student.say("asked")
    await student.say("answer")
    await student.stream(stream)
    await student.say("done", len(stream) * signals.MESSAGE_MS)
    student.latencies_s = student.latencies_s[WARM_UP_S:]


def _limit(data: Path, cores: set[int], streams: list[list[bytes]], seconds: int) -> float:
    """CPU time of the bare consumer in its steady state, in s."""
    shorter = [stream[: (WARM_UP_S + seconds + COOL_DOWN_S) * MESSAGES_PER_S] for stream in streams]
    with Server(dict(os.environ), log=data / "bare.log", cores=cores, application=BARE) as bare:
        return asyncio.run(_only_send(bare, shorter, seconds))


async def _only_send(server: Server, streams: list[list[bytes]], seconds: int) -> float:
    runs = [asyncio.create_task(_send(server.port, stream)) for stream in streams]
    await asyncio.sleep(WARM_UP_S)
    used_s = await _cpu(server, seconds)
    await asyncio.gather(*runs)
    return used_s


async def _send(port: int, stream: list[bytes]) -> None:
    await asyncio.sleep(PHASES.random())
    student = Student(port, "/", {})
    student.socket = await WebSocket.open("127.0.0.1", port, "/")
    await student.stream(stream)
    await student.socket.let_go()


async def _cpu(server: Server, seconds: int) -> float:
    before_s = server.cpu_s()
    await asyncio.sleep(seconds)
    return server.cpu_s() - before_s


def _samples_lost(place: Seat, stream: list[bytes]) -> int:
    """Samples of what was sent that are not in the answer's take, or are others there."""
    from sessions.actions.takes import path_of
    from sessions.live.journal import Broken, read_take
    from sessions.live.protocol import parse_signal, sound_of
    from sessions.models import Answer

    sent = sound_of([parse_signal(message) for message in stream])
    try:
        kept = read_take(path_of(Answer.objects.get(session=place.session_id))).sound
    except (Broken, Answer.DoesNotExist):
        return len(sent)
    both = min(len(kept), len(sent))
    return len(sent) - both + int((kept[:both] != sent[:both]).sum())


def _print(figures: Figures, *, as_json: bool) -> None:
    values = asdict(figures)
    if as_json:
        print(json.dumps(values))
        return
    for name, value in values.items():
        print(f"{name:<32} {value}")


if __name__ == "__main__":
    sys.exit(main())
