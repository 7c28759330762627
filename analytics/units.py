"""Numbers with their units, as a person reads them. No number leaves this module without its unit."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scoring.cues.catalogue import CATALOGUE, Band, Cue

MINUS = "\N{MINUS SIGN}"
# Decimals by unit: what the measurement can tell apart, no more.
_DECIMALS = {
    "degrees": 0,
    "degrees/s": 0,
    "Hz": 0,
    "words/min": 0,
    "count": 1,
    "s": 1,
    "percent": 1,
    "-1..1": 2,
    "shoulder widths": 2,
    "shoulder widths/s": 2,
}


def _forms() -> dict[str, Callable[[str], str]]:
    return {
        "share": lambda n: _("%(n)s %%") % {"n": n},
        "percent": lambda n: _("%(n)s %%") % {"n": n},
        "s": lambda n: _("%(n)s s") % {"n": n},
        "dB": lambda n: _("%(n)s dB") % {"n": n},
        "Hz": lambda n: _("%(n)s Hz") % {"n": n},
        "semitones": lambda n: _("%(n)s semitones") % {"n": n},
        "semitones from 27.5 Hz": lambda n: _("%(n)s semitones above 27.5 Hz") % {"n": n},
        "degrees": lambda n: _("%(n)s°") % {"n": n},
        "degrees/s": lambda n: _("%(n)s° per second") % {"n": n},
        "shoulder widths": lambda n: _("%(n)s shoulder widths") % {"n": n},
        "shoulder widths/s": lambda n: _("%(n)s shoulder widths per second") % {"n": n},
        "syllables/s": lambda n: _("%(n)s syllables per second") % {"n": n},
        "words/min": lambda n: _("%(n)s words per minute") % {"n": n},
        "per 100 words": lambda n: _("%(n)s per 100 words") % {"n": n},
        "words": lambda n: _("%(n)s words") % {"n": n},
        "-1..1": lambda n: _("%(n)s on a scale from -1 to 1") % {"n": n},
        "count": lambda n: _("%(n)s times") % {"n": n},
        "strength": lambda n: _("strength %(n)s") % {"n": n},
    }


def scaled(unit: str, value: float) -> float:
    """The number that is shown: a share is shown in percent, everything else as it is stored."""
    return value * 100 if unit == "share" else value


def decimals(unit: str, value: float) -> int:
    """A share needs no decimals, but a small one is not rounded to nothing."""
    if unit == "share":
        return 1 if 0 < abs(value) < 0.01 else 0
    if unit == "s" and abs(value) >= 10:
        return 0
    return _DECIMALS.get(unit, 1)


def figures(unit: str, value: float) -> str:
    """The digits alone, in the reader's notation; for use next to a unit only."""
    places = decimals(unit, value)
    shown = round(scaled(unit, value), places)
    return str(number_format(shown + 0.0, decimal_pos=places, use_l10n=True)).replace("-", MINUS)


def quantity(cue: Cue, value: float) -> str:
    """A value with its unit: "72 %", "1.4 s"."""
    if cue is Cue.WORDS:
        n = round(value)
        return ngettext("one word", "%(n)s words", n) % {"n": number_format(n, use_l10n=True)}
    return in_unit(CATALOGUE[cue].unit, value)


def in_unit(unit: str, value: float) -> str:
    if unit == "count" and float(value).is_integer():
        return ngettext("once", "%(n)s times", int(value)) % {"n": int(value)}
    return _forms()[unit](figures(unit, value)).replace(" ", "\N{NO-BREAK SPACE}", 1)


def whole(unit: str, value: float) -> str:
    """A value rounded to whole units, for what cannot be told apart more finely: "2 dB"."""
    return _forms()[unit](str(round(value))).replace(" ", "\N{NO-BREAK SPACE}", 1)


def band_words(cue: Cue, band: Band) -> str:
    """The band as a range: "60 to 80 %". A band relative to the baseline has no words of its own here."""
    return range_words(CATALOGUE[cue].unit, band.low, band.high)


def range_words(unit: str, low: float | None, high: float | None) -> str:
    """From `low` to `high`, of which one may be open. Limits are stated, not measured: no idle decimals."""
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": tick(unit, low), "high": limit(unit, high)}
    if high is not None:
        return _("up to %(high)s") % {"high": limit(unit, high)}
    return _("%(low)s or more") % {"low": limit(unit, low or 0.0)}


def limit(unit: str, value: float) -> str:
    """A stated value with its unit: "4 per 100 words" where a measured one is "4.0 per 100 words"."""
    return _forms()[unit](tick(unit, value)).replace(" ", "\N{NO-BREAK SPACE}", 1)


def steps(low: float, high: float, unit: str, most: int = 5) -> list[float]:
    """Round values between `low` and `high` for an axis, at most `most`, a step of 1, 2 or 5 apart."""
    scale = scaled(unit, 1.0)
    low, high = low * scale, high * scale
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return [n * step / scale for n in range(first, math.floor(high / step + 1e-9) + 1)]


def tick(unit: str, value: float) -> str:
    """A value on an axis, which names the unit itself: as many decimals as the value needs."""
    return str(number_format(f"{scaled(unit, value):.3g}", use_l10n=True)).replace("-", MINUS)


def clock(ms: float) -> str:
    """Stream time as minutes and seconds: 1:07."""
    seconds = max(0, int(ms // 1000))
    return f"{seconds // 60}:{seconds % 60:02d}"


def axis_unit(cue: Cue) -> str:
    """The unit as it stands beside an axis."""
    unit = "words" if cue is Cue.WORDS else CATALOGUE[cue].unit
    names = {
        "share": "%",
        "percent": "%",
        "s": _("seconds"),
        "degrees/s": _("° per second"),
        "degrees": "°",
        "shoulder widths/s": _("shoulder widths per second"),
        "shoulder widths": _("shoulder widths"),
        "semitones": _("semitones"),
        "semitones from 27.5 Hz": _("semitones"),
        "count": _("times per answer"),
        "-1..1": _("-1 to 1"),
        "syllables/s": _("syllables per second"),
        "words/min": _("words per minute"),
        "per 100 words": _("per 100 words"),
        "words": _("words"),
        "strength": _("strength"),
    }
    return str(names.get(unit, unit))
