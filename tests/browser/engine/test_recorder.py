"""A recording reaches the server whole and once, whatever the line does, and outlives a reload."""

from __future__ import annotations

import base64
import itertools
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NUMBERS = itertools.count()

RECORD = """async ({ url, ms }) => {
  const { Recorder, supportedType } = await import("/static/sessions/recorder.js");
  const { Media } = await import("/static/sessions/media.js");
  const media = new Media();
  await media.open();
  const mime = supportedType("video");
  const recorder = new Recorder({ url, mime, csrfToken: "token-1" });
  const told = [];
  for (const type of ["progress", "waiting", "failed"]) {
    recorder.addEventListener(type, ({ detail }) => told.push([type, detail]));
  }
  await recorder.start(media.stream);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const isWhole = await recorder.finish();
  media.close();
  return { isWhole, mime, recorded: recorder.recorded, told };
}"""

# Chunks that count, put into the store as an earlier page's recorder would have left them.
LEAVE = """async ({ url, sizes }) => {
  const { ChunkStore } = await import("/static/sessions/chunk-store.js");
  const store = await ChunkStore.open();
  await store.note(url, { mime: "video/webm", isFinished: false, size: 0 });
  let offset = 0;
  for (const size of sizes) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (offset + i) % 251);
    await store.add(url, { offset, blob: new Blob([bytes]) });
    offset += size;
  }
  return store.isLasting;
}"""

RESUME = """async () => {
  const { resumeUploads } = await import("/static/sessions/recorder.js");
  const { ChunkStore } = await import("/static/sessions/chunk-store.js");
  const count = await resumeUploads("token-2");
  return { count, waiting: (await (await ChunkStore.open()).waiting()).length };
}"""


@pytest.fixture
def url(peer: Any) -> str:
    return f"{peer.url}/uploads/{next(NUMBERS)}/"


def kept(peer: Any, url: str) -> Any:
    seen = peer.get(url.removeprefix(peer.url) + "?content=1")
    seen["content"] = base64.b64decode(seen["content"])
    return seen


def fault(peer: Any, url: str, *codes: int) -> None:
    peer.get(url.removeprefix(peer.url) + "?faults=" + ",".join(str(code) for code in codes))


def counting(size: int) -> bytes:
    return bytes(i % 251 for i in range(size))


def test_a_recording_is_whole_and_plays(page: Page, peer: Any, url: str, tmp_path: Path) -> None:
    made = page.evaluate(RECORD, {"url": url, "ms": 2600})
    seen = kept(peer, url)
    assert made["isWhole"]
    assert seen["complete"]
    assert len(seen["content"]) == made["recorded"] > 10000
    assert seen["tokens"] == ["token-1"]
    file = tmp_path / "kept.webm"
    file.write_bytes(seen["content"])
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", str(file)]
    streams = subprocess.run(probe, capture_output=True, text=True, check=True, timeout=30).stdout.split()
    assert sorted(streams) == ["opus", "vp8"]


def test_a_broken_server_and_lost_answers_lose_and_double_nothing(page: Page, peer: Any, url: str) -> None:
    fault(peer, url, 503, 409, 500)
    page.evaluate(LEAVE, {"url": url, "sizes": [1000, 1, 70000, 1048576, 3]})
    told = page.evaluate(RESUME)
    seen = kept(peer, url)
    assert told == {"count": 1, "waiting": 0}
    assert seen["content"] == counting(1119580)
    assert seen["complete"]


def test_a_reload_loses_nothing(
    peer: Any, open_page: Callable[..., AbstractContextManager[Page]], url: str
) -> None:
    with open_page(peer.url) as page:
        assert page.evaluate(LEAVE, {"url": url, "sizes": [500, 600]}) is True
        page.reload()
        assert page.evaluate(RESUME) == {"count": 1, "waiting": 0}
    assert kept(peer, url)["content"] == counting(1100)


def test_what_another_window_records_is_left_to_it(page: Page, peer: Any, url: str) -> None:
    page.evaluate(LEAVE, {"url": url, "sizes": [100]})
    told = page.evaluate(
        """async (url) => {
          const { resumeUploads } = await import("/static/sessions/recorder.js");
          let release;
          const held = new Promise((resolve) => { release = resolve; });
          navigator.locks.request(`greenroom-recording ${url}`, () => held);
          const first = await resumeUploads("t");
          release();
          await held;
          return [first, await resumeUploads("t")];
        }""",
        url,
    )
    assert told == [0, 1]


def test_a_refusal_is_final_and_the_recorder_says_why(page: Page, peer: Any, url: str) -> None:
    fault(peer, url, 413)
    made = page.evaluate(RECORD, {"url": url, "ms": 2500})
    assert made["isWhole"] is False
    assert ["failed", {"code": "too_large", "text": "This recording is too large."}] in made["told"]
    assert kept(peer, url)["puts"] == 1
    assert page.evaluate(RESUME)["waiting"] == 0


def test_a_full_disk_keeps_what_was_recorded_before(page: Page, peer: Any, url: str) -> None:
    """After a chunk that could not be kept there is no other: a file with a hole is worse than a short one."""
    made = page.evaluate(
        """async (url) => {
          const { ChunkStore, StoreFull } = await import("/static/sessions/chunk-store.js");
          const { Recorder } = await import("/static/sessions/recorder.js");
          const real = [ChunkStore.prototype.add, globalThis.MediaRecorder];
          let count = 0;
          ChunkStore.prototype.add = function (...words) {
            if (++count === 2) return Promise.reject(new StoreFull());
            return real[0].apply(this, words);
          };
          globalThis.MediaRecorder = class extends EventTarget {
            state = "inactive";
            start() { this.state = "recording"; }
            stop() { this.state = "inactive"; queueMicrotask(() => this.dispatchEvent(new Event("stop"))); }
          };
          const told = [];
          try {
            const recorder = new Recorder({ url, mime: "video/webm", csrfToken: "t" });
            recorder.addEventListener("failed", ({ detail }) => told.push(detail.code));
            const made = [];
            const own = globalThis.MediaRecorder.prototype.start;
            globalThis.MediaRecorder.prototype.start = function () { made.push(this); own.call(this); };
            await recorder.start(new MediaStream());
            for (const text of ["one", "two", "three"]) made[0].ondataavailable({ data: new Blob([text]) });
            const isWhole = await recorder.finish();
            return { isWhole, told };
          } finally {
            [ChunkStore.prototype.add, globalThis.MediaRecorder] = real;
          }
        }""",
        url,
    )
    assert made == {"isWhole": False, "told": ["storage_full"]}
    assert kept(peer, url)["content"] == b"one"


def test_a_private_window_keeps_chunks_in_memory(page: Page, peer: Any, url: str) -> None:
    whole = page.evaluate(
        """async (url) => {
          const { ChunkStore } = await import("/static/sessions/chunk-store.js");
          const { Upload } = await import("/static/sessions/upload.js");
          const store = new ChunkStore(null);
          await store.note(url, { mime: "video/webm", isFinished: true, size: 0 });
          await store.add(url, { offset: 0, blob: new Blob(["ab"]) });
          await store.add(url, { offset: 2, blob: new Blob(["cd"]) });
          const isWhole = await new Upload({ url, store, csrfToken: "t" }).finish();
          return [isWhole, store.isLasting, (await store.waiting()).length];
        }""",
        url,
    )
    assert whole == [True, False, 0]
    assert kept(peer, url)["content"] == b"abcd"
