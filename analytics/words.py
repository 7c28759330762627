"""What was observed, in words: second person, plain, specific; the own usual first, the band second.

Sentences name behaviour and its number. They do not say what someone feels or is, they do not praise, and they do
not grade. A cue that could not be measured is named with the reason and never with a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import bands, cue_names, units
from analytics.summaries import Measured, Usual
from scoring.cues.bands import PEAK
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.index import NO_PROFILE, Profile

OBSERVED: Mapping[Cue, Any] = MappingProxyType(
    {
        Cue.GZ_DR: gettext_lazy("You looked at the camera %(value)s of the time you spoke"),
        Cue.LATENCY: gettext_lazy("You began to answer %(value)s after the question"),
        Cue.F0_SD: gettext_lazy("The pitch of your voice varied by %(value)s"),
        Cue.F0: gettext_lazy("The pitch of your voice was %(value)s"),
        Cue.ANSWER_LEN: gettext_lazy("You answered for %(value)s"),
        Cue.PAUSE_SHARE: gettext_lazy("Pauses made up %(value)s of your answer"),
        Cue.PAUSE_LEN: gettext_lazy("A pause lasted %(value)s"),
        Cue.PAUSE_N: gettext_lazy("You paused %(value)s"),
        Cue.PAUSE_LONG_N: gettext_lazy("You paused for 2.5 s or longer %(value)s"),
        Cue.SMILE_SHARE: gettext_lazy("You smiled %(value)s of the time"),
        Cue.HD_TH: gettext_lazy("A hand was at your face %(value)s of the time"),
        Cue.AM_CR: gettext_lazy("Your arms were crossed %(value)s of the time"),
        Cue.CONT_MOV: gettext_lazy("Your body moved by %(value)s"),
        Cue.HD_AC: gettext_lazy("Your head turned by %(value)s"),
        Cue.EN_HA: gettext_lazy("Your hands moved by %(value)s while you spoke"),
        Cue.SEG_LEN: gettext_lazy("You spoke for %(value)s from one pause to the next"),
        Cue.VOICE: gettext_lazy("You spoke for %(value)s of the time"),
        Cue.EARLY: gettext_lazy("You spoke for %(value)s before the question had ended"),
        Cue.WPM: gettext_lazy("You spoke at %(value)s"),
        Cue.FILLERS: gettext_lazy("Fillers came to %(value)s"),
        Cue.REPEATS: gettext_lazy("Repeated phrases came to %(value)s"),
        Cue.RESTARTS: gettext_lazy("Phrases that you began anew came to %(value)s"),
        Cue.HEDGES: gettext_lazy("Hedging words came to %(value)s"),
        Cue.UNIQUE: gettext_lazy("%(value)s of your words were different ones"),
        Cue.I_WE: gettext_lazy("Where you said “I” or “we”, it was “I” %(value)s of the time"),
        Cue.SENT_LEN: gettext_lazy("Your sentences had %(value)s on average"),
        Cue.GRAMMAR: gettext_lazy("Remarks on grammar came to %(value)s"),
    }
)

EVENTS: Mapping[Cue, Any] = MappingProxyType(
    {
        Cue.NOD: lambda n: ngettext("You nodded once.", "You nodded %(n)s times.", n),
        Cue.SHAKE: lambda n: ngettext("You shook your head once.", "You shook your head %(n)s times.", n),
        Cue.SMILE: lambda n: ngettext("You smiled once.", "You smiled %(n)s times.", n),
        Cue.GAZE_AWAY: lambda n: ngettext(
            "You looked away from the camera once.", "You looked away from the camera %(n)s times.", n
        ),
        Cue.HAND_FACE: lambda n: ngettext(
            "A hand went to your face once.", "A hand went to your face %(n)s times.", n
        ),
        Cue.LEAN_IN: lambda n: ngettext("You leaned in once.", "You leaned in %(n)s times.", n),
        Cue.LEAN_OUT: lambda n: ngettext("You leaned back once.", "You leaned back %(n)s times.", n),
        Cue.ARMS_CROSSED: lambda n: ngettext(
            "You crossed your arms once.", "You crossed your arms %(n)s times.", n
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One observation: the sentence, and how far it lies from the person's usual in spreads (None: no baseline)."""

    cue: Cue
    text: str
    distance: float | None

    @property
    def is_change(self) -> bool:
        """Further from the usual than the person's answers vary anyway: a peak (`scoring.cues.bands`)."""
        return self.distance is not None and abs(self.distance) >= PEAK


