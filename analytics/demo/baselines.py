"""Temporary: until scoring.cues.baseline and track_file land."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def stats(answers: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    columns: dict[str, list[float]] = {}
    for answer in answers:
        for code, stored in answer.items():
            if "v" in stored:
                columns.setdefault(code, []).append(stored["v"])
    out = {}
    for code, values in columns.items():
        mean = sum(values) / len(values)
        var = sum((v - mean) ** 2 for v in values) / max(1, len(values) - 1)
        out[code] = {"mean": mean, "spread": math.sqrt(var), "n": len(values)}
    return out


def parquet(times_ms: Any, columns: Mapping[Any, Any]) -> bytes:
    table = pa.table({"t_ms": times_ms, **{cue.value: column for cue, column in columns.items()}})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
