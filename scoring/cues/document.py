"""Writes docs/cues.md from the catalogue: `python -m scoring.cues.document`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scoring.cues.bands import band_of
from scoring.cues.catalogue import BANDS_IN, CATALOGUE, CATALOGUE_VERSION, Band, Cue, CueSpec
from scoring.cues.conditions import CONDITIONS
from scoring.cues.values import Absent
from scoring.cues.words.reading import GRAMMAR_LANGUAGES
from scoring.cues.words.transcript import LANGUAGES

PAGE = Path(__file__).parents[2] / "docs" / "cues.md"

_HEAD = f"""# The catalogue of cues, version {CATALOGUE_VERSION}

Written from `scoring/cues/catalogue.py` by `python -m scoring.cues.document`; change it there. In the product, the
pages below `/cues/` explain each cue in plain words, with an example.

A cue names behaviour that anyone could see or hear. Below its minimum signal it is absent, with the reason, and
never a number. Distances are in shoulder widths, angles in degrees, speeds per second. A live value is taken over
the window given ("answer" is everything so far); the track of the full analysis has a value every 0.25 s over 0.5 s,
or over the window given where it is longer than a second. Cues of words are measured after the answer. Bands are shown
as bands, never as pass or fail, and can be changed by question, scenario and accommodation profile. A value is judged
against the person's own baseline first and against the band second. Where it says "any", the language does not matter.
"""

_GROUPS = {"face": "Face", "body": "Body", "voice": "Voice", "words": "Words"}

_LANGUAGE_NAMES = {"en": "English", "de": "German", "fr": "French"}

_ABSENT = {
    Absent.NOT_AVAILABLE: "this version does not measure it",
    Absent.NO_CAMERA: "practice by voice alone",
    Absent.NO_FACE: "a face in fewer than half of the frames",
    Absent.FACE_TOO_SMALL: "the face is narrower than a tenth of the picture's height",
    Absent.TOO_DARK: "mean brightness under 35 of 255",
    Absent.TOO_FEW_FRAMES: "fewer than two frames in the window",
    Absent.NO_POSE: "shoulders in fewer than half of the frames",
    Absent.HANDS_OUT_OF_VIEW: "hands out of the picture",
    Absent.HIPS_OUT_OF_VIEW: "hips out of the picture",
    Absent.EYES_UNCLEAR: "irises beside the eyes, or eyes that contradict each other",
    Absent.ARM_UNCLEAR: "an arm of impossible length, or a forearm that points up or down",
    Absent.NO_SOUND: "no sound arrived",
    Absent.NO_VOICE: "no voice in the sound",
    Absent.TOO_LITTLE_SPEECH: "less speech than the minimum signal; of a whole answer, less than 3 s",
    Absent.NOISY: "the noise is too near to the speech, or may hide it",
    Absent.NO_PAUSE: "no pause between speech segments",
    Absent.QUESTION_OPEN: "the question has not ended",
    Absent.NO_TRANSCRIPT: "there is no transcript",
    Absent.LANGUAGE: "not supported in the language of the answer",
    Absent.TOO_FEW_WORDS: "fewer words than the minimum signal",
}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for group, title in _GROUPS.items():
        specs = [spec for spec in CATALOGUE.values() if spec.group == group and spec.kind == "continuous"]
        parts.append(_group(title, specs))
    parts.append(_events([spec for spec in CATALOGUE.values() if spec.kind == "event"]))
    parts += [_languages(), _reasons(), _conditions()]
    return "\n".join(parts)


def _table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]], before: str = "") -> str:
    columns = list(head)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    text = [before, ""] if before else []
    return "\n".join(
        [f"## {title}", "", *text, f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *lines, ""]
    )


def _group(title: str, specs: list[CueSpec]) -> str:
    head = (
        "code",
        "cue",
        "unit",
        "range",
        "window",
        "band or direction",
        "minimum signal",
        "languages",
        "source",
    )
    return _table(title, head, map(_row, specs))


def _row(spec: CueSpec) -> tuple[str, ...]:
    window = "answer" if spec.window_s is None else f"{spec.window_s:g} s"
    return (
        *(_code(spec), spec.name, spec.unit, _range(spec.low, spec.high), window, _bands(spec)),
        *(spec.minimum_signal.words, _languages_of(spec), spec.source),
    )


def _code(spec: CueSpec) -> str:
    return f"`{spec.code}`" if spec.available else f"`{spec.code}` (not yet computed)"


def _events(specs: list[CueSpec]) -> str:
    head = ("code", "event", "minimum signal", "source")
    rows = ((_code(spec), spec.name, spec.minimum_signal.words, spec.source) for spec in specs)
    return _table("Events, with time and strength 0..1", head, rows)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "open"
    if high is None:
        return f"from {low:g}"
    return f"to {high:g}" if low is None else f"{low:g} to {high:g}"


def _bands(spec: CueSpec) -> str:
    """The band (and those of other languages), else the direction that is advised, else none."""
    if spec.band is None:
        return f"{spec.direction} is advised" if spec.direction else ""
    others = [f"{of}: {_band(band)}" for (code, of), band in BANDS_IN.items() if code == spec.code]
    return "; ".join([_band(spec.band), *others])


def _band(band: Band | None) -> str:
    if band is None:
        return "none"
    text = f"{_range(band.low, band.high)}, tolerated {_range(band.wide_low, band.wide_high)}"
    return f"{text}{' against the own baseline' if band.relative else ''} ({band.basis})"


# --- languages --------------------------------------------------------------------------------------------


def _languages_of(spec: CueSpec) -> str:
    if spec.group != "words":
        return "any"
    return ", ".join(GRAMMAR_LANGUAGES if spec.code is Cue.GRAMMAR else LANGUAGES)


def _languages() -> str:
    said = (
        "In any other language there is no transcript and every cue of words is absent (`language`); all other cues\n"
        "are measured, and are judged by the bands above."
    )
    words = [code for code, spec in CATALOGUE.items() if spec.group == "words" and code is not Cue.GRAMMAR]
    banded = [code for code in CATALOGUE if any(of == code for of, _ in BANDS_IN)]
    rows = [
        ("transcript with word times", *("yes" for _ in LANGUAGES)),
        (", ".join(f"`{code}`" for code in words), *("yes" for _ in LANGUAGES)),
        ("`GRAMMAR`", *("yes" if of in GRAMMAR_LANGUAGES else "absent" for of in LANGUAGES)),
        *((f"band of `{code}`", *(_short(band_of(code, of)) for of in LANGUAGES)) for code in banded),
    ]
    return _table("Languages", ("", *(_LANGUAGE_NAMES[of] for of in LANGUAGES)), rows, said)


def _short(band: Band | None) -> str:
    return "none" if band is None else _range(band.low, band.high)


# --- what is absent, and when -----------------------------------------------------------------------------


def _reasons() -> str:
    said = "A cue that is absent carries one of these codes, and the pages say it in words."
    return _table(
        "Reasons of absence", ("code", "when"), ((f"`{why}`", _ABSENT[why]) for why in Absent), said
    )


def _conditions() -> str:
    said = "What becomes of the visual cues when the picture is not as it should be; each line has its test."
    return _table("Conditions", ("what happens", "what becomes of the cues"), CONDITIONS, said)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
