"""The time zones that a person or an institution may choose."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_NO_PLACE = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def choices() -> list[tuple[str, str]]:
    """Names such as `Europe/Berlin`, those of places only, sorted; UTC first."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACE))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
