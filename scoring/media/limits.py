"""How much of a machine one file may take, and how large it may be. Beyond it is a MediaError, never a slow death."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one job. The defaults fit a 15-minute answer from a browser or a phone, with a margin.

    Of the file: longest_s (s, by presentation time), largest_bytes, max_side and max_pixels (of a picture as coded),
    max_fps (mean pictures a second over `longest_s`), max_streams, max_channels, max_rate (Hz).
    Of the process that reads it: memory_bytes (resident), cpu_s (s, of all its threads), wall_s (s),
    disk_bytes (all it may write), open_s (s, until a file has to be opened).
    """

    longest_s: float = 900.0
    largest_bytes: int = 1024 * MIB
    max_side: int = 4096
    max_pixels: int = 3840 * 2160
    max_fps: float = 120.0
    max_streams: int = 16
    max_channels: int = 16
    max_rate: int = 192_000
    memory_bytes: int = 1536 * MIB
    cpu_s: int = 3600
    wall_s: float = 3600.0
    disk_bytes: int = 512 * MIB
    open_s: float = 20.0
