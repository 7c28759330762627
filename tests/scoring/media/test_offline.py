"""Nothing reaches outside: the whole analysis runs where the first attempt at a socket ends the process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from greenroom import models_store
from scoring.media.limits import Limits
from scoring.media.run import run
from scoring.media.signals import ModelFiles, Request, Signals

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seccomp is Linux's")

SAID = "I have worked in a shop for two years. Um, I likes to help people, and I always arrive in time."


@pytest.fixture(scope="module")
def signals(
    make: Callable[..., Path],
    moved: Callable[..., object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Signals:
    """A film with a face and a voice, read by a process that is killed if it or any library wants a socket."""
    folder = tmp_path_factory.mktemp("offline")
    subprocess.run(["espeak-ng", "-s", "150", "-w", str(folder / "said.wav"), SAID], check=True)
    models = {name: models_store.verify(name) for name in ("face", "pose", "hand", "words")}
    sound = voice(folder / "said.wav")
    film = moved(len(sound) / 16_000 + 0.5).film()  # type: ignore[attr-defined]
    request = Request(
        sound=None,
        recording=make(folder / "take.webm", pictures=film, sound=np.repeat(sound, 3)),
        recording_started_ms=0,
        language="en",
        want_landmarks=True,
        stream_ms=0,
        models=ModelFiles(**models),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GREENROOM_MEDIA_REFUSAL", "kill")
        return run(
            request, folder / "work", on_progress=lambda _: None, should_stop=lambda: False, limits=Limits()
        )


def voice(file: Path) -> NDArray[np.int16]:
    from scoring.media.sound import read_sound

    return read_sound(file, Limits())


def test_landmarks_and_words_are_found_without_a_socket(signals: Signals) -> None:
    assert signals.problems == ()
    assert signals.made_by["bounds"] == "rlimits, seccomp"
    assert signals.frames is not None
    assert np.isfinite(signals.frames.face[:, 0, 0]).mean() > 0.95
    assert signals.transcript is not None
    assert {"shop", "years.", "people,"} & {word.text.lower() for word in signals.transcript.words}


CUES = """
import json, sys
import numpy as np
from scoring.cues.analysis import analyse
from scoring.cues.frames import Frames
from scoring.cues.words.transcript import Transcript
from scoring.media.limits import Limits
from scoring.media.sandbox import Refusal, restrict
assert restrict(Limits(), refusal=Refusal.KILL) == "rlimits, seccomp"
frames = np.load(sys.argv[1] + "/frames.npz")
frames = Frames(**{**{name: frames[name] for name in frames.files}, "dropped": 0})
sound = np.load(sys.argv[1] + "/sound.npy")
transcript = Transcript.from_json(json.load(open(sys.argv[1] + "/words.json")))
found = analyse(frames, sound, question_ended_ms=0.0, voice_only=False, transcript=transcript)
print(json.dumps({code.value: value.value for code, value in found.values.items()}))
print(json.dumps([remark.message for remark in found.verbal.remarks]))
"""


def test_cues_and_grammar_are_found_without_a_socket(signals: Signals, tmp_path: Path) -> None:
    assert signals.frames is not None
    assert signals.transcript is not None
    arrays = {name: getattr(signals.frames, name) for name in signals.frames.__slots__ if name != "dropped"}
    np.savez(tmp_path / "frames.npz", **arrays)
    np.save(tmp_path / "sound.npy", signals.sound)
    (tmp_path / "words.json").write_text(json.dumps(signals.transcript.to_json()))
    done = subprocess.run(
        [sys.executable, "-c", CUES, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != -signal.SIGSYS, "somebody wanted a socket"
    assert done.returncode == 0, done.stderr[-2000:]
    values = json.loads(done.stdout.splitlines()[-2])
    assert values["WORDS"] > 10
    assert values["F0"] is not None
    assert values["HD_AC"] is not None
    assert values["GRAMMAR"] is not None
