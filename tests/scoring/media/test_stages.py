"""What lies in the folder of a reading: made again where it is damaged, and named again where something was missing."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring.cues.words.transcript import Word
from scoring.media import transcription
from scoring.media.limits import Limits
from scoring.media.signals import ModelFiles, Progress, Request
from scoring.media.stages import SOUND, SUMMARY, fingerprint, place_of, read_signals, work
from scoring.media.transcription import Recogniser

RATE = 16_000


@pytest.fixture
def request_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A minute of streamed sound, of which the recogniser writes three pieces, a word each."""
    sound = np.random.default_rng(2).integers(-3000, 3000, 60 * RATE).astype("<i2")
    sound.tofile(tmp_path / "take.raw")
    (tmp_path / "model").mkdir()
    monkeypatch.setattr(transcription, "pieces", lambda _: [(0, 20_000), (20_000, 40_000), (40_000, 60_000)])
    return Request(
        sound=tmp_path / "take.raw",
        recording=None,
        recording_started_ms=0,
        language="en",
        want_landmarks=False,
        stream_ms=60_000,
        models=ModelFiles(words=tmp_path / "model"),
    )


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], list[int]]:
    """`heard(dies_at)`: which pieces the recogniser is asked for; at the one that begins at `dies_at` it ends."""

    def listen(dies_at: int | None = None) -> list[int]:
        asked: list[int] = []

        def piece(self: Recogniser, sound: object, start: int, end: int, language: str) -> tuple[Word, ...]:
            asked.append(start)
            if start == dies_at:
                raise Killed
            return (Word(f"w{start}", start, start + 500, 0.9),)

        monkeypatch.setattr(Recogniser, "piece", piece)
        return asked

    return listen


def done(request: Request, folder: Path) -> list[Progress]:
    told: list[Progress] = []
    work(request, folder, told.append, Limits())
    return told


def test_words_go_on_at_the_next_piece(
    request_: Request, tmp_path: Path, heard: Callable[..., list[int]]
) -> None:
    heard(dies_at=40_000)
    with pytest.raises(Killed):
        done(request_, tmp_path / "work")
    asked = heard()
    done(request_, tmp_path / "work")
    assert asked == [40_000]
    transcript = read_signals(request_, tmp_path / "work").transcript
    assert transcript is not None
    assert transcript.text == "w0 w20000 w40000"


def test_a_damaged_piece_of_words_is_heard_again(
    request_: Request, tmp_path: Path, heard: Callable[..., list[int]]
) -> None:
    heard()
    done(request_, tmp_path / "work")
    place = place_of(request_, tmp_path / "work")
    (place / SUMMARY).unlink()
    (place / "words-20000-40000.json").write_text('{"language": "en", "wor')
    asked = heard()
    done(request_, tmp_path / "work")
    assert asked == [20_000]


@pytest.mark.parametrize("name", [SUMMARY, SOUND])
@pytest.mark.parametrize("content", [b"", b"torn"])
def test_a_damaged_result_is_made_again(
    request_: Request, tmp_path: Path, heard: Callable[..., list[int]], name: str, content: bytes
) -> None:
    heard()
    done(request_, tmp_path / "work")
    whole = read_signals(request_, tmp_path / "work")
    (place_of(request_, tmp_path / "work") / name).write_bytes(content)
    done(request_, tmp_path / "work")
    again = read_signals(request_, tmp_path / "work")
    assert again.transcript == whole.transcript
    assert np.array_equal(again.sound, whole.sound)


def test_what_is_finished_is_not_done_again(
    request_: Request, tmp_path: Path, heard: Callable[..., list[int]]
) -> None:
    heard()
    done(request_, tmp_path / "work")
    asked = heard()
    assert done(request_, tmp_path / "work") == []
    assert asked == []


def test_another_sound_under_the_same_name_is_another_request(request_: Request) -> None:
    before = fingerprint(request_)
    assert request_.sound is not None
    request_.sound.write_bytes(b"\x01\x00" * RATE)
    assert fingerprint(request_) != before
    assert fingerprint(replace(request_, language="de")) != fingerprint(request_)


def test_a_recording_without_sound_is_named_also_after_an_interruption(
    request_: Request, make: Callable[..., Path], tmp_path: Path, heard: Callable[..., list[int]]
) -> None:
    grey = np.full((48, 64, 3), 90, dtype=np.uint8)
    silent = make(tmp_path / "silent.webm", pictures=[(at, grey) for at in range(0, 2000, 100)])
    request = replace(request_, sound=None, recording=silent, stream_ms=0)
    heard(dies_at=0)
    with pytest.raises(Killed):
        done(request, tmp_path / "work")
    heard()
    done(request, tmp_path / "work")
    assert read_signals(request, tmp_path / "work").problems == ("sound_no_sound",)


X32 = """
import ctypes, socket, sys
from scoring.media.limits import Limits
from scoring.media.sandbox import restrict
assert "seccomp" in restrict(Limits())
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(0x40000000 + 41, socket.AF_INET, socket.SOCK_STREAM, 0), ctypes.get_errno())
"""


@pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="x86-64 has a second table"
)
def test_a_socket_by_its_other_number_is_refused_too() -> None:
    found = subprocess.run(
        [sys.executable, "-c", X32], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.split() == ["-1", "13"], "EACCES is the filter's; ENOSYS would be the kernel's"
