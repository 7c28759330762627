"""Transcripts as they are read: every word where it was, marks and remarks on their words, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import moments, transcripts, verbal
from analytics.speech import Span
from analytics.summaries import Happening, Measured, Usual
from analytics.transcripts import Spoken, plain_text, spoken
from scoring.cues.catalogue import Cue
from scoring.cues.values import Absent
from sessions.models import AnswerTranscript

TEXT = "Um, I could, I could help the the guests. You know, um, they was tired."


def stored(text: str = TEXT, **more: Any) -> AnswerTranscript:
    words = [[word, 1000 * i, 1000 * i + 600, 0.9] for i, word in enumerate(text.split())]
    marks = [
        {"code": "FILLERS", "first": 0, "last": 0},
        {"code": "REPEATS", "first": 1, "last": 4},
        {"code": "REPEATS", "first": 6, "last": 7},
        {"code": "FILLERS", "first": 9, "last": 10},
        {"code": "FILLERS", "first": 11, "last": 11},
    ]
    remarks = [
        {"first": 13, "last": 13, "kind": "agreement", "message": "Not with they.", "suggestions": ["were"]}
    ]
    fields = {"language": "en", "words": words, "marks": marks, "remarks": remarks, "model": "test 1"} | more
    return AnswerTranscript(**fields)


def read(**more: Any) -> Spoken:
    found = spoken(stored(**more), [])
    assert found is not None
    return found


def test_every_word_is_there_in_order_with_its_time() -> None:
    pieces = read().pieces
    assert [piece.text for piece in pieces] == TEXT.split()
    assert [(piece.start_ms, piece.end_ms) for piece in pieces][3] == (3000, 3600)


def test_marks_are_on_their_words_and_run_on_between_them() -> None:
    pieces = read().pieces
    assert [piece.kinds for piece in pieces[:5]] == ["FILLERS", "REPEATS", "REPEATS", "REPEATS", "REPEATS"]
    assert [piece.runs_on for piece in pieces[:6]] == [False, True, True, True, False, False]
    assert [piece.said for piece in pieces[:5]] == ["filler", "", "", "", "repeated"]


def test_a_remark_is_numbered_at_its_last_word_and_quotes_it() -> None:
    found = read()
    assert [piece.notes for piece in found.pieces if piece.notes] == [(1,)]
    (remark,) = found.remarks
    assert (remark.quote, remark.at, remark.message, remark.suggestions) == (
        "was",
        "0:13",
        "Not with they.",
        ("were",),
    )
    assert found.pieces[13].remarked


def test_the_legend_counts_what_there_is_and_nothing_else() -> None:
    assert read().legend == [
        ("FILLERS", 3, "fillers"),
        ("REPEATS", 2, "repeats"),
        ("REMARKS", 1, "remark on language"),
    ]


def test_the_commonest_fillers_are_named_as_written_within_a_sentence() -> None:
    assert read().commonest("FILLERS") == [("um", 2), ("You know", 1)]


def test_a_long_pause_stands_between_the_words_around_it_with_its_length() -> None:
    words = [["One.", 0, 500, 0.9], ["Two", 3300, 3600, 0.9], ["three.", 3600, 4000, 0.9]]
    found = spoken(stored(words=words, marks=[], remarks=[]), [Span(500, 3300)])
    assert found is not None
    assert [piece.pause or piece.text for piece in found.pieces] == [
        "One.",
        "2.8\N{NO-BREAK SPACE}s",
        "Two",
        "three.",
    ]
    assert "One. [2.8\N{NO-BREAK SPACE}s] Two three." in plain_text(found, "A question")


def test_words_below_an_even_chance_are_said_to_be_unsure() -> None:
    found = read(words=[["sure", 0, 400, 0.5], ["unsure", 500, 900, 0.49]], marks=[], remarks=[])
    assert [piece.unsure for piece in found.pieces] == [False, True]
    assert found.unsure == 1


def test_the_text_to_keep_says_who_wrote_it() -> None:
    text = plain_text(read(), "What would you do?")
    assert text.startswith("What would you do?\n\nUm, I could, I could help")
    assert "Written by a machine (test 1). It makes mistakes." in text
    assert "0:13 “was”: Not with they." in text


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "code": st.sampled_from(["FILLERS", "HEDGES", "OF_TOMORROW"]),
                "first": st.integers(-3, 20),
                "last": st.integers(-3, 20),
            }
        )
    )
)
def test_marks_that_point_nowhere_are_left_out(marks: list[dict[str, Any]]) -> None:
    found = read(marks=marks, remarks=[])
    n = len(TEXT.split())
    sensible = [m for m in marks if 0 <= m["first"] <= m["last"] < n and m["code"] != "OF_TOMORROW"]
    assert len(found.marks) == len(sensible)
    assert [piece.text for piece in found.pieces] == TEXT.split()


@pytest.mark.parametrize("words", [[["one"]], [["a", "b", "c", "d"]], ["text"]])
def test_words_that_cannot_be_read_are_no_transcript(words: Any) -> None:
    assert spoken(stored(words=words), []) is None


# --- moments ----------------------------------------------------------------------------------------


def test_moments_are_in_order_of_time_and_name_kind_and_words() -> None:
    nod = Happening(Cue.NOD, 9500, None, 0.7)
    found = moments.moments([nod], [Span(2000, 4600)], read())
    assert [one.t_ms for one in found] == sorted(one.t_ms for one in found)
    said = [(one.kind, one.name, one.words, one.lasted) for one in found]
    assert ("EVENTS", "Nod", "", "") in said
    assert ("PAUSES", "Long pause", "", "2.6\N{NO-BREAK SPACE}s") in said
    assert ("FILLERS", "Filler", "“You know”", "") in said
    assert ("REMARKS", "Remark on language", "“was”", "") in said
    assert {kind: n for kind, n, _ in moments.kinds(found)} == {
        "EVENTS": 1,
        "PAUSES": 1,
        "FILLERS": 3,
        "REPEATS": 2,
        "REMARKS": 1,
    }


def test_every_kind_has_a_sign_of_its_own() -> None:
    signs = [sign for _, sign in moments.KINDS.values() if sign]
    assert len(set(signs)) == len(moments.KINDS) - 1
    assert set(transcripts.KINDS) < set(moments.KINDS)
    assert set(transcripts.LEGEND) | {"EVENTS", "COMMENTS"} == set(moments.KINDS)


# --- sentences --------------------------------------------------------------------------------------

VALUES = {
    Cue.WPM: Measured(152.0, None),
    Cue.FILLERS: Measured(3.2, None),
    Cue.RESTARTS: Measured(0.0, None),
    Cue.WORDS: Measured(120.0, None),
}


def sentences(values: dict[Cue, Measured], language: str = "en", **more: Any) -> list[str]:
    found = verbal.verbal(values, more.get("usual", {}), read(), language)
    return [fact.replace("\N{NO-BREAK SPACE}", " ") for fact in found.facts]


def test_the_words_are_said_with_usual_band_and_the_commonest_fillers() -> None:
    said = sentences(VALUES, usual={Cue.WPM: Usual(148.0, 8.0)})
    assert said == [
        "You said 120 words.",
        "You spoke at 152 words per minute; your usual is 148 words per minute. "
        "Common in interviews: 140 to 160 words per minute.",
        "Fillers came to 3.2 per 100 words. Common in interviews: up to 4 per 100 words. "
        "Most often: “um” (2 times), “You know” (once).",
    ]


def test_a_band_of_another_language_is_not_shown() -> None:
    assert "You spoke at 152 words per minute." in sentences(VALUES, "de")


def test_what_a_language_lacks_is_said_once() -> None:
    lacks = {Cue.GRAMMAR: Measured(None, Absent.LANGUAGE.value)}
    found = verbal.verbal(VALUES | lacks, {}, read(), "de")
    assert found.unsupported == "Not supported in German: Remarks on grammar."
    everything = dict.fromkeys((Cue.WPM, Cue.FILLERS, Cue.GRAMMAR), Measured(None, Absent.LANGUAGE.value))
    none = verbal.verbal(everything, {}, None, "es")
    assert none.facts == ()
    assert "not read in this language (Spanish)" in none.unsupported


def test_a_silent_answer_says_that_no_words_were_heard() -> None:
    silent = spoken(stored(words=[], marks=[], remarks=[]), [])
    assert verbal.verbal({}, {}, silent, "en").missing == "No words were heard in this answer."
