"""One piece of advice in words: what was seen and when, one thing to try, an example, and why.

Whole sentences with placeholders, so that they can be translated. They name behaviour and its value, and say nothing
about what somebody feels or is. Which of several phrasings is said follows from the answer and the piece's place in
its advice: a reload says the same, and two pieces of one answer are put differently.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import cue_names, units
from analytics.coach import body, face, voice
from analytics.coach.pieces import Kind, Piece
from analytics.coach.remembered import Effect, Remembered, moment_of
from analytics.coach.told import Phrases, Size
from scoring.advice.schema import FEATURES
from scoring.cues.catalogue import CATALOGUE, Cue

PHRASES: Mapping[Kind, Phrases] = MappingProxyType({**face.PHRASES, **body.PHRASES, **voice.PHRASES})
"""For every change that `scoring.advice.schema` permits, and for no other: what a coach may not say has no words."""

STEP: Mapping[Cue, float] = MappingProxyType({Cue(one.name): one.step for one in FEATURES})
CLEAR = 3.0
"""Steps from which a change is a large one. Own choice: about one spread between people (`scoring.advice.schema`)."""
SIGNS = frozenset({"share", "degrees"})
"""Units that are a sign and no phrase."""
NAMED = 3
"""A sentence names at most so many moments."""

REASONS: Mapping[str, Any] = MappingProxyType(
    {
        "already_high": gettext_lazy(
            "Nothing to change here: the estimate is high for nearly all of this answer."
        ),
        "none_found": gettext_lazy(
            "Nothing to change here: no change of one or two things was found that would make the estimate differ."
        ),
        "too_little": gettext_lazy(
            "There is no advice on this answer: too little was seen and heard for an estimate. Light from the front, "
            "and face, shoulders and hands in the picture, help."
        ),
        "no_model": gettext_lazy(
            "There is no advice on this answer: when it was analysed, no model for it was in use."
        ),
        "frozen": gettext_lazy(
            "There is no advice on this answer: what it could be about is left out, as you asked for."
        ),
    }
)
"""Why there is no advice, by `Advice.missing`."""
NONE_MADE = gettext_lazy("There is no advice on this answer: it was analysed before there was any.")
ANEW = gettext_lazy("Since you changed what may be measured, the advice on this answer is being made anew.")


@dataclass(frozen=True, slots=True)
class Said:
    """A piece in words, in the reader's language."""

    title: str
    seen: str
    to_try: str
    example: str
    why: str


def can_say(piece: Piece) -> bool:
    """Whether there are words for it: another version's model may propose what a coach does not say."""
    return piece.kind in PHRASES


def said(piece: Piece) -> Said:
    """The piece in words. Raises KeyError for what a coach does not say (`can_say`)."""
    phrases = PHRASES[piece.kind]
    seen = {"times": times([start for start, _end in piece.moments]), "value": value(piece.cue, piece.before)}
    return Said(
        title=str(phrases.title),
        seen=str(choose(phrases.seen, piece, "seen")) % seen,
        to_try=str(choose(phrases.to_try(size(piece)), piece, "try")),
        example=str(phrases.example),
        why=why(piece),
    )


def title(kind: Kind) -> str:
    """The change in a few words."""
    return str(PHRASES[kind].title) if kind in PHRASES else cue_names.name(kind[0])


def size(piece: Piece) -> Size:
    """Whether the change is a slight or a clear one, in steps that somebody would notice."""
    return (
        "slight" if abs(piece.after - piece.before) < (CLEAR - 1e-6) * STEP.get(piece.cue, 0.0) else "clear"
    )


def choose(options: Sequence[Any], piece: Piece, part: str) -> Any:
    """One of the phrasings: always the same for the same answer, another one for its next piece."""
    start = zlib.crc32(f"{piece.answer_id}/{part}".encode())
    return options[(start + piece.rank) % len(options)]


