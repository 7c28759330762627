"""CSV that a spreadsheet can open without running anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

# A spreadsheet takes a cell that begins like this for a formula (OWASP, "CSV injection").
DANGEROUS = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)


def safe(cell: Any) -> Any:
    """The cell as it may stand in a file: text that a spreadsheet would run is led by an apostrophe.

    Numbers are our own and stay numbers.
    """
    if isinstance(cell, int | float) or cell is None:
        return cell
    text = str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file line by line. The byte order mark tells spreadsheets that it is UTF-8."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Any]) -> str:
    out = StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()
