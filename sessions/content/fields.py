"""Turns one value of a JSON file into what it must be, or tells where and why it is not.

Every function takes the value and its place, and raises ContentError.
"""

from __future__ import annotations

import math
import re
import reprlib
import unicodedata
from collections.abc import Collection, Hashable, Iterable
from enum import StrEnum
from typing import TypeVar

from sessions.content.schema import ContentError, Place
from sessions.content.topics import gettext_noop as _

Choice = TypeVar("Choice", bound=StrEnum)

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SLUG_LENGTH = 60
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
# Control characters and lone surrogates: PostgreSQL refuses some of them, and no voice can speak any.
_UNUSABLE = {"Cc", "Cs"}


def as_object(
    value: object, place: Place, required: Collection[str], optional: Collection[str] = ()
) -> dict[str, object]:
    """An object with all the required fields and none beyond the optional ones."""
    if not isinstance(value, dict):
        raise ContentError(
            place, _("must be an object with named fields, not %(value)s"), {"value": _short(value)}
        )
    for name in required:
        if name not in value:
            raise ContentError(place.at(name), _("is missing"))
    for name in value:
        if name not in required and name not in optional:
            raise ContentError(place, _("has an unknown field %(name)s"), {"name": _short(name)})
    return value


def as_list(value: object, place: Place, low: int, high: int) -> list[object]:
    """A list of low..high items."""
    if not isinstance(value, list):
        raise ContentError(place, _("must be a list, not %(value)s"), {"value": _short(value)})
    if not low <= len(value) <= high:
        raise ContentError(
            place,
            _("must have %(low)s to %(high)s items, not %(count)s"),
            {"low": low, "high": high, "count": len(value)},
        )
    return value


def as_text(value: object, place: Place, longest: int) -> str:
    """One line of 1..longest characters."""
    if not isinstance(value, str):
        raise ContentError(place, _("must be text, not %(value)s"), {"value": _short(value)})
    if not value.strip():
        raise ContentError(place, _("is empty"))
    if value != value.strip():
        raise ContentError(place, _("begins or ends with a space"))
    if len(value) > longest:
        raise ContentError(
            place,
            _("has %(count)s characters; at most %(longest)s fit"),
            {"count": len(value), "longest": longest},
        )
    if any(unicodedata.category(letter) in _UNUSABLE for letter in value):
        raise ContentError(place, _("holds a line break or another character that cannot be spoken"))
    return value


def as_slug(value: object, place: Place) -> str:
    """Lower-case words joined by hyphens."""
    slug = as_text(value, place, _SLUG_LENGTH)
    if not _SLUG.fullmatch(slug):
        raise ContentError(
            place,
            _("must be lower-case letters and digits joined by hyphens, not %(value)s"),
            {"value": _short(slug)},
        )
    return slug


def as_language(value: object, place: Place) -> str:
    """A language code, with a country where it matters."""
    language = as_text(value, place, 8)
    if not _LANGUAGE.fullmatch(language):
        raise ContentError(
            place,
            _("must be a language code such as en or pt-BR, not %(value)s"),
            {"value": _short(language)},
        )
    return language


def as_whole(value: object, place: Place, low: int, high: int) -> int:
    """A whole number in low..high; 3.0 and true are not whole numbers here."""
    if type(value) is not int or not low <= value <= high:
        raise ContentError(
            place,
            _("must be a whole number from %(low)s to %(high)s, not %(value)s"),
            {"low": low, "high": high, "value": _short(value)},
        )
    return value


def as_weight(value: object, place: Place) -> float:
    """A number over 0 and at most 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise ContentError(
            place, _("must be a number over 0 and at most 1, not %(value)s"), {"value": _short(value)}
        )
    return float(value)


def as_number(value: object, place: Place, low: float | None, high: float | None) -> float:
    """A finite number in low..high, of which either may be open."""
    least, most = -math.inf if low is None else low, math.inf if high is None else high
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not least <= value <= most:  # type: ignore[arg-type,operator]
        raise ContentError(
            place,
            _("must be a number from %(low)s to %(high)s, not %(value)s"),
            {"low": f"{least:g}", "high": f"{most:g}", "value": _short(value)},
        )
    return float(value)  # type: ignore[arg-type]


def as_choice(value: object, place: Place, choices: type[Choice]) -> Choice:
    """One of the codes of an enum."""
    if isinstance(value, str):
        for choice in choices:
            if choice.value == value:
                return choice
    raise ContentError(
        place,
        _("is not known: %(value)s. Known are: %(choices)s"),
        {"value": _short(value), "choices": ", ".join(choice.value for choice in choices)},
    )


def check_distinct(values: Iterable[Hashable], place: Place) -> None:
    """Refuses a list that says something twice."""
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            raise ContentError(place, _("has %(value)s twice"), {"value": _short(str(value))})
        seen.add(value)


def _short(value: object) -> str:
    return reprlib.repr(value)