def value(cue: Cue, amount: float) -> str:
    """A typical value: rounded to a step worth naming already, so that it has no idle decimals."""
    return units.limit(CATALOGUE[cue].unit, amount)


def times(starts: Sequence[int]) -> str:
    """Moments as a list in a sentence: "0:42", "0:42 and 1:10", "0:12, 0:42, 1:10 and 2 other moments"."""
    clocks = [units.clock(ms) for ms in sorted(starts)]
    first, more = clocks[:NAMED], len(clocks) - NAMED
    if more > 0:
        said = ngettext("%(first)s and one other moment", "%(first)s and %(n)s other moments", more)
        return said % {"first": _(", ").join(first), "n": more}
    return listed(first)


def listed(names: Sequence[str]) -> str:
    """One or more as a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(names[:-1]), "last": names[-1]}


def why(piece: Piece) -> str:
    """In how many of the seconds that were estimated low the change would show in the estimate."""
    unit = CATALOGUE[piece.cue].unit
    amounts = {
        "after": units.tick(unit, piece.after),
        "before": units.limit(unit, piece.before),
        "turned": piece.turned,
        "n": piece.low,
    }
    if piece.alone:
        text = ngettext(
            "With about %(after)s instead of %(before)s, the estimate would change in %(turned)s of the %(n)s second "
            "that was estimated low.",
            "With about %(after)s instead of %(before)s, the estimate would change in %(turned)s of the %(n)s seconds "
            "that were estimated low.",
            piece.low,
        )
    else:
        text = ngettext(
            "With this change (about %(after)s instead of %(before)s) and the other one on this answer, the estimate "
            "would change in %(turned)s of the %(n)s second that was estimated low.",
            "With this change (about %(after)s instead of %(before)s) and the other one on this answer, the estimate "
            "would change in %(turned)s of the %(n)s seconds that were estimated low.",
            piece.low,
        )
    return text % amounts


def reason(missing: str) -> str:
    """Why there is no advice on an answer, kindly."""
    return str(REASONS.get(missing, NONE_MADE))


# --- what was advised before ------------------------------------------------------------------------------------------


def since(found: Remembered) -> str:
    """What the cue did since it was first advised; honestly, if it is no change."""
    if found.effect is None:
        return _("Nothing was measured since then that it could be compared with.")
    return str(_since(found)) % _amounts(found.cue, found.effect)


def _amounts(cue: Cue, effect: Effect) -> dict[str, str]:
    """Both values, of which the first stands without its unit where that is a phrase."""
    unit = CATALOGUE[cue].unit
    full = unit in SIGNS
    before = units.quantity(cue, effect.before) if full else units.figures(unit, effect.before)
    return {"before": before, "after": units.quantity(cue, effect.after)}


def _since(found: Remembered) -> Any:
    if found.has_come:
        return _(
            "%(before)s then, %(after)s since: it changed as advised, by more than your answers vary anyway."
        )
    if found.went_away:
        return _(
            "%(before)s then, %(after)s since: it changed by more than your answers vary, the other way."
        )
    if found.effect and found.effect.change.limit is None:
        return _("%(before)s then, %(after)s since. How much your answers vary anyway is not known yet.")
    return _("%(before)s then, %(after)s since: no difference that is larger than your answers vary anyway.")


def again(found: Remembered) -> str:
    """That this advice came before; where it has had its effect, that comes first."""
    if found.effect is not None and found.has_come:
        day = formats.date_format(moment_of(found.first), "DATE_FORMAT")
        return _(
            "%(before)s when this was first advised, on %(day)s, and %(after)s since: it changed as advised, by more "
            "than your answers vary anyway. It is here again because it would make a difference in this interview too."
        ) % {"day": day, **_amounts(found.cue, found.effect)}
    day = formats.date_format(moment_of(found.last), "DATE_FORMAT")
    return _(
        "You have met this advice before, the last time on %(day)s. It is here again because it would make a "
        "difference in this interview too; one thing at a time is enough."
    ) % {"day": day}
