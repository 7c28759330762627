"""A track as a Parquet file: a column for each cue, compressed, with the catalogue's version inside."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue

VERSION_KEY = b"greenroom.catalogue_version"
TIME_COLUMN = "t_ms"


def to_bytes(track: Track) -> bytes:
    """The file: `t_ms` as float64, every cue under its code as float32, zstd. Absent is NaN, as in the track."""
    columns = {TIME_COLUMN: track.times_ms, **{code.value: column for code, column in track.columns.items()}}
    table = pa.table(columns).replace_schema_metadata({VERSION_KEY: str(track.catalogue_version).encode()})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def from_bytes(data: bytes) -> Track:
    """The inverse of `to_bytes`. Columns that this catalogue does not know are left out.

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
