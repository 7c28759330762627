"""The process that reads media: `python -m scoring.media.child`, with an order as JSON on its standard input.

It binds itself (`sandbox`) before it touches any file, works (`stages`) and says on its standard output how far it is,
a JSON object a line: {"stage", "share"}, and last {"done"} or {"error", "detail"}. What libraries print goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, fields
from errno import EFBIG
from pathlib import Path
from typing import Any, TextIO

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.sandbox import Refusal, restrict
from scoring.media.signals import ModelFiles, Progress, Request

BETWEEN_S = 0.2

QUIET = {
    # Nothing of this may ask outside; the filter would refuse it anyway.
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "GLOG_minloglevel": "3",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # One array operation is not worth a thread; the models have their own.
    "OPENBLAS_NUM_THREADS": "1",
}


def order(request: Request, folder: Path, limits: Limits) -> str:
    """What the parent writes to the child."""
    return json.dumps(
        {"request": asdict(request), "folder": str(folder), "limits": asdict(limits)}, default=str
    )


def _understood(text: str) -> tuple[Request, Path, Limits]:
    said = json.loads(text)
    request = said["request"]
    models = ModelFiles(**{one.name: _path(request["models"][one.name]) for one in fields(ModelFiles)})
    files = {name: _path(request[name]) for name in ("sound", "recording")}
    return Request(**{**request, **files, "models": models}), Path(said["folder"]), Limits(**said["limits"])


def _path(said: str | None) -> Path | None:
    return None if said is None else Path(said)


class _Voice:
    """Says progress, not more often than anybody could see."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last, self._stage = 0.0, ""

    def progress(self, now: Progress) -> None:
        if now.stage != self._stage or now.share >= 1 or time.monotonic() - self._last >= BETWEEN_S:
            self._last, self._stage = time.monotonic(), now.stage
            self.say(asdict(now))

    def say(self, words: dict[str, Any]) -> None:
        self._out.write(json.dumps(words) + "\n")
        self._out.flush()


def main() -> int:
    voice = _Voice(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    os.environ.update(QUIET)
    parent = os.getppid()
    request, folder, limits = _understood(sys.stdin.read())
    kill = os.environ.get("GREENROOM_MEDIA_REFUSAL") == "kill"
    holds = restrict(limits, refusal=Refusal.KILL if kill else Refusal.ERROR)
    if os.getppid() != parent:
        return 1  # it died before it could take us along
    voice.say({"bounds": holds})
    try:
        from scoring.media.stages import work

        work(request, folder, voice.progress, limits)
    except MediaError as error:
        voice.say({"error": error.code.value, "detail": error.detail})
        return 0
    except MemoryError:
        voice.say({"error": MediaCode.OUT_OF_MEMORY.value, "detail": ""})
        return 0
    except OSError as error:
        # NumPy does not pass on why a file took no more.
        if error.errno not in {EFBIG, None}:
            raise
        voice.say({"error": MediaCode.TOO_LARGE.value, "detail": "what it has to keep"})
        return 0
    voice.say({"done": True})
    # Straight out: libraries that take themselves apart for a second have nothing left to say.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
