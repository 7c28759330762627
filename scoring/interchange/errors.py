"""The one error of this folder."""

from __future__ import annotations


class InterchangeError(Exception):
    """The folder is not in the format. The message names file, row (from 1) and column, and says what is expected."""

    def __init__(self, file: str, what: str, *, row: int | None = None, column: str | None = None) -> None:
        self.file, self.row, self.column = file, row, column
        place = [file]
        if row is not None:
            place.append(f"row {row}")
        if column is not None:
            place.append(f"column {column}")
        super().__init__(f"{', '.join(place)}: {what}")
