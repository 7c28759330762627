"""The stored track of an answer: cues over time, as arrays for the chart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analytics.cue_names import as_cue
from scoring.cues.catalogue import Cue
from sessions.models import AnswerResult


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    times_ms: NDArray[np.float64]
    columns: dict[Cue, NDArray[np.float32]]


def track_of(result: AnswerResult) -> Track:
    if not result.track:
        return Track(np.zeros(0), {})
    with result.track.open("rb") as file:
        table = pq.read_table(file)
    columns = {cue: table.column(name).to_numpy() for name in table.column_names if (cue := as_cue(name))}
    return Track(table.column("t_ms").to_numpy(), columns)
