"""What is typed on the pages of ratings: levels by criterion, a note, a comment at a moment, a rubric."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.models import LEVELS, Opinion
from sessions.ratings.actions import COMMENT_LENGTH, NOTE_LENGTH
from sessions.ratings.agreement import ENGAGEMENT
from sessions.ratings.errors import NoLevel
from sessions.ratings.rubric import ANCHOR_LENGTH, MOST, NAME_LENGTH, Criterion

Posted = Mapping[str, Any]
_KEY = re.compile(r"[a-z_]{3,20}|c[0-9a-f]{8}")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")


# --- levels ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scale:
    """A row of five levels. `field` is its name in the form, `chosen` the level as it is posted ("" for none)."""

    field: str
    name: str
    low: str
    high: str
    chosen: str = ""

    @property
    def levels(self) -> list[str]:
        return [str(level) for level in range(1, LEVELS + 1)]


def scales(prefix: str, criteria: Iterable[Criterion], chosen: Mapping[str, Any]) -> list[Scale]:
    """A row for each criterion, with what is chosen there: `chosen` is what was posted or `posted_from` a rating."""
    rows = ((f"{prefix}-{one.key}", one) for one in criteria)
    return [Scale(field, one.name, one.low, one.high, str(chosen.get(field, ""))) for field, one in rows]


def levels_in(posted: Posted, prefix: str, criteria: Iterable[Criterion]) -> dict[str, int]:
    """The levels that were posted, by criterion. Raises NoLevel for what is no number."""
    found = {one.key: level_in(posted, f"{prefix}-{one.key}") for one in criteria}
    return {key: level for key, level in found.items() if level is not None}


def level_in(posted: Posted, field: str) -> int | None:
    """None where nothing was chosen. Raises NoLevel for what is no level."""
    value = posted.get(field, "")
    if value == "":
        return None
    if value not in {str(level) for level in range(1, LEVELS + 1)}:
        raise NoLevel
    return int(value)


# --- a teacher's rating ---------------------------------------------------------------------------


class ReviewForm(forms.Form):
    """What a teacher says beside the levels."""

    opinion = forms.ChoiceField(
        label=gettext_lazy("Your opinion"),
        choices=[("", gettext_lazy("Neither")), *Opinion.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    shortlisted = forms.BooleanField(label=gettext_lazy("On my shortlist"), required=False)
    note = forms.CharField(
        label=gettext_lazy("A note on the whole answer"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CommentForm(forms.Form):
    """Something said about a moment; `at` is a clock such as 0:42, or empty for the whole answer."""

    at = forms.CharField(
        label=gettext_lazy("Moment"),
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "0:00", "autocomplete": "off"}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_at(self) -> int | None:
        """Milliseconds; None for the whole answer."""
        text = self.cleaned_data["at"].strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValidationError(_("Write minutes and seconds, such as 0:42, or leave it empty."))
        minutes, seconds = map(int, found.groups())
        return (60 * minutes + seconds) * 1000


# --- a rubric -------------------------------------------------------------------------------------


def criteria_in(posted: Any) -> list[Criterion]:
    """The rows of the editor in their order; a row without a key is a new criterion and gets one."""
    keys, names, lows, highs = (posted.getlist(name)[:MOST] for name in ("key", "name", "low", "high"))
    rows = zip(keys, names, lows, highs, strict=False)
    return [
        Criterion(
            _key(key), name.strip()[:NAME_LENGTH], low.strip()[:ANCHOR_LENGTH], high.strip()[:ANCHOR_LENGTH]
        )
        for key, name, low, high in rows
    ]


def new_criterion() -> Criterion:
    return Criterion(_key(""), "", "", "")


def _key(key: str) -> str:
    """Keys are ours: one that could not be is replaced."""
    is_ours = _KEY.fullmatch(key) and key != ENGAGEMENT
    return key if is_ours else f"c{secrets.token_hex(4)}"


def edited(criteria: list[Criterion], act: str) -> list[Criterion]:
    """The rows after "add", "up-N", "down-N" or "remove-N"; anything else changes nothing."""
    if act == "add":
        return [*criteria, new_criterion()] if len(criteria) < MOST else criteria
    found = re.fullmatch(r"(up|down|remove)-(\d{1,2})", act)
    at = int(found[2]) if found else len(criteria)
    if found is None or at >= len(criteria):
        return criteria
    rest = [*criteria[:at], *criteria[at + 1 :]]
    if found[1] == "remove":
        return rest
    to = max(0, at - 1) if found[1] == "up" else at + 1
    return [*rest[:to], criteria[at], *rest[to:]]
