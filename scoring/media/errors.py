"""What can go wrong with a file from outside: one exception, a short list of codes.

A file may be anything: nothing that reads one raises anything but MediaError because of what is in it.
"""

from __future__ import annotations

from enum import StrEnum


class MediaCode(StrEnum):
    """Why a file, or the work on it, came to nothing. Texts for people are made from these elsewhere."""

    EMPTY = "empty"
    """The file has no bytes, or a container without a single picture or sample."""
    WRONG_TYPE = "wrong_type"
    """Not a container or codec that is accepted, or not a plain file."""
    UNREADABLE = "unreadable"
    """It begins as an accepted container, but nothing can be read from it; or the system refuses to."""
    TOO_LONG = "too_long"
    """It lasts longer than `Limits.longest_s`, or has more pictures than that time allows."""
    TOO_LARGE = "too_large"
    """Its bytes, sides, streams, channels or sampling rate are beyond the limits."""
    NO_SOUND = "no_sound"
    """There is no sound in it, though sound was asked for."""
    NO_PICTURE = "no_picture"
    """There is no moving picture in it, though pictures were asked for."""
    OUT_OF_MEMORY = "out_of_memory"
    OUT_OF_TIME = "out_of_time"
    CRASHED = "crashed"
    """The process that read it ended without an answer."""
    MODEL_MISSING = "model_missing"
    """A model, or a library of the system that it needs, is not there; the detail says which."""


class MediaError(Exception):
    """A file cannot be used. `code` says why in one word; `detail` is for the log, in English, and names no path."""

    def __init__(self, code: MediaCode | str, detail: str = "") -> None:
        self.code = MediaCode(code)
        self.detail = detail
        super().__init__(f"{self.code.value}: {detail}" if detail else self.code.value)

    def __reduce__(self) -> tuple[type[MediaError], tuple[str, str]]:
        """So that it comes through a pipe between processes whole."""
        return MediaError, (self.code.value, self.detail)
