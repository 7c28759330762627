"""The band that holds for a person: their own target, else what is common in the language of the answer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics import units
from scoring.cues.bands import band_of
from scoring.cues.catalogue import Band, Cue
from scoring.performance.index import Profile
from scoring.performance.profile import OWN_TARGET


def band_for(profile: Profile, cue: Cue, language: str) -> Band | None:
    """The person's own target, else the catalogue's band for the language of the answer."""
    return profile.targets.get(cue) or band_of(cue, language)


def is_own(band: Band | None) -> bool:
    return band is not None and band.basis == OWN_TARGET


def said(cue: Cue, band: Band) -> str:
    """The band in a sentence; one that is relative to the own usual has none here."""
    text = _("Your own target: %(band)s.") if is_own(band) else _("Common in interviews: %(band)s.")
    return text % {"band": units.band_words(cue, band)}
