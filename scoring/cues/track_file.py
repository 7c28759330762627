"""A track as a Parquet file: a column for each cue, compressed, with the catalogue's version inside.

A value keeps 13 significant binary digits, so that it is off by at most `PRECISION` of itself (F0 of 200 Hz: 0.024 Hz),
far less than it was measured with. The digits that are left out are what compression cannot shorten.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue

VERSION_KEY = b"greenroom.catalogue_version"
TIME_COLUMN = "t_ms"
KEPT_BITS = 12
"""Of the 23 digits of a float32 behind the first one."""
PRECISION = 2.0 ** -(KEPT_BITS + 1)
ZSTD_LEVEL = 9


def to_bytes(track: Track) -> bytes:
    """The file: `t_ms`, every cue under its code as float32 of `PRECISION`, zstd. Absent is NaN, as in the track."""
    columns: dict[str, Any] = {TIME_COLUMN: _times(track.times_ms)}
    columns |= {code.value: rounded(column) for code, column in track.columns.items()}
    table = pa.table(columns)
    # Byte by byte the values of one cue are much alike; a delta of equal steps is next to nothing.
    encoding = {
        name: "DELTA_BINARY_PACKED" if column.dtype == np.int32 else "BYTE_STREAM_SPLIT"
        for name, column in columns.items()
    }
    out = io.BytesIO()
    with pq.ParquetWriter(
        out,
        table.schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=False,
        column_encoding=encoding,
        # Minimum and maximum of each column, and a copy of the schema: a third of a file, and nobody reads them.
        write_statistics=False,
        store_schema=False,
    ) as writer:
        writer.add_key_value_metadata({VERSION_KEY: str(track.catalogue_version).encode()})
        writer.write_table(table)
    return out.getvalue()


def rounded(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """(m,) float32 to the nearest value whose last digits are zeros; NaN and infinity stay what they are."""
    dropped = 23 - KEPT_BITS
    bits = np.ascontiguousarray(column, dtype=np.float32).view(np.uint32)
    # Half of the last kept digit, added to sign and magnitude: rounds away from zero at the middle.
    nearest = (((bits.astype(np.uint64) + (1 << (dropped - 1))) >> dropped) << dropped).astype(np.uint32)
    values = nearest.view(np.float32)
    return np.where(np.isfinite(column) & np.isfinite(values), values, column).astype(np.float32)


def _times(times_ms: NDArray[np.float64]) -> NDArray[Any]:
    """Whole milliseconds as int32, which most tracks have; anything else as it is."""
    whole = times_ms.astype(np.int32)
    return whole if np.array_equal(whole, times_ms) else times_ms


def from_bytes(data: bytes) -> Track:
    """The inverse of `to_bytes` (to its precision). Columns that this catalogue does not know are left out.

    Raises:
        ValueError: not such a file.
    """
    try:
        table = pq.read_table(pa.BufferReader(data))
        version = int((table.schema.metadata or {})[VERSION_KEY])
        times = table.column(TIME_COLUMN).to_numpy().astype(np.float64)
    except (pa.ArrowException, KeyError) as error:
        raise ValueError("this is not a track") from error
    known = {code.value for code in Cue}
    columns = {
        Cue(name): table.column(name).to_numpy().astype(np.float32)
        for name in table.column_names
        if name in known
    }
    return Track(times, columns, version)
