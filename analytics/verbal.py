"""What was said, in sentences: pace, fillers, repeats, different words, I and we. Behaviour, never a judgement of it.

The own usual comes first and the band second, as in `words`; a band that was found for one language is not shown for
another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from analytics import cue_names, units, words
from analytics.bands import band_for
from analytics.summaries import Measured, Usual
from analytics.transcripts import Spoken
from scoring.cues.catalogue import Band, Cue
from scoring.cues.values import Absent
from scoring.performance.index import NO_PROFILE, Profile

SAID: tuple[Cue, ...] = (
    Cue.WPM,
    Cue.FILLERS,
    Cue.REPEATS,
    Cue.RESTARTS,
    Cue.HEDGES,
    Cue.UNIQUE,
    Cue.I_WE,
    Cue.SENT_LEN,
    Cue.GRAMMAR,
)
"""Cues of words that are put into sentences, most telling first."""

_MARKED = frozenset({Cue.FILLERS, Cue.HEDGES})
_ONLY_IF_ANY = frozenset({Cue.REPEATS, Cue.RESTARTS, Cue.HEDGES})


@dataclass(frozen=True, slots=True)
class Verbal:
    """The sentences about the words, and (once) what is not supported in the answer's language."""

    facts: tuple[str, ...]
    unsupported: str
    missing: str
    """Why there are no facts at all; empty where there are some."""


def verbal(
    values: Mapping[Cue, Measured],
    usual: Mapping[Cue, Usual],
    spoken: Spoken | None,
    language: str,
    profile: Profile = NO_PROFILE,
) -> Verbal:
    """What the transcript of one answer shows."""
    facts = [_length(values)] if _value(values, Cue.WORDS) is not None else []
    facts += [
        _fact(cue, value, usual.get(cue), spoken, band_for(profile, cue, language))
        for cue in SAID
        if (value := _value(values, cue)) is not None and (value > 0 or cue not in _ONLY_IF_ANY)
    ]
    return Verbal(tuple(facts), _unsupported(values, language), "" if facts else _missing(values, spoken))


def _value(values: Mapping[Cue, Measured], cue: Cue) -> float | None:
    return values[cue].value if cue in values else None


def _length(values: Mapping[Cue, Measured]) -> str:
    n = round(_value(values, Cue.WORDS) or 0)
    return ngettext("You said one word.", "You said %(n)s words.", n) % {"n": n}


def _fact(cue: Cue, value: float, usual: Usual | None, spoken: Spoken | None, band: Band | None) -> str:
    said = [words.fact(cue, value, usual, band, with_band=band is not None).text]
    if cue in _MARKED and spoken:
        said += [_commonest(spoken, cue)]
    return " ".join(part for part in said if part)


def _commonest(spoken: Spoken, cue: Cue) -> str:
    found = [
        _("“%(word)s” (%(times)s)") % {"word": word, "times": units.in_unit("count", n)}
        for word, n in spoken.commonest(cue.value)
    ]
    return _("Most often: %(words)s.") % {"words": _(", ").join(found)} if found else ""


def _unsupported(values: Mapping[Cue, Measured], language: str) -> str:
    """What this language lacks, said once."""
    cues = [cue for cue in cue_names.in_order(values) if values[cue].absent == Absent.LANGUAGE.value]
    if not cues:
        return ""
    spoken_in = {"language": language_name(language)}
    if Cue.WPM in cues:
        return (
            _("Words are not read in this language (%(language)s): no transcript and none of its cues.")
            % spoken_in
        )
    names = _(", ").join(cue_names.name(cue) for cue in cues)
    return _("Not supported in %(language)s: %(names)s.") % {**spoken_in, "names": names}


def _missing(values: Mapping[Cue, Measured], spoken: Spoken | None) -> str:
    if spoken is None:
        return ""
    return "" if spoken.words else _("No words were heard in this answer.")


def language_name(code: str) -> str:
    """The name of a language in the reader's own; the code where there is none."""
    try:
        return str(get_language_info(code[:2])["name_translated"])
    except KeyError:
        return code
