"""Every cue against made media with known answers: head and arms, voice and pauses, fillers and words.

Each part has its truth in `support/truth_*.py`, with what its figures are to be held against and the peers that were
measured on the same media. "spoken" is the way from sound through the recogniser to the words; it takes minutes, and
without the recogniser's model it is left out and said so.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.support import signals


class Part(NamedTuple):
    """A part's figures by name, and what they are to be held against."""

    figures: Callable[[], dict[str, float]]
    limits: Mapping[str, str]


class CannotMeasure(Exception):
    """What a part needs is not there; the message says what, and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    wanted = _arguments(argv)
    found: dict[str, float] = {}
    for name in wanted.only:
        try:
            part = _part(name)
            figures = part.figures()
        except (CannotMeasure, signals.NoSpeech) as problem:
            print(f"{name}: left out. {problem}", file=sys.stderr)
            continue
        found |= figures
        if not wanted.json:
            _print(name, figures, part.limits)
    if wanted.json:
        print(json.dumps(found))
    return 0


PARTS = ("visual", "voice", "words", "spoken")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.cues", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts (default: all)")
    return parser.parse_args(argv)


def _part(name: str) -> Part:
    if name in {"spoken", "visual"}:
        return _spoken() if name == "spoken" else _visual()
    truth = importlib.import_module(f"benchmarks.support.truth_{name}")
    return Part(truth.figures, getattr(truth, "LIMITS", {}))


def _visual() -> Part:
    from benchmarks.support import truth_visual
    from benchmarks.support.portrait import NoModel

    def figures() -> dict[str, float]:
        try:
            return truth_visual.figures()
        except NoModel as problem:
            raise CannotMeasure(str(problem)) from problem

    return Part(figures, truth_visual.LIMITS)


def _spoken() -> Part:
    """Speech with known words through the process that reads recordings, as the analysis does it."""
    from benchmarks.support import truth_words
    from greenroom import models_store
    from scoring.cues.words.transcript import Transcript
    from scoring.media.limits import Limits
    from scoring.media.run import run
    from scoring.media.signals import ModelFiles, Request

    try:
        models = ModelFiles(words=models_store.verify("words"))
    except (models_store.ModelStoreError, KeyError) as error:
        raise CannotMeasure(
            f"The recogniser's model is missing: python -m greenroom.assets ({error})"
        ) from error

    def recognise(sound: truth_words.Sound, language: str) -> Transcript:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "sound.raw"
            raw.write_bytes(sound.astype("<i2").tobytes())
            request = Request(raw, None, 0, language, want_landmarks=False, stream_ms=0, models=models)
            read = run(
                *(request, Path(folder)),
                on_progress=lambda progress: None,
                should_stop=lambda: False,
                limits=Limits(),
            )
        if read.transcript is None:
            raise CannotMeasure(f"Nothing was transcribed: {', '.join(read.problems)}")
        return read.transcript

    return Part(lambda: truth_words.spoken_figures(recognise), truth_words.LIMITS)


def _print(name: str, figures: Mapping[str, float], limits: Mapping[str, str]) -> None:
    print(f"{name}")
    for figure, value in figures.items():
        print(f"  {figure:<36} {value:<12g} {limits.get(figure, '')}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
