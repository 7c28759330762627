"""Reads a list of people from a CSV file as schools have them: any spreadsheet, any language of ours, any encoding.

Bytes in, rows and problems by line out; no Django models and no database. Nothing is guessed silently: a line that
cannot be read is a problem with its number, and the other lines are still read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

MAX_BYTES = 2 * 1024 * 1024
MAX_PEOPLE = 5_000
MAX_NAME = 120
MAX_ADDRESS = 254


class Fault(StrEnum):
    """Why a file cannot be read at all. `cohorts.csv_words` has the words."""

    EMPTY = "empty"
    BINARY = "binary"
    WORKBOOK = "workbook"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_ADDRESSES = "no_addresses"


class Unreadable(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Problem(StrEnum):
    """What is wrong with one line."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    LONG_NAME = "long_name"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Person:
    """One readable line. `line` counts from 1 as a text editor does; the address is lower case."""

    line: int
    email: str
    name: str


@dataclass(frozen=True)
class BadLine:
    """`text` is what stood there, cut short; `first_line` is where a duplicate stood first."""

    line: int
    problem: Problem
    text: str
    first_line: int | None = None


@dataclass
class People:
    rows: list[Person] = field(default_factory=list)
    problems: list[BadLine] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    """Where things stand in a line; names may be in one column or in two."""

    email: int
    name: int | None = None
    first: int | None = None
    last: int | None = None


def read(data: bytes) -> People:
    """Every line of the file as a person or a problem. Raises Unreadable for a file that is no such list."""
    text = decode(data)
    lines = list(_lines(text))
    if not lines:
        raise Unreadable(Fault.EMPTY)
    columns = _columns_by_header(lines[0][1])
    if columns:
        lines = lines[1:]
    else:
        columns = _columns_by_content([cells for _, cells in lines[:20]])
    if columns is None:
        raise Unreadable(Fault.NO_ADDRESSES)
    if not lines:
        raise Unreadable(Fault.EMPTY)
    if len(lines) > MAX_PEOPLE:
        raise Unreadable(Fault.TOO_MANY)
    return _people(lines, columns)


# --- bytes to text --------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 (with or without a mark), else Windows-1252, as Excel writes it. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(Fault.TOO_LARGE)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(Fault.WORKBOOK)
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text)
    raise Unreadable(Fault.BINARY)


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # Latin text in UTF-16 without a mark: every second byte is zero.
    zeros_even, zeros_odd = data[0:200:2].count(0), data[1:200:2].count(0)
    if max(zeros_even, zeros_odd) * 4 > len(data[:200]):
        return ("utf-16-le",) if zeros_odd > zeros_even else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _checked(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in "\t\r\n" for character in text):
        raise Unreadable(Fault.BINARY)
    if not text.strip():
        raise Unreadable(Fault.EMPTY)
    return text


# --- text to cells --------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that holds anything."""
    said, skipped, text = _excel_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said or _delimiter(text))
    began = skipped + 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield began, stripped
            began = skipped + reader.line_num + 1
    except csv.Error:
        # A cell of more than 128 kB: an opening quote that is never closed.
        yield began, ['"']


def _excel_separator(text: str) -> tuple[str, int, str]:
    """Excel's own first line `sep=;`, if there is one: the separator, lines skipped, the rest."""
    match = re.match(r"\s*\"?sep=([,;\t|])\"?[ \t]*\r?\n", text, re.IGNORECASE)
    return (match[1], match[0].count("\n"), text[match.end() :]) if match else ("", 0, text)


def _delimiter(text: str) -> str:
    """What separates most in the first lines that hold anything; a comma if nothing does."""
    head = [line for line in text.splitlines() if line.strip()][:10]
    counts = {sign: sum(line.count(sign) for line in head) for sign in ";\t,|"}
    return max(counts, key=lambda sign: counts[sign]) if any(counts.values()) else ","


# --- cells to columns -----------------------------------------------------------------------------

