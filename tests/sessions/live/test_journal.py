"""The journal: what was appended is there, however the process ended."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sessions.live import journal
from sessions.live.journal import Broken, Fenced, Journal, Scan, read_take, scan
from sessions.live.protocol import FrameBytes, Signal, pack_signal, parse_signal


def signals(count: int, *, first: int = 0, samples: int = 160) -> list[Signal]:
    """Messages `first` to `first + count - 1` of a stream, each with its own sound and one frame."""
    made = []
    for seq in range(first, first + count):
        sound = np.arange(seq * samples, (seq + 1) * samples).astype(np.int16)
        frame = FrameBytes(5, 0, b"", luma=seq % 256)
        t_ms = seq * samples // 16
        made.append(
            parse_signal(pack_signal(answer=0, seq=seq, t_ms=t_ms, sound=sound, frames=[frame], dropped=1))
        )
    return made


def sound(count: int, samples: int = 160) -> Any:
    return np.arange(count * samples).astype(np.int16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "institution" / "session" / "answer.take"


def written(path: Path, count: int, epoch: int = 1) -> Path:
    opened = Journal.open(path, epoch=epoch)
    opened.append(signals(count))
    opened.close()
    return path


def test_what_was_appended_is_read(path: Path) -> None:
    opened = Journal.open(path, epoch=1)
    opened.append(signals(3))
    opened.append(signals(2, first=3))
    opened.close()
    take = read_take(path)
    np.testing.assert_array_equal(take.sound, sound(5))
    assert take.frames.times_ms.tolist() == [5, 15, 25, 35, 45]
    assert take.dropped == 5
    held = scan(path)
    assert (held.next_seq, held.samples, held.stream_ms, held.dropped, held.epoch) == (5, 800, 50, 5, 1)


def test_others_cannot_read_it(path: Path) -> None:
    written(path, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_tail_torn_at_any_byte_is_cut_off(path: Path) -> None:
    written(path, 2)
    whole = path.read_bytes()
    last = written(path.with_name("one.take"), 1).stat().st_size
    for size in range(last, len(whole)):
        path.write_bytes(whole[:size])
        assert scan(path).next_seq == 1
        opened = Journal.open(path, epoch=2)
        assert opened.held.next_seq == 1
        opened.append(signals(1, first=1))
        opened.close()
        np.testing.assert_array_equal(read_take(path).sound, sound(2))


def test_a_tail_of_rubbish_is_cut_off(path: Path) -> None:
    written(path, 2)
    size = path.stat().st_size
    for rubbish in (bytes(4), bytes(100), os.urandom(100), b"\xff" * 100):
        with path.open("ab") as file:
            file.write(rubbish)
        assert scan(path).next_seq == 2
        Journal.open(path, epoch=2).close()
        os.truncate(path, size)


def test_a_flipped_bit_ends_what_is_believed(path: Path) -> None:
    written(path, 3)
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    assert scan(path).next_seq == 2


def test_a_newer_window_fences_out_the_older(path: Path) -> None:
    older = Journal.open(path, epoch=1)
    older.append(signals(2))
    newer = Journal.open(path, epoch=2)
    with pytest.raises(Fenced):
        older.append(signals(1, first=2))
    newer.append(signals(1, first=2))
    with pytest.raises(Fenced):
        Journal.open(path, epoch=1)
    older.close()
    newer.close()
    np.testing.assert_array_equal(read_take(path).sound, sound(3))


def test_a_window_that_comes_back_with_its_own_epoch(path: Path) -> None:
    written(path, 2, epoch=3)
    again = Journal.open(path, epoch=3)
    again.append(signals(1, first=2))
    again.close()
    assert scan(path).next_seq == 3


def test_a_full_disk_keeps_nothing_of_the_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Journal.open(path, epoch=1)
    opened.append(signals(1))
    write = os.write

    def half(descriptor: int, data: memoryview) -> int:
        if len(data) > 100:
            return write(descriptor, data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal.os, "write", half)
    with pytest.raises(OSError, match="No space"):
        opened.append(signals(1, first=1))
    monkeypatch.undo()
    opened.append(signals(1, first=1))
    opened.close()
    np.testing.assert_array_equal(read_take(path).sound, sound(2))


def test_the_tail_for_the_live_cues(path: Path) -> None:
    written(path, 10)
    opened = Journal.open(path, epoch=2, tail_s=0.025)
    assert [signal.seq for signal in opened.tail] == [7, 8, 9]
    opened.close()
    opened = Journal.open(path, epoch=2, tail_s=60)
    assert len(opened.tail) == 10
    opened.close()


def test_what_cannot_be_read(path: Path) -> None:
    assert scan(path) == Scan()
    for problem, data in (("missing", None), ("empty", b""), ("empty", os.urandom(50))):
        if data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        with pytest.raises(Broken) as caught:
            read_take(path)
        assert caught.value.problem == problem


def test_a_take_with_a_hole_is_not_believed(path: Path) -> None:
    opened = Journal.open(path, epoch=1)
    opened.append([*signals(1), *signals(1, first=2)])
    opened.close()
    with pytest.raises(Broken, match="unreadable"):
        read_take(path)
