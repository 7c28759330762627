"""The languages of interviews, as people name them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, get_language_info


def own_language() -> str:
    """The language that the page is shown in, without its country."""
    return (get_language() or "en").split("-")[0]


def language_name(code: str) -> str:
    """The language's own name for itself, as far as Django knows it."""
    try:
        info: dict[str, Any] = dict(get_language_info(code))
    except KeyError:
        return code
    return str(info["name_local"]).capitalize()
