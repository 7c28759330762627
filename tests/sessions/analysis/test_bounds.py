"""How much one machine takes on at a time, and how much of a disk one analysis may fill."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import Storage

from scoring.media.limits import Limits
from sessions.analysis import slots
from sessions.analysis.folder import TooLarge, WorkFolder
from sessions.analysis.reading import limits
from sessions.models import Answer, PracticeSession, Recording

End = Callable[..., Answer]


@pytest.fixture(autouse=True)
def own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def tries(number: int) -> Callable[[], bool]:
    """Says stop at the `number`th question."""
    left = iter(range(number))
    return lambda: next(left, None) is None


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_at_a_time_than_was_set(at_once: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "ASK_AGAIN_S", 0.0)
    settings.ANALYSES_AT_ONCE = at_once
    held = [slots.slot(tries(1)) for _ in range(at_once)]
    assert all(one.__enter__() for one in held)
    with slots.slot(tries(3)) as free:
        assert not free
    held[-1].__exit__(None, None, None)
    with slots.slot(tries(1)) as free:
        assert free
    for one in held[:-1]:
        one.__exit__(None, None, None)


def test_a_killed_process_holds_no_slot(tmp_path: Path, settings: Any) -> None:
    settings.ANALYSES_AT_ONCE = 1
    place = tmp_path / slots.FOLDER / "analysis.0"
    place.parent.mkdir()
    code = f"import fcntl; file = open({str(place)!r}, 'w'); fcntl.flock(file, 2); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with slots.slot(tries(1)) as free:
            assert not free
        other.kill()
        other.wait()
    with slots.slot(tries(1)) as free:
        assert free


def test_a_work_folder_has_one_worker(
    session: PracticeSession, hum: Callable[..., Any], end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.analysis.folder.ASK_AGAIN_S", 0.0)
    answer = end(session, hum(1))
    first, second = WorkFolder(answer), WorkFolder(answer)
    with first.held(tries(1)) as ours:
        assert ours
        with second.held(tries(3)) as theirs:
            assert not theirs
    with second.held(tries(1)) as theirs:
        assert theirs


def test_the_limits_are_those_of_the_settings(settings: Any) -> None:
    settings.ANALYSIS_MEMORY_MB, settings.ANALYSIS_SECONDS, settings.ANALYSIS_DISK_MB = 1100, 90, 200
    found = limits()
    assert (found.memory_bytes, found.wall_s, found.disk_bytes) == (1100 << 20, 90.0, 200 << 20)


class FarAway(Storage):
    """A storage without paths, such as S3."""

    def __init__(self, data: bytes) -> None:
        self.data, self.opened = data, 0

    def open(self, name: str, mode: str = "rb") -> Any:
        self.opened += 1
        return io.BytesIO(self.data)


@pytest.fixture
def far(
    session: PracticeSession, hum: Any, end: End, recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[WorkFolder, Recording, FarAway]:
    answer = end(session, hum(1))
    recording = recorded(answer)
    storage = FarAway(os.urandom(3_000_000))
    recording.file.storage = storage
    work = WorkFolder(answer)
    work.path.mkdir()
    return work, recording, storage


def test_a_recording_far_away_is_copied_once(far: tuple[WorkFolder, Recording, FarAway]) -> None:
    work, recording, storage = far
    for _ in range(2):
        path = work.recording(recording, Limits(disk_bytes=8_000_000))
        assert path.parent == work.path
        assert path.read_bytes() == storage.data
    assert storage.opened == 1


def test_one_that_is_too_large_leaves_nothing(far: tuple[WorkFolder, Recording, FarAway]) -> None:
    work, recording, _ = far
    with pytest.raises(TooLarge):
        work.recording(recording, Limits(disk_bytes=4_000_000))
    assert list(work.path.iterdir()) == []


def test_the_sound_of_a_take_is_written_as_it_is(session: PracticeSession, hum: Any, end: End) -> None:
    answer = end(session, hum(1))
    work = WorkFolder(answer)
    work.path.mkdir()
    path = work.sound(hum(1))
    np.testing.assert_array_equal(np.fromfile(path, "<i2"), hum(1))
