"""Small helpers of the templates' look."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=16)
def drawing(path: str) -> SafeString:
    """One of our own SVG files, put into the page itself, so that it takes its colours and states from the CSS."""
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"There is no drawing at {path}.")
    # Only files of our own static folders are found here, never something uploaded.
    return mark_safe(Path(found).read_text(encoding="utf-8"))  # noqa: S308