def fact(
    cue: Cue, value: float, usual: Usual | None = None, band: Band | None = None, *, with_band: bool = True
) -> Fact:
    """What was observed of one cue, next to the person's usual (if known) and the band (if there is one)."""
    sentences = [_with_usual(cue, value, usual)]
    band = band or CATALOGUE[cue].band
    if with_band and band is not None and not band.relative:
        sentences.append(bands.said(cue, band))
    return Fact(cue, " ".join(sentences), usual.distance(value) if usual else None)


def _with_usual(cue: Cue, value: float, usual: Usual | None) -> str:
    if cue is Cue.LOUD:
        return _loudness(value, usual)
    observed = _observed(cue, value)
    if usual is None:
        return _("%(observed)s.") % {"observed": observed}
    return _("%(observed)s; your usual is %(usual)s.") % {
        "observed": observed,
        "usual": units.quantity(cue, usual.mean),
    }


def _observed(cue: Cue, value: float) -> str:
    shown = units.quantity(cue, value)
    if cue in OBSERVED:
        return str(OBSERVED[cue]) % {"value": shown}
    return _("%(name)s: %(value)s") % {"name": cue_names.name(cue), "value": shown}


def _loudness(value: float, usual: Usual | None) -> str:
    """Loudness depends on microphone and distance: only the difference from the own usual says something."""
    if usual is None:
        return _(
            "Your loudness was %(value)s, which is only useful to compare with your own next answers."
        ) % {"value": units.quantity(Cue.LOUD, value)}
    difference = round(value - usual.mean)
    if difference == 0:
        return _("You spoke as loud as usual.")
    amount = {"value": units.whole("dB", abs(difference))}
    louder = _("You spoke %(value)s louder than usual.") % amount
    return louder if difference > 0 else _("You spoke %(value)s more quietly than usual.") % amount


def foremost(facts: Sequence[Fact], limit: int = 7) -> list[Fact]:
    """Those beyond the own spread, then the most telling of the others; in the order in which they were given."""
    chosen = [fact for fact in facts if fact.is_change]
    chosen += [fact for fact in facts if not fact.is_change][: max(0, limit - len(chosen))]
    return sorted(chosen, key=lambda fact: (not fact.is_change, facts.index(fact)))


def facts(
    values: Mapping[Cue, Measured],
    usual: Mapping[Cue, Usual],
    *,
    cues: Sequence[Cue] = cue_names.SHOWN,
    language: str = "en",
    profile: Profile = NO_PROFILE,
) -> list[Fact]:
    """A sentence for each of `cues` that was measured, in their order.

    With the own targets of the profile, else the bands of the answers' language.
    """
    found = (
        (cue, values[cue].value, bands.band_for(profile, cue, language)) for cue in cues if cue in values
    )
    return [
        fact(cue, value, usual.get(cue), band, with_band=band is not None)
        for cue, value, band in found
        if value is not None and _worth_saying(cue, value)
    ]


def _worth_saying(cue: Cue, value: float) -> bool:
    return cue not in (Cue.EARLY, Cue.AM_CR, Cue.HD_TH, Cue.PAUSE_LONG_N) or value > 0


def changed(facts: Iterable[Fact], limit: int = 3) -> list[Fact]:
    """The facts furthest beyond the person's own spread, at most `limit`."""
    beyond = [fact for fact in facts if fact.is_change]
    return sorted(beyond, key=lambda fact: -abs(fact.distance or 0.0))[:limit]


def events(counts: Mapping[Cue, int]) -> list[str]:
    """How often each thing happened, in words. What did not happen is not mentioned."""
    return [
        EVENTS[cue](counts[cue]) % {"n": counts[cue]}
        for cue in cue_names.in_order(counts)
        if cue in EVENTS and counts[cue]
    ]


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """The cues that share one reason for their absence."""

    reason: str
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        names = _(", ").join(self.names)
        return _("Not measured, because %(reason)s: %(names)s.") % {"reason": self.reason, "names": names}


def not_measured(values: Mapping[Cue, Measured]) -> list[NotMeasured]:
    """What was absent and why, for what this version can measure; cues of one reason together.

    What a language lacks is said with the words (`verbal`), and not here again.
    """
    groups: dict[str, list[str]] = {}
    for cue in cue_names.in_order(values):
        why = values[cue].absent
        if why is not None and why not in set(cue_names.SAID_ONCE):
            groups.setdefault(why, []).append(cue_names.name(cue))
    return [NotMeasured(cue_names.reason(why), tuple(names)) for why, names in groups.items()]


def not_yet(values: Mapping[Cue, Measured]) -> list[str]:
    """Names of what this version does not measure at all."""
    return [
        cue_names.name(cue)
        for cue in cue_names.in_order(values)
        if values[cue].absent in set(cue_names.NOT_YET)
    ]
