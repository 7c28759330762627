"""Writes the folder row by row: an institution's export holds one answer at a time in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.interchange import moments as npz
from scoring.interchange.checks import FILE_OF, Known, Row
from scoring.interchange.errors import InterchangeError
from scoring.interchange.layout import (
    ABOUT,
    COLUMNS,
    FEATURES_FOLDER,
    About,
    Answer,
    Interview,
    Moments,
    Rating,
)

ROWS_AT_ONCE = 4096
ARROW = {"pseudonym": pa.string(), "text": pa.string(), "whole number": pa.int32(), "number": pa.float64()}


def schema_of(file: str) -> Any:
    """The Arrow schema of one of the three tables."""
    return pa.schema([pa.field(c.name, ARROW[c.type], nullable=c.may_be_empty) for c in COLUMNS[file]])


class Writer:
    """Used by `with`. Rows are checked as they come; what they refer to comes first.

    The folder must be empty or missing. dataset.json is written last: without it the folder is not taken for whole.
    """

    def __init__(self, folder: Path, about: About) -> None:
        self._folder, self._about, self._known = folder, about, Known()
        self._tables: dict[str, _Table] = {}

    def __enter__(self) -> Writer:
        if self._folder.exists() and any(self._folder.iterdir()):
            raise InterchangeError(str(self._folder), "is not empty; expected a new folder")
        (self._folder / FEATURES_FOLDER).mkdir(parents=True, exist_ok=True)
        self._tables = {file: _Table(self._folder / file) for file in COLUMNS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table in self._tables.values():
            table.close()
        if error is None:
            text = json.dumps(asdict(self._about), indent=2) + "\n"
            (self._folder / ABOUT).write_text(text, encoding="utf-8")

    def interview(self, interview: Interview) -> None:
        self._add(interview)

    def answer(self, answer: Answer, moments: Moments) -> None:
        self._add(answer)
        npz.write(npz.path_of(self._folder, answer.answer), moments, answer.seconds)

    def rating(self, rating: Rating) -> None:
        self._add(rating)

    def _add(self, row: Row) -> None:
        table = self._tables[FILE_OF[type(row)]]
        self._known.add(row, table.count + 1)
        table.add(row)


class _Table:
    """One parquet file, a group of rows at a time."""

    def __init__(self, path: Path) -> None:
        self._schema, self._rows, self.count = schema_of(path.name), list[Row](), 0
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, row: Row) -> None:
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= ROWS_AT_ONCE:
            self._flush(self._rows)

    def close(self) -> None:
        self._flush(self._rows)
        self._writer.close()

    def _flush(self, rows: Sequence[Row]) -> None:
        if rows:
            columns = {name: [getattr(row, name) for row in rows] for name in self._schema.names}
            self._writer.write_table(pa.table(columns, schema=self._schema))
            self._rows = []
