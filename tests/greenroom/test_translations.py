"""The shipped translations: whole, with the placeholders of the English text, and compiled as they are written.

The catalogues are read here without gettext's programs, so that this holds on a machine that has none.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings

LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
CATALOGUES = [
    LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    for language in LANGUAGES
    for domain in ("django", "djangojs")
]
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[a-z]|%[a-z](?![a-z])|\{\w*\}|</?[a-z][^>]*>")
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")')


@dataclass
class Entry:
    """One message of a catalogue: its parts by keyword, such as `msgid` and `msgstr[0]`, and its flags."""

    parts: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    @property
    def msgid(self) -> str:
        return self.parts["msgid"]

    @property
    def plural(self) -> str | None:
        return self.parts.get("msgid_plural")

    @property
    def forms(self) -> list[str]:
        return [text for keyword, text in self.parts.items() if keyword.startswith("msgstr")]

    @property
    def is_header(self) -> bool:
        return self.msgid == ""


def entries(text: str) -> list[Entry]:
    """Every message of a .po file, the header first. Messages that are no longer used (`#~`) are left out."""
    return [entry for block in text.split("\n\n") if (entry := entry_of(block)).parts]


def entry_of(block: str) -> Entry:
    entry, keyword = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")} if line.startswith("#,") else set()
        elif found := LINE.fullmatch(line):
            keyword = found[1]
            entry.parts[keyword] = ast.literal_eval(found[2])
        elif line:
            entry.parts[keyword] += ast.literal_eval(line)
    return entry


def read(catalogue: Path) -> list[Entry]:
    return entries(catalogue.read_text(encoding="utf-8"))


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def around(text: str) -> tuple[str, str]:
    """The white space before and after what is said."""
    said = text.strip()
    return text[: text.index(said)], text[text.index(said) + len(said) :]


def faults(entry: Entry) -> list[str]:
    """What is wrong with one translated message, in words."""
    found = [
        f"{text!r} begins or ends otherwise" for text in entry.forms if around(text) != around(entry.msgid)
    ]
    many = entry.plural or entry.msgid
    if placeholders(entry.forms[-1]) != placeholders(many):
        found.append(f"{entry.forms[-1]!r} has other placeholders than {many!r}")
    # The form for one may name the number or leave it out; it may not name anything that is not given.
    given = placeholders(many) | placeholders(entry.msgid)
    found += [f"{text!r} names what is not given" for text in entry.forms[:-1] if placeholders(text) - given]
    return found


def compiled(catalogue: Path) -> dict[object, str]:
    """The messages of the compiled catalogue, without its header: compiling leaves dates out of it."""
    with catalogue.with_suffix(".mo").open("rb") as file:
        messages: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {key: text for key, text in messages.items() if key != ""}


def expected(source: list[Entry]) -> dict[object, str]:
    """What compiling gives, without the header: a plural's forms stand under (msgid, number of the form)."""
    found: dict[object, str] = {}
    for entry in source:
        if entry.is_header:
            continue
        context = entry.parts.get("msgctxt")
        key = entry.msgid if context is None else f"{context}\x04{entry.msgid}"
        if entry.plural is None:
            found[key] = entry.forms[0]
        else:
            found.update({(key, number): text for number, text in enumerate(entry.forms)})
    return found


def name(catalogue: Path) -> str:
    return str(catalogue.relative_to(LOCALE))


each = pytest.mark.parametrize("catalogue", CATALOGUES, ids=name)


@each
def test_every_message_is_translated(catalogue: Path) -> None:
    source = read(catalogue)
    assert len(source) > 100
    missing = [
        entry.msgid for entry in source if not entry.is_header and not all(map(str.strip, entry.forms))
    ]
    assert missing == []


@each
def test_no_translation_waits_for_a_second_look(catalogue: Path) -> None:
    assert [entry.msgid for entry in read(catalogue) if "fuzzy" in entry.flags] == []


@each
def test_placeholders_and_surroundings_are_those_of_the_english_text(catalogue: Path) -> None:
    found = {entry.msgid: faults(entry) for entry in read(catalogue) if not entry.is_header}
    assert {msgid: what for msgid, what in found.items() if what} == {}


@each
def test_every_plural_has_a_form_for_each_number(catalogue: Path) -> None:
    header, *source = read(catalogue)
    declared = re.search(r"nplurals=(\d)", header.forms[0])
    assert declared is not None
    forms = {entry.msgid: len(entry.forms) for entry in source if entry.plural is not None}
    assert {msgid: n for msgid, n in forms.items() if n != int(declared[1])} == {}


@each
def test_the_header_names_the_language(catalogue: Path) -> None:
    header = read(catalogue)[0].forms[0]
    assert f"Language: {catalogue.parts[-3]}\n" in header
    assert "Project-Id-Version: Greenroom\n" in header
    assert "charset=UTF-8\n" in header


@each
def test_what_is_compiled_is_what_is_written(catalogue: Path) -> None:
    assert compiled(catalogue) == expected(read(catalogue))


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_languages_translate_the_same_messages(domain: str) -> None:
    found = {
        catalogue.parts[-3]: {
            (entry.parts.get("msgctxt"), entry.msgid, entry.plural) for entry in read(catalogue)
        }
        for catalogue in CATALOGUES
        if catalogue.stem == domain
    }
    assert sorted(found) == sorted(LANGUAGES)
    first = found[LANGUAGES[0]]
    assert {language: messages ^ first for language, messages in found.items() if messages != first} == {}


SOUND = 'msgid "%(n)s of %(all)s"\nmsgstr "%(n)s von %(all)s"'
ONE_AND_MANY = 'msgid "One cue"\nmsgid_plural "%(n)s cues"\n'


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (SOUND, False),
        (SOUND.replace("von %(all)s", "von %(alle)s"), True),
        (SOUND.replace("von %(all)s", "von allen"), True),
        (SOUND.replace('"%(n)s von', '" %(n)s von'), True),
        ('msgid "%(n)s %%"\nmsgstr "%(n)s %"', True),
        ('msgid "Type <b>it</b>"\nmsgstr "<b>Das</b> eingeben"', False),
        ('msgid "Type <b>it</b>"\nmsgstr "Das eingeben"', True),
        (ONE_AND_MANY + 'msgstr[0] "Ein Merkmal"\nmsgstr[1] "%(n)s Merkmale"', False),
        (ONE_AND_MANY + 'msgstr[0] "%(n)s Merkmal"\nmsgstr[1] "%(n)s Merkmale"', False),
        (ONE_AND_MANY + 'msgstr[0] "Ein Merkmal"\nmsgstr[1] "Merkmale"', True),
        (ONE_AND_MANY + 'msgstr[0] "%(m)s Merkmal"\nmsgstr[1] "%(n)s Merkmale"', True),
    ],
)
def test_a_lost_placeholder_is_found(block: str, wrong: bool) -> None:
    assert bool(faults(entry_of(block))) is wrong
