"""No cell of an export can run in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.csv_export import DANGEROUS, lines, safe


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert safe(cell).startswith("'")


@pytest.mark.parametrize("cell", [-3, 2.5, 0, "Autumn", "O'Brien", "a=b", "", None])
def test_what_is_harmless_stays(cell: object) -> None:
    assert safe(cell) == cell


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_whatever_the_cells_the_file_has_as_many_rows_and_none_begins_a_formula(
    rows: list[list[str]],
) -> None:
    file = "".join(lines(["a", "b"], rows)).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    read = list(csv.reader(io.StringIO(file, newline="")))
    assert len(read) == len(rows) + 1
    assert not [cell for row in read for cell in row if cell.lstrip(" ").startswith(DANGEROUS)]
