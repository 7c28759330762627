"""Writes docs/cues.md from the catalogue: `python -m scoring.cues.document`."""

from __future__ import annotations

from pathlib import Path

from scoring.cues.catalogue import BANDS_IN, CATALOGUE, CATALOGUE_VERSION, Band, CueSpec

PAGE = Path(__file__).parents[2] / "docs" / "cues.md"

_HEAD = f"""# The catalogue of cues, version {CATALOGUE_VERSION}

Written from `scoring/cues/catalogue.py` by `python -m scoring.cues.document`; change it there.

A cue names behaviour that anyone could see or hear. Below its minimum signal it is absent, with the reason, and
never a number. Distances are in shoulder widths, angles in degrees, speeds per second. A live value is taken over
the window given ("answer" is everything so far); the track of the full analysis has a value every 0.25 s over 0.5 s,
or over the window given where it is longer than a second. Bands are shown as bands, never as pass or fail, and can
be changed by question, scenario and accommodation profile. A value is judged against the person's own baseline first
and against the band second.
"""

_GROUPS = {"face": "Face", "body": "Body", "voice": "Voice", "words": "Words"}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for group, title in _GROUPS.items():
        specs = [spec for spec in CATALOGUE.values() if spec.group == group and spec.kind == "continuous"]
        parts.append(_table(title, specs))
    parts.append(_events([spec for spec in CATALOGUE.values() if spec.kind == "event"]))
    return "\n".join(parts)


def _table(title: str, specs: list[CueSpec]) -> str:
    head = (
        "| code | cue | unit | range | window | band | minimum signal | source | computed |\n"
        + "|---" * 9
        + "|"
    )
    return "\n".join([f"## {title}\n", head, *(_row(spec) for spec in specs), ""])


def _row(spec: CueSpec) -> str:
    window = "answer" if spec.window_s is None else f"{spec.window_s:g} s"
    cells = (
        *(f"`{spec.code}`", spec.name, spec.unit, _range(spec.low, spec.high), window, _bands(spec)),
        *(spec.minimum_signal.words, spec.source, _yes(spec)),
    )
    return f"| {' | '.join(cells)} |"


def _events(specs: list[CueSpec]) -> str:
    head = "| code | event | minimum signal | source | computed |\n" + "|---" * 5 + "|"
    rows = [f"| `{s.code}` | {s.name} | {s.minimum_signal.words} | {s.source} | {_yes(s)} |" for s in specs]
    return "\n".join(["## Events, with time and strength 0..1\n", head, *rows, ""])


def _yes(spec: CueSpec) -> str:
    return "yes" if spec.available else "not yet"


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "open"
    if high is None:
        return f"from {low:g}"
    return f"to {high:g}" if low is None else f"{low:g} to {high:g}"


def _bands(spec: CueSpec) -> str:
    others = (
        f"; {of}: {_band(band) or 'none'}" for (code, of), band in BANDS_IN.items() if code == spec.code
    )
    return _band(spec.band) + "".join(others)


def _band(band: Band | None) -> str:
    if band is None:
        return ""
    text = f"{_range(band.low, band.high)}, tolerated {_range(band.wide_low, band.wide_high)}"
    return f"{text}{' against the own baseline' if band.relative else ''} ({band.basis})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
