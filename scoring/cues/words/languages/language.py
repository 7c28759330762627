"""What has to be known of a language to read its transcripts, and how a rule says where a phrase is a filler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from scoring.cues.words.tokens import Writing


class Where(StrEnum):
    """Where a phrase must stand. Set off: by punctuation, a pause or a filled pause."""

    ANY = "any"
    START = "start"
    """First of its sentence."""
    START_SET_OFF = "start_set_off"
    """First of its sentence, and set off from what follows."""
    EITHER = "either"
    """Set off before or after."""
    BEFORE = "before"
    """Set off from what is before."""
    AFTER = "after"
    """Set off from what follows."""
    BOTH = "both"
    """Set off on both sides."""
    WITHIN = "within"
    """Set off on neither side."""
    END = "end"
    """Last of its sentence, which is no question."""


Words = frozenset[str]
NONE: Words = frozenset()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase is meant if it stands `where` and all that is given here of its neighbours holds.

    `only_*`: the neighbour must be one of these. `unless_*`: it must not. `unless_near` are words that must not be
    among the four on either side, in the same sentence. `#` among the words stands for any number. `plain`: it must
    be written in small letters except at the start of a sentence (names and German nouns are not meant).
    """

    words: tuple[str, ...]
    where: Where = Where.ANY
    only_before: Words | None = None
    only_after: Words | None = None
    unless_before: Words = NONE
    unless_after: Words = NONE
    unless_near: Words = NONE
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Restarting:
    """What shows that a phrase was broken off (see `restarts`).

    `unfinished`: words with which no clause ends. `auxiliaries`: words that end a clause only in some, and so count
    only right after the clause's subject. `subjects` can open a clause. `stems` are the first words of contractions
    (`i'm`: `i`). After `subordinates`, what looks broken off may be whole. One of `pronouns` may
    be broken off for another one. After `openers` a clause may begin. `repairs` may stand in between.
    """

    unfinished: Words
    auxiliaries: Words
    subjects: Words
    stems: dict[str, str]
    subordinates: Words
    pronouns: Words
    openers: Words
    repairs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `filled_pauses` match a whole word that is a filler wherever it stands; `names` among them are names when written
    with a capital within a sentence. `rightly_twice` are words (and `phrases_rightly_twice` phrases) that are said
    twice in a row rightly or for emphasis. With `comma_divides`, a word may be right on both sides of a comma.
    """

    code: str
    writing: Writing
    filled_pauses: re.Pattern[str]
    names: Words
    fillers: tuple[Phrase, ...]
    hedges: tuple[Phrase, ...]
    first_singular: Words
    first_plural: Words
    not_first_person: tuple[Phrase, ...]
    rightly_twice: Words
    phrases_rightly_twice: frozenset[tuple[str, ...]]
    restarting: Restarting
    numbers: Words
    joining: Words
    comma_divides: bool = False


def words(text: str) -> Words:
    """A set of words from a text that lists them."""
    return frozenset(text.split())


def phrase(text: str, where: Where = Where.ANY, **neighbours: str | bool) -> Phrase:
    """A phrase from texts: `phrase("you know", Where.BOTH, unless_before="do did")`."""
    plain = bool(neighbours.pop("plain", False))
    sets = {name: words(str(listed)) for name, listed in neighbours.items()}
    return Phrase(tuple(text.split()), where, plain=plain, **sets)


def phrases(listed: str, where: Where = Where.ANY, **neighbours: str | bool) -> tuple[Phrase, ...]:
    """Several phrases, one a line, with the same conditions."""
    return tuple(phrase(line, where, **neighbours) for line in listed.strip().splitlines())