EMAIL = {
    "email", "mail", "emailaddress", "mailaddress", "emailadresse", "mailadresse", "adresseemail", "adressemail",
    "adressedemail", "adressedecourriel", "adresseelectronique", "courriel", "mel", "address", "adresse",
}  # fmt: skip
FIRST = {"firstname", "first", "givenname", "forename", "vorname", "rufname", "prenom"}
LAST = {"lastname", "last", "surname", "familyname", "nachname", "familienname", "zuname", "nomdefamille"}
NAME = {
    "name",
    "fullname",
    "student",
    "displayname",
    "vollername",
    "vorundnachname",
    "nomcomplet",
    "eleve",
    "etudiant",
}
# In French `nom` is the family name when there is a `prénom` beside it, and else the name.
NOM = "nom"


def _plain(header: str) -> str:
    """Letters only, without accents and case: `Adresse e-mail` is `adresseemail`."""
    base = unicodedata.normalize("NFKD", header).casefold()
    return "".join(character for character in base if character.isalpha())


def _columns_by_header(cells: Sequence[str]) -> Columns | None:
    """None when the first line is no header: it holds an address, or names no column of addresses."""
    if any("@" in cell for cell in cells):
        return None
    plain = [_plain(cell) for cell in cells]
    email = _find(plain, EMAIL)
    if email is None:
        return None
    first, last, name = _find(plain, FIRST), _find(plain, LAST), _find(plain, NAME)
    if NOM in plain and first is not None and last is None:
        last = plain.index(NOM)
    elif NOM in plain and name is None:
        name = plain.index(NOM)
    if first is not None and last is None and name is not None:
        # German lists say `Name, Vorname`: beside a first name the `Name` is the last one.
        last = name
    if first is not None or last is not None:
        name = None
    return Columns(email, name, first, last)


def _find(plain: Sequence[str], names: set[str]) -> int | None:
    return next((index for index, header in enumerate(plain) if header in names), None)


def _columns_by_content(lines: Sequence[Sequence[str]]) -> Columns | None:
    """Without a header: the column with most addresses, and the first other one for the name."""
    width = max(map(len, lines))
    counts = [sum("@" in cells[index] for cells in lines if index < len(cells)) for index in range(width)]
    best = max(counts)
    if not best:
        return None
    email = counts.index(best)
    others = [index for index in range(width) if index != email]
    if len(others) >= 2:
        return Columns(email, first=others[0], last=others[1])
    return Columns(email, name=others[0] if others else None)


# --- lines to people ------------------------------------------------------------------------------


def _people(lines: Sequence[tuple[int, list[str]]], columns: Columns) -> People:
    people, seen = People(), dict[str, int]()
    for line, cells in lines:
        person = _person(line, cells, columns)
        if isinstance(person, BadLine):
            people.problems.append(person)
        elif person.email in seen:
            problem = BadLine(line, Problem.DUPLICATE, person.email, seen[person.email])
            people.problems.append(problem)
        else:
            seen[person.email] = line
            people.rows.append(person)
    return people


def _person(line: int, cells: Sequence[str], columns: Columns) -> Person | BadLine:
    email, name = _cell(cells, columns.email).lower(), _name(cells, columns)
    shown = ", ".join(filter(None, cells))[:80]
    if "\n" in email or "\n" in name or "\r" in name:
        return BadLine(line, Problem.MALFORMED, shown)
    if not email:
        return BadLine(line, Problem.NO_ADDRESS, shown)
    if not is_address(email):
        return BadLine(line, Problem.BAD_ADDRESS, email[:80])
    if len(name) > MAX_NAME:
        return BadLine(line, Problem.LONG_NAME, shown)
    return Person(line, email, name)


def _name(cells: Sequence[str], columns: Columns) -> str:
    parts = [_cell(cells, index) for index in (columns.first, columns.last, columns.name)]
    return " ".join(filter(None, parts))


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


def is_address(text: str) -> bool:
    if len(text) > MAX_ADDRESS:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
