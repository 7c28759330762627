"""Disputes in words: what can be disputed in an answer, the marks beside its results, and the forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics import cue_names
from scoring.queries import profile_of
from sessions.disputes.queries import cues_of, disputes_of, is_there
from sessions.models import About, Answer, Dispute

WORDS, REPLY = 1000, 2000
"""Characters that fit into a dispute and into a reply."""


def name_of(about: str, cue: str = "") -> str:
    """What a dispute is about, in words: the cue's own name, or that of the kind of result."""
    return cue_names.name(cue) if about == About.CUE else str(About(about).label)


def key_of(about: str, cue: str = "") -> str:
    """As it stands in an address and in the form: `transcript`, `cue:GZ_DR`."""
    return f"{about}:{cue}" if cue else str(about)


# --- beside the result ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """Beside one result: the way to dispute it, and what its learner disputes of it already."""

    name: str
    url: str
    dispute: Dispute | None


@dataclass(frozen=True)
class Marks:
    """The marks of one opened answer, by what they stand beside. One query, when the first is asked for."""

    answer: Answer

    @cached_property
    def _standing(self) -> dict[str, Dispute]:
        """The newest dispute of each result."""
        return {key_of(one.about, one.cue): one for one in reversed(disputes_of(self.answer))}

    def of(self, about: About, cue: str = "") -> Mark:
        key = key_of(about, cue)
        url = reverse("analytics:dispute", args=[self.answer.pk])
        query = urlencode({"about": key}, safe=":")
        return Mark(name_of(about, cue), f"{url}?{query}", self._standing.get(key))

    @property
    def transcript(self) -> Mark:
        return self.of(About.TRANSCRIPT)

    @property
    def performance(self) -> Mark:
        return self.of(About.PERFORMANCE)

    @property
    def engagement(self) -> Mark:
        return self.of(About.ENGAGEMENT)

    @property
    def advice(self) -> Mark:
        return self.of(About.ADVICE)

    @property
    def rating(self) -> Mark:
        return self.of(About.RATING)


# --- the forms ------------------------------------------------------------------------------------


class WordsField(forms.CharField):
    """Text of several lines; a line's end counts as one character, as the browser counts it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class DisputeForm(forms.Form):
    about = forms.ChoiceField(label=_("What you disagree with"))
    words = WordsField(
        label=_("What is wrong with it, in your own words"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, choices: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = choices  # type: ignore[attr-defined]

    @property
    def subject(self) -> tuple[About, str]:
        about, _colon, cue = self.cleaned_data["about"].partition(":")
        return About(about), cue


class ReplyForm(forms.Form):
    text = WordsField(label=_("Your reply"), max_length=REPLY, widget=forms.Textarea(attrs={"rows": 5}))


def choices_of(answer: Answer) -> list[tuple[str, Any]]:
    """What the form offers for an answer: its results, then each measured cue. What was left out is not there."""
    whole = [about for about in About if about != About.CUE and is_there(answer, about)]
    off = profile_of(user_id=answer.session.user_id, institution_id=answer.institution_id).off
    cues = [cue for cue in cue_names.in_order(cues_of(answer)) if cue not in off]
    found: list[tuple[str, Any]] = [(key_of(about), name_of(about)) for about in whole]
    if cues:
        measured = [(key_of(About.CUE, cue), cue_names.name(cue)) for cue in cues]
        found.append((str(About.CUE.label), measured))
    return found
