"""Reads and checks the folder: the tables at once, the features one answer at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.interchange import moments as npz
from scoring.interchange.checks import Known, Row
from scoring.interchange.errors import InterchangeError
from scoring.interchange.layout import (
    ABOUT,
    ANSWERS,
    COLUMNS,
    FORMAT,
    INTERVIEWS,
    LONGEST_ABOUT,
    LONGEST_TEXT,
    MOST_ROWS,
    RATINGS,
    About,
    Answer,
    Column,
    Interview,
    Moments,
    Rating,
)

ROWS_AT_ONCE = 4096
MOST_GROUP_BYTES = 1 << 30
"""Of a group of rows, unpacked: parquet unpacks no less than a page of it at a time."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder whose tables are in order. Answers by their name, in the order of the file."""

    folder: Path
    about: About
    interviews: Mapping[str, Interview]
    answers: Mapping[str, Answer]
    ratings: tuple[Rating, ...]

    def person_of(self, answer: str) -> str:
        return self.interviews[self.answers[answer].interview].person

    def moments(self, answer: str) -> Moments:
        """The answer's features, read and checked now. Raises InterchangeError."""
        return npz.read(npz.path_of(self.folder, answer), self.answers[answer].seconds)


def read(folder: Path) -> Dataset:
    """Check the folder and read its tables.

    Raises:
        InterchangeError: something is missing or not in the format; the features' insides are checked by `moments`.
    """
    about, known = _about(folder), Known()
    ratings: list[Rating] = []
    for file, kind in ((INTERVIEWS, Interview), (ANSWERS, Answer), (RATINGS, Rating)):
        number = 0
        for number, row in enumerate(_rows(folder, file, kind), start=1):
            known.add(row, number)
            if isinstance(row, Rating):
                ratings.append(row)
        if not number:
            raise InterchangeError(file, "has no rows")
    for answer in known.answers:
        path = npz.path_of(folder, answer)
        if not path.is_file():
            raise InterchangeError(f"features/{path.name}", "is missing; every answer has its features")
    return Dataset(folder, about, known.interviews, known.answers, tuple(ratings))


def _about(folder: Path) -> About:
    if not folder.is_dir():
        raise InterchangeError(str(folder), "is not a folder")
    text = _text(folder / ABOUT)
    try:
        stored = json.loads(text)
        about = About(**stored)
    except (ValueError, TypeError, RecursionError) as error:
        raise InterchangeError(ABOUT, f"expected an object of source, simulated, format: {error}") from error
    typed = (
        *(isinstance(about.source, str) and len(about.source) <= LONGEST_TEXT, type(about.simulated) is bool),
        *(type(about.format) is int, type(about.catalogue_version) is int),
    )
    if not all(typed):
        raise InterchangeError(ABOUT, "source is a short text, simulated true or false, the versions numbers")
    if about.format != FORMAT:
        raise InterchangeError(ABOUT, f"has the format {about.format}; this version reads {FORMAT}")
    if about.catalogue_version != CATALOGUE_VERSION:
        what = f"features of the catalogue {about.catalogue_version}; this version has {CATALOGUE_VERSION}"
        raise InterchangeError(ABOUT, what)
    return about


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST_ABOUT:
            raise InterchangeError(path.name, f"is larger than {LONGEST_ABOUT} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InterchangeError(path.name, f"is missing or cannot be read: {error}") from error


def _rows(folder: Path, file: str, kind: type[Row]) -> Iterator[Row]:
    try:
        with pq.ParquetFile(folder / file) as table:
            _check_table(table, file)
            for batch in table.iter_batches(ROWS_AT_ONCE, columns=[column.name for column in COLUMNS[file]]):
                for values in batch.to_pylist():
                    yield kind(**{name: _whole(value) for name, value in values.items()})
    except FileNotFoundError as error:
        raise InterchangeError(file, "is missing") from error
    except (pa.ArrowException, OSError) as error:
        raise InterchangeError(file, f"is no parquet file that can be read: {error}") from error


def _whole(value: Any) -> Any:
    """Whoever writes with pandas has NaN where there is nothing."""
    return None if value != value else value  # noqa: PLR0124


def _check_table(table: Any, file: str) -> None:
    found, expected = table.schema_arrow, COLUMNS[file]
    names = [column.name for column in expected]
    for column in expected:
        if column.name not in found.names:
            raise InterchangeError(file, f"is missing; expected {', '.join(names)}", column=column.name)
        _check_type(column, found.field(column.name).type, file)
    for name in found.names:
        if name not in names or found.names.count(name) > 1:
            raise InterchangeError(file, f"is not expected; expected {', '.join(names)}", column=name)
    if table.metadata.num_rows > MOST_ROWS[file]:
        raise InterchangeError(
            file, f"has {table.metadata.num_rows} rows; at most {MOST_ROWS[file]} are read"
        )
    for group in range(table.num_row_groups):
        if table.metadata.row_group(group).total_byte_size > MOST_GROUP_BYTES:
            raise InterchangeError(file, f"has a group of rows larger than {MOST_GROUP_BYTES} bytes")


def _check_type(column: Column, found: Any, file: str) -> None:
    if pa.types.is_dictionary(found):
        found = found.value_type
    text = pa.types.is_string(found) or pa.types.is_large_string(found)
    fits = {
        "pseudonym": text,
        "text": text,
        "whole number": pa.types.is_integer(found),
        "number": pa.types.is_integer(found) or pa.types.is_floating(found),
    }
    # A column without a single value has no type of its own.
    if not fits[column.type] and not (column.may_be_empty and pa.types.is_null(found)):
        raise InterchangeError(file, f"has the type {found}; expected a {column.type}", column=column.name)
