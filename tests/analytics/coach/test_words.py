"""The words of advice: complete for what may be advised, specific, kind, steady, and translatable."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from analytics.coach import words
from analytics.coach.pieces import Kind, Piece
from analytics.coach.told import Phrases
from analytics.coach.words import PHRASES
from scoring.advice.advise import Missing
from scoring.advice.schema import FEATURES
from scoring.cues.catalogue import Cue

PERMITTED: set[Kind] = {
    (Cue(feature.name), sign)
    for feature in FEATURES
    if feature.movable
    for sign in (("up", "down") if feature.sign == "both" else (feature.sign,))
}
PIECE = Piece(
    advice_id=UUID(int=1),
    answer_id=UUID(int=2),
    position=0,
    rank=0,
    cue=Cue.GZ_DR,
    direction="up",
    before=0.2,
    after=0.6,
    seconds=9,
    moments=((42_000, 50_000), (70_000, 73_000)),
    low=14,
    turned=9,
    gain=0.3,
    alone=True,
    version="advice-1",
)
UNKIND = re.compile(
    r"\b(nervous\w*|anxi\w*|afraid|shy|bored|angry|sad|happy|confiden\w*|honest\w*|serious\w*|friendl\w*|engaged|"
    r"interested|insecure|feel\w*|seem\w*|appear\w*|look like|should|must|never|always|wrong|bad|poor|fail\w*|mistake|"
    r"good|great|excellent|perfect|normal\w*|natural\w*|professional\w*|disorder|symptom|smile more|sit still|stare)\b",
    re.IGNORECASE,
)


def texts_of(phrases: Phrases) -> list[str]:
    every = chain((phrases.title, phrases.example), phrases.seen, phrases.slight, phrases.clear)
    return [str(text) for text in every]


def kinds() -> Any:
    return pytest.mark.parametrize("kind", sorted(PHRASES), ids=lambda kind: f"{kind[0]}-{kind[1]}")


def test_there_are_words_for_all_that_may_be_advised_and_for_nothing_else() -> None:
    assert set(PHRASES) == PERMITTED


@kinds()
def test_there_are_three_ways_to_say_everything_and_none_twice(kind: Kind) -> None:
    phrases = PHRASES[kind]
    for options in (phrases.seen, phrases.slight, phrases.clear):
        assert len(options) >= 3
    texts = texts_of(phrases)
    assert len(set(texts)) == len(texts)
    assert all(text.strip() == text and text for text in texts)


def test_no_two_kinds_say_the_same() -> None:
    every = [text for phrases in PHRASES.values() for text in texts_of(phrases)]
    assert len(set(every)) == len(every)


@kinds()
def test_what_was_seen_has_its_time_and_its_value_and_nothing_else_has(kind: Kind) -> None:
    phrases = PHRASES[kind]
    for text in phrases.seen:
        assert sorted(re.findall(r"%\((\w+)\)s", str(text))) == ["times", "value"]
    for text in (phrases.title, phrases.example, *phrases.slight, *phrases.clear):
        assert "%" not in str(text)


@kinds()
def test_the_words_are_about_behaviour_and_kind(kind: Kind) -> None:
    for text in texts_of(PHRASES[kind]):
        assert not UNKIND.findall(text), text
        assert "!" not in text


def test_the_list_of_unkind_words_finds_them() -> None:
    assert UNKIND.findall("You seemed nervous, be more serious") == ["seemed", "nervous", "serious"]


@kinds()
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_a_piece_is_whole_in_every_language(kind: Kind, language: str) -> None:
    for rank in range(3):
        piece = replace(PIECE, cue=kind[0], direction=kind[1], rank=rank)
        with translation.override(language):
            said = words.said(piece)
        assert "0:42" in said.seen
        assert "1:10" in said.seen
        assert said.seen.count("%(") == 0
        assert "9" in said.why
        assert "14" in said.why
        assert all((said.title, said.to_try, said.example))


def test_a_piece_says_the_value_in_plain_units_and_the_moments() -> None:
    said = words.said(PIECE)
    assert "20\N{NO-BREAK SPACE}%" in said.seen
    assert "0:42 and 1:10" in said.seen
    assert said.why == (
        "With about 60 instead of 20\N{NO-BREAK SPACE}%, the estimate would change in 9 of the 14 "
        "seconds that were estimated low."
    )
    assert "and the other one on this answer" in words.said(replace(PIECE, alone=False)).why


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ([42_000], "0:42"),
        ([70_000, 42_999], "0:42 and 1:10"),
        ([1_000, 2_000, 3_000], "0:01, 0:02 and 0:03"),
        ([1_000, 2_000, 3_000, 4_000], "0:01, 0:02, 0:03 and one other moment"),
        ([1_000, 2_000, 3_000, 4_000, 5_000], "0:01, 0:02, 0:03 and 2 other moments"),
    ],
)
def test_moments_are_a_list_in_order_of_time(starts: list[int], said: str) -> None:
    assert words.times(starts) == said


def test_size_is_counted_in_steps_that_somebody_would_notice() -> None:
    """The step of looking at the camera is a tenth."""
    assert words.size(replace(PIECE, before=0.4, after=0.6)) == "slight"
    assert words.size(replace(PIECE, before=0.3, after=0.6)) == "clear"
    assert words.size(replace(PIECE, cue=Cue.HD_TH, direction="down", before=0.06, after=0.0)) == "slight"
    assert words.size(replace(PIECE, cue=Cue.HD_TH, direction="down", before=0.3, after=0.0)) == "clear"


@given(st.uuids(), st.integers(0, 1), st.sampled_from(sorted(PHRASES)))
def test_the_same_piece_is_always_said_the_same_way(answer: UUID, rank: int, kind: Kind) -> None:
    piece = replace(PIECE, answer_id=answer, rank=rank, cue=kind[0], direction=kind[1])
    assert words.said(piece) == words.said(replace(piece, seconds=3))


@given(st.uuids(), st.integers(3, 6))
def test_the_pieces_of_an_answer_are_put_in_different_ways(answer: UUID, options: int) -> None:
    first, second = replace(PIECE, answer_id=answer), replace(PIECE, answer_id=answer, rank=1)
    every = range(options)
    for part in ("seen", "try"):
        assert words.choose(every, first, part) != words.choose(every, second, part)


def test_every_way_of_saying_it_is_used() -> None:
    used = {words.choose(range(3), replace(PIECE, answer_id=UUID(int=n)), "seen") for n in range(40)}
    assert used == {0, 1, 2}


def test_every_reason_why_there_is_no_advice_has_kind_words() -> None:
    assert {*Missing, "no_model"} == set(words.REASONS)
    for text in (*words.REASONS.values(), words.NONE_MADE, words.ANEW):
        assert not UNKIND.findall(str(text)), text
    assert words.reason("of_tomorrow") == words.NONE_MADE
