"""The full analysis of any clip, on the command line: `python -m scoring.media.file CLIP [--language en] [--json]`.

For trying out and for support. The clip is read in the same bounded process as an answer, and nothing is stored. Of the
models only the names are looked at; whether they are the pinned ones is the application's to check.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scoring.cues.analysis import Analysis, analyse
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION
from scoring.cues.frames import Frames
from scoring.cues.values import Absent
from scoring.cues.words.transcript import LANGUAGES, Transcript
from scoring.media.errors import MediaError
from scoring.media.limits import Limits
from scoring.media.run import Stopped, run
from scoring.media.signals import ModelFiles, Progress, Request, Signals

MODELS = Path(os.environ.get("GREENROOM_MODELS") or Path(sys.prefix) / "share" / "greenroom" / "models")
PLACES = {"face": "face.task", "pose": "pose.task", "hand": "hand.task", "words": "whisper-base"}
STOPPED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Exit status: 0, 1 where the clip cannot be used, 130 where it was interrupted."""
    asked = _arguments(words)
    tell = _Progress(sys.stderr.isatty())
    began = time.monotonic()
    try:
        signals = read(asked.clip, asked.language, asked.models, tell)
    except MediaError as error:
        print(f"{asked.clip.name} cannot be used: {error}", file=sys.stderr)
        return 1
    except Stopped:
        return STOPPED
    finally:
        tell.end()
    analysis = cues(signals, asked.language)
    found = as_json(signals, analysis)
    found["seconds"] = round(time.monotonic() - began, 2)
    print(json.dumps(found, indent=1, ensure_ascii=False) if asked.json else "\n".join(_page(found)))
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("scoring.media.file", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clip", type=Path, help="a film or a sound file, of any kind that is accepted")
    parser.add_argument(
        "--language", default="en", help=f"what is spoken: {', '.join(LANGUAGES)}; in others no words"
    )
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    parser.add_argument("--models", type=Path, default=MODELS, help="the models' folder (%(default)s)")
    return parser.parse_args(words)


def read(clip: Path, language: str, models: Path, tell: Callable[[Progress], object]) -> Signals:
    """What is seen and heard in `clip`. Raises MediaError; Stopped on an interrupt from the keyboard."""
    there = {name: models / place for name, place in PLACES.items() if (models / place).exists()}
    request = Request(
        sound=None,
        recording=clip.absolute(),
        recording_started_ms=0,
        language=language,
        want_landmarks=True,
        stream_ms=0,
        models=ModelFiles(**there),
    )
    interrupted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupted.append(number))
    try:
        with tempfile.TemporaryDirectory(prefix="greenroom-clip-") as folder:
            return run(
                request,
                Path(folder),
                on_progress=tell,
                should_stop=lambda: bool(interrupted),
                limits=Limits(),
            )
    finally:
        signal.signal(signal.SIGINT, before)


def cues(signals: Signals, language: str) -> Analysis:
    """All cues of a clip, as of an answer to a question that had ended when it begins."""
    return analyse(
        Frames.empty() if signals.frames is None else signals.frames,
        signals.sound,
        question_ended_ms=0.0,
        voice_only=signals.frames is None,
        transcript=signals.transcript,
        no_words=Absent.NO_TRANSCRIPT if language in LANGUAGES else Absent.LANGUAGE,
    )


def as_json(signals: Signals, analysis: Analysis) -> dict[str, Any]:
    """Everything but the tracks, ready for JSON."""
    verbal = analysis.verbal
    return {
        "catalogue": CATALOGUE_VERSION,
        "quality": asdict(analysis.quality),
        "problems": list(signals.problems),
        "made_by": signals.made_by,
        "cues": {
            code.value: {"value": value.value, "absent": value.absent}
            for code, value in analysis.values.items()
        },
        "events": [asdict(event) for event in analysis.events],
        "segments": [[round(s.start_ms), round(s.end_ms)] for s in analysis.segments],
        "transcript": signals.transcript.to_json() if signals.transcript else None,
        "marks": [asdict(mark) for mark in verbal.marks] if verbal else [],
        "remarks": [asdict(remark) for remark in verbal.remarks] if verbal else [],
    }


# --- for reading ----------------------------------------------------------------------------------------


def _page(found: dict[str, Any]) -> Iterator[str]:
    yield "Quality"
    yield from (f"  {name}: {_number(value)}" for name, value in found["quality"].items())
    yield from (f"  could not be used: {problem}" for problem in found["problems"])
    for group in dict.fromkeys(spec.group for spec in CATALOGUE.values()):
        yield f"\nCues: {group}"
        yield from _cue_lines(found["cues"], group)
    yield "\nEvents"
    yield from (
        f"  {_clock(event['t_ms'])}  {CATALOGUE[event['code']].name} {_phase(event['phase'])}"
        f"({event['strength']:.2f})"
        for event in found["events"]
    )
    yield "\nTranscript"
    yield from _said(found)
    yield f"\n{found['seconds']} s; {', '.join(f'{name} {what}' for name, what in found['made_by'].items())}"


def _cue_lines(values: dict[str, Any], group: str) -> Iterator[str]:
    for code, spec in CATALOGUE.items():
        if spec.group == group and code.value in values:
            value = values[code.value]
            shown = f"- ({value['absent']})" if value["value"] is None else _number(value["value"])
            yield f"  {code.value:<12} {spec.name:<28} {shown} {spec.unit if value['value'] is not None else ''}"


def _said(found: dict[str, Any]) -> Iterator[str]:
    """The words, a line for each stretch of speech; marked words in brackets, then the remarks."""
    if found["transcript"] is None:
        yield "  none"
        return
    words = Transcript.from_json(found["transcript"]).words
    opened, closed = {m["first"] for m in found["marks"]}, {m["last"] for m in found["marks"]}
    line: list[str] = []
    for k, word in enumerate(words):
        if not line:
            line = [f"  {_clock(word.start_ms)} "]
        line.append(f"{'[' * (k in opened)}{word.text}{']' * (k in closed)}")
        if k + 1 == len(words) or words[k + 1].start_ms - word.end_ms >= 500:
            yield " ".join(line)
            line = []
    for remark in found["remarks"]:
        text = " ".join(word.text for word in words[remark["first"] : remark["last"] + 1])
        yield f'  {_clock(words[remark["first"]].start_ms)}  "{text}": {remark["message"]}'


def _clock(t_ms: float) -> str:
    return f"{int(t_ms) // 60_000}:{t_ms % 60_000 / 1000:05.2f}"


def _phase(phase: str) -> str:
    return "" if phase == "point" else f"{phase} "


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


class _Progress:
    """One line on a terminal that is written over; elsewhere nothing."""

    def __init__(self, shown: bool) -> None:
        self._shown, self._any = shown, False

    def __call__(self, now: Progress) -> None:
        if self._shown:
            self._any = True
            print(f"\r{now.stage} {now.share:4.0%}   ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._any:
            print(file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
