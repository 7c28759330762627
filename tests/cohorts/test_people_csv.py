"""The reader of lists of people: what schools' spreadsheets write, and what nobody should."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.people_csv import MAX_PEOPLE, Fault, People, Problem, Unreadable, is_address, read


def people(text: str, encoding: str = "utf-8") -> People:
    return read(text.encode(encoding))


def pairs(found: People) -> list[tuple[str, str]]:
    return [(person.email, person.name) for person in found.rows]


ANA_AND_BO = [("ana@school.example", "Ana Müller"), ("bo@school.example", "Bo Özil")]
LINES = "E-Mail;Name\r\nAna@School.example;Ana Müller\r\nbo@school.example;Bo Özil\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    assert pairs(people(LINES, encoding)) == ANA_AND_BO


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_and_line_end(separator: str, end: str) -> None:
    assert pairs(people(LINES.replace(";", separator).replace("\r\n", end))) == ANA_AND_BO


def test_excels_own_first_line() -> None:
    found = people("sep=;\r\n" + LINES)
    assert pairs(found) == ANA_AND_BO
    assert [person.line for person in found.rows] == [3, 4]


@pytest.mark.parametrize(
    ("header", "line", "name"),
    [
        ("email,name", "a@x.example,Ana Roy", "Ana Roy"),
        ("Name,E-mail address", "Ana Roy,a@x.example", "Ana Roy"),
        ("First name,Last name,Email", "Ana,Roy,a@x.example", "Ana Roy"),
        ("Surname,Given name,Mail", "Roy,Ana,a@x.example", "Ana Roy"),
        ("Vorname,Nachname,E-Mail-Adresse", "Ana,Roy,a@x.example", "Ana Roy"),
        ("Name,Vorname,Mail", "Roy,Ana,a@x.example", "Ana Roy"),
        ("Nom,Prénom,Adresse e-mail", "Roy,Ana,a@x.example", "Ana Roy"),
        ("Prénom,Nom de famille,Courriel", "Ana,Roy,a@x.example", "Ana Roy"),
        ("Nom,Courriel", "Ana Roy,a@x.example", "Ana Roy"),
        ("NOM COMPLET,ADRESSE E-MAIL,Classe", "Ana Roy,a@x.example,3b", "Ana Roy"),
        ("E-mail", "a@x.example", ""),
    ],
)
def test_headers_in_three_languages(header: str, line: str, name: str) -> None:
    assert pairs(people(f"{header}\n{line}\n")) == [("a@x.example", name)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@x.example\nb@x.example\n", [("a@x.example", ""), ("b@x.example", "")]),
        ("Ana Roy,a@x.example", [("a@x.example", "Ana Roy")]),
        ("a@x.example,Ana,Roy", [("a@x.example", "Ana Roy")]),
    ],
)
def test_without_a_header(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(people(text)) == found


def test_problems_have_the_line_number_of_an_editor() -> None:
    text = 'email,name\n\na@x.example,"Ana\nRoy"\nnot an address,Bo\n,Cy\nB@x.example,Di\nb@X.example,Ed\n'
    found = people(text)
    assert [(bad.line, bad.problem, bad.first_line) for bad in found.problems] == [
        (3, Problem.MALFORMED, None),
        (5, Problem.BAD_ADDRESS, None),
        (6, Problem.NO_ADDRESS, None),
        (8, Problem.DUPLICATE, 7),
    ]
    assert pairs(found) == [("b@x.example", "Di")]


def test_a_name_that_is_too_long_is_a_problem_not_a_cut() -> None:
    assert people(f"email,name\na@x.example,{'x' * 121}").problems[0].problem == Problem.LONG_NAME


def test_one_column_with_quotes_and_commas() -> None:
    assert pairs(people('email,name\na@x.example,"Roy, Ana"')) == [("a@x.example", "Roy, Ana")]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"  \r\n\r\n", Fault.EMPTY),
        (b"\xef\xbb\xbf", Fault.EMPTY),
        (b"email,name\n", Fault.EMPTY),
        (b"PK\x03\x04rest of a workbook", Fault.WORKBOOK),
        (b"\xd0\xcf\x11\xe0old workbook", Fault.WORKBOOK),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Fault.BINARY),
        (bytes(range(256)), Fault.BINARY),
        (b"\xff\xfea\x00b", Fault.BINARY),
        (b"just some words\nand more\n", Fault.NO_ADDRESSES),
        (b"name,class\nAna,3b\n", Fault.NO_ADDRESSES),
        (b"x" * (2 * 1024 * 1024 + 1), Fault.TOO_LARGE),
    ],
)
def test_what_is_no_list_of_people_says_why(data: bytes, fault: Fault) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.fault == fault


def test_five_thousand_and_no_more() -> None:
    lines = [f"p{number}@x.example" for number in range(MAX_PEOPLE + 1)]
    assert len(people("email\n" + "\n".join(lines[:-1])).rows) == MAX_PEOPLE
    with pytest.raises(Unreadable) as refused:
        people("email\n" + "\n".join(lines))
    assert refused.value.fault == Fault.TOO_MANY


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        found = read(data)
    except Unreadable:
        return
    assert all(is_address(person.email) for person in found.rows)


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_no_text_breaks_it(text: str, encoding: str) -> None:
    try:
        found = read(("email,name\n" + text).encode(encoding, errors="ignore"))
    except Unreadable:
        return
    lines = [row.line for row in found.rows] + [bad.line for bad in found.problems]
    assert len(lines) == len(set(lines))
    assert all(line >= 1 for line in lines)


NAMES = st.text(st.characters(whitelist_categories=("L",), max_codepoint=0x2FF), min_size=1, max_size=20)
PERSON = st.tuples(st.integers(0, 9999), NAMES)


@given(
    st.lists(PERSON, min_size=1, max_size=20, unique_by=lambda person: person[0]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_read_back(
    written: list[tuple[int, str]], separator: str, encoding: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["E-mail", "Name"])
    writer.writerows([f"p{number}@x.example", f"{name}{separator}{name}"] for number, name in written)
    found = read(out.getvalue().encode(encoding))
    assert pairs(found) == [(f"p{number}@x.example", f"{name}{separator}{name}") for number, name in written]
    assert found.problems == []
