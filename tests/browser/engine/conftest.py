"""The engine's peer: a daphne process that serves our modules and answers the live socket (peer.py)."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from greenroom import models_store

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page

HERE = Path(__file__).parent
START_S = 30
# Bits, points and values per point of a frame's blocks, as docs/live-protocol.md has them.
BLOCKS = {"face": (1, 52, 3), "pose": (2, 21, 4), "left": (4, 21, 3), "right": (8, 21, 3)}


@dataclass(frozen=True)
class Peer:
    """Where the peer is, and what it kept."""

    url: str

    def get(self, path: str) -> Any:
        line = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        try:
            line.request("GET", path)
            return json.load(line.getresponse())
        finally:
            line.close()

    def room(self, name: str, **change: int) -> dict[str, Any]:
        """What the room keeps, its signal messages as bytes; `change` is told to it first."""
        query = "&".join(f"{key}={value}" for key, value in change.items())
        seen: dict[str, Any] = self.get(f"/rooms/{name}?{query}")
        seen["kept"] = [base64.b64decode(message) for message in seen["kept"]]
        return seen

    def reports(self) -> list[Any]:
        """What browsers reported against the content security policy."""
        return list(self.get("/reports"))


@pytest.fixture(scope="session")
def models(need: Callable[[bool, str], None]) -> Path:
    """The folder of the landmark models."""
    need(not models_store.missing(), f"the landmark models are not in {models_store.folder()}")
    return models_store.folder()


@pytest.fixture(scope="session")
def peer(
    models: Path, need: Callable[[bool, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peer]:
    """A peer of our own on a free port, ended afterwards."""
    assets = HERE.parents[2] / "node_modules/@mediapipe/tasks-vision"
    need(assets.is_dir(), "the browser's assets are not installed (npm ci)")
    media = tmp_path_factory.mktemp("served")
    environment = os.environ | {
        "ENGINE_MODELS": str(models),
        "ENGINE_MEDIA": str(media),
        "PYTHONPATH": str(HERE),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "peer:application"]
    log = (media / "peer.log").open("w+")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield wait_for(Peer(f"http://127.0.0.1:{port}"), process, media / "peer.log")
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def wait_for(peer: Peer, process: subprocess.Popen[bytes], log: Path) -> Peer:
    ends = time.monotonic() + START_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            peer.get("/reports")
        except ConnectionError:
            time.sleep(0.1)
        else:
            return peer
    pytest.fail(f"the peer did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(peer: Peer, open_page: Callable[..., AbstractContextManager[Page]]) -> Iterator[Page]:
    """An empty page of the peer, with a face before the camera and a tone at the microphone."""
    with open_page(peer.url) as page:
        yield page
        page.wait_for_timeout(200)
    assert peer.reports() == [], "something went against the content security policy"


@dataclass(frozen=True)
class Message:
    """A signal message, decoded by the letter of docs/live-protocol.md and by nothing of ours."""

    answer: int
    seq: int
    t_ms: int
    dropped: int
    frames: list[dict[str, Any]]
    sound: NDArray[np.int16]


@pytest.fixture(scope="session")
def decode() -> Callable[[bytes], Message]:
    """Bytes of the wire to a Message."""
    return decoded


def decoded(data: bytes) -> Message:
    magic, kind, answer, seq, t_ms, n_samples, n_frames, dropped = struct.unpack_from("<BBHIIHBB", data)
    assert (magic, kind) == (0x47, 1)
    at, frames = 16, []
    for _ in range(n_frames):
        dt_ms, bits, faces, luma, reserved = struct.unpack_from("<hBBBB", data, at)
        assert reserved == 0
        at += 6
        frame: dict[str, Any] = {"t_ms": t_ms + dt_ms, "dt_ms": dt_ms, "faces": faces, "luma": luma}
        for name, (bit, points, values) in BLOCKS.items():
            if bits & bit:
                block = np.frombuffer(data, "<i2", points * values, at).reshape(points, values)
                frame[name] = block / 8192
                at += 2 * points * values
        frames.append(frame)
    sound = np.frombuffer(data, "<i2", n_samples, at)
    assert at + 2 * n_samples == len(data)
    return Message(answer, seq, t_ms, dropped, frames, sound)
