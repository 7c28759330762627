from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.support import truth_words
from scoring.cues.words import grammar_rules
from scoring.cues.words.verbal import Remark, Verbal


def remarks(text: str, reads: Callable[..., Verbal], **how: float) -> list[tuple[str, str, tuple[str, ...]]]:
    words = text.split()
    found: tuple[Remark, ...] = reads(text, **how).remarks
    return [(" ".join(words[r.first : r.last + 1]), r.kind, r.suggestions) for r in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She don't like it.", [("don't", "agreement", ("doesn't",))]),
        ("He, um, go to the, the office.", [("go", "agreement", ("goes",))]),
        ("So I have, you know, went there.", [("went", "verb_form", ("gone",))]),
        (
            "I look forward to meet you.",
            [("look forward to meet", "verb_form", ("look forward to meeting",))],
        ),
        ("I enjoy to run.", [("enjoy to run.", "verb_form", ("enjoy running",))]),
        ("It depends of the day.", [("depends of", "preposition", ("depends on",))]),
        ("There was several reasons.", [("There was", "agreement", ("There were",))]),
        ("I had a idea.", [("a", "article", ("an",))]),
        ("We got many informations.", [("informations.", "plural", ("information",))]),
    ],
)
def test_mistakes(
    text: str, expected: list[tuple[str, str, tuple[str, ...]]], reads: Callable[..., Verbal]
) -> None:
    assert remarks(text, reads) == expected


@pytest.mark.parametrize(
    "text",
    [
        "i worked in paris with john and he was nice",
        "Their going to loose there jobs, its to late",
        "The the office was, um, um, open.",
        "It depends of course on the day.",
        "What I did went well. Neither of us was there.",
        "I was, he were, I mean he was late.",
        "I don't know if he would have come.",
    ],
)
def test_what_is_not_the_speakers_mistake(text: str, reads: Callable[..., Verbal]) -> None:
    assert remarks(text, reads) == []


def test_doubtful_words_are_not_remarked_on(reads: Callable[..., Verbal]) -> None:
    assert remarks("She don't like it.", reads, probability=0.4) == []


def test_places_hold_in_long_transcripts(reads: Callable[..., Verbal]) -> None:
    text = " ".join(["Um, the plan was good and we liked it. He go home."] * 60)
    places = [remark.first for remark in reads(text).remarks]
    assert places == [12 * n + 10 for n in range(60)]


@pytest.mark.parametrize("mark", [".", ""])
def test_a_quarter_of_an_hour_is_checked_piece_by_piece(
    mark: str, reads: Callable[..., Verbal], monkeypatch: pytest.MonkeyPatch
) -> None:
    from scoring.cues.words import grammar

    lengths: list[int] = []
    findings = grammar._findings

    def counted(text: str) -> list[tuple[int, int, str, tuple[str, ...]]]:
        lengths.append(len(text.split()))
        return findings(text)

    monkeypatch.setattr(grammar, "_findings", counted)
    reads(f"I have worked there and she go home every day{mark} " * 300)
    assert sum(lengths) == 3000
    assert max(lengths) <= grammar.LONGEST


def test_every_rule_has_its_message_and_exists() -> None:
    import harper

    assert set(grammar_rules.CHECKED) <= set(harper.get_default_lint_config())
    assert {*grammar_rules.CHECKED.values(), *(rule.kind for rule in grammar_rules.OWN)} <= set(
        grammar_rules.MESSAGES
    )
    for rules in (grammar_rules.ONLY_BEHIND, grammar_rules.UNLESS_BEHIND, grammar_rules.UNLESS_BEFORE):
        assert set(rules) <= set(grammar_rules.CHECKED)


def test_annotated_sentences() -> None:
    figures = truth_words._grammar()
    assert figures["grammar_precision"] >= 0.95
    assert figures["grammar_recall"] >= 0.6
    assert figures["grammar_false_alarms_per_100_words"] < 0.1
