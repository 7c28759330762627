"""Fillers, repetitions, restarts and hedges: what is marked, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.support import truth_words

Marked = Callable[..., list[str]]

NO_FILLERS = {
    "en": (
        "I like working here. Do you know the team? That kind of work suits me.",
        "It feels like home, and I like it. You know how it is.",
        "What I mean is that I would like to learn. He was kind of you to ask.",
        "The ER was busy. It was 5 mm long. People like that help. As you know, I left.",
    ),
    "de": (
        "Er geht um das Haus. Es gibt mir Halt. Ich halte mich an die Regeln. Die Wand ist eben und glatt.",
        "Das ist also richtig. Also habe ich gekündigt. Wie eben gesagt, bin ich Koch. Ich arbeite sehr genau.",
        "Wir machen das eben, bevor wir gehen.",
    ),
    "fr": (
        "J'aime ce genre de travail. Il en fait partie. J'ai besoin de quoi écrire. Ben est mon collègue, ce bon Ben.",
        "Tu vois ce que je veux dire ? À cause du coup de froid. C'est une bonne idée. Voilà pourquoi.",
    ),
}


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in NO_FILLERS.items() for text in texts]
)
def test_words_that_are_no_fillers(language: str, text: str, marked: Marked) -> None:
    found = marked("FILLERS", text, language)
    # At the start of a sentence "Ben" may be either.
    assert found in ([], ["Ben"])


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Um, I was, uhm, glad, errr, ummm.", ["Um,", "uhm,", "errr,", "ummm."]),
        ("en", "It was, you know, hard.", ["you know,"]),
        ("en", "It was | you know | hard.", ["you know"]),
        ("en", "We had like twenty people.", ["like"]),
        ("en", "I mean, it was kind of hard.", ["I mean,", "kind of"]),
        ("de", "Ähm, also ich habe halt äh gewartet.", ["Ähm,", "also", "halt", "äh"]),
        ("de", "Aeh, das war sozusagen, aehm, neu.", ["Aeh,", "sozusagen,", "aehm,"]),
        ("fr", "Euh, c'était dur, quoi.", ["Euh,", "quoi."]),
        ("fr", "Bon ben, du coup, j'ai fini.", ["Bon", "ben,", "du coup,"]),
    ],
)
def test_fillers(language: str, text: str, expected: list[str], marked: Marked) -> None:
    assert marked("FILLERS", text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I I think so", ["I I"]),
        ("en", "We went to the, um, the office", ["the, um, the"]),
        ("en", "It was in the it was in the box", ["It was in the it was in the"]),
        ("en", "I, I, I had to", ["I, I, I"]),
        ("en", "It had had an effect. I said that that was very very good.", []),
        ("en", "No, no, it is. It is fine. New York, New York. Call 5 5 2 or two two.", []),
        ("en", "more and more and more people", []),
        ("de", "Ich ich habe in der in der Stadt gewohnt", ["Ich ich", "in der in der"]),
        ("de", "Die Leute, die die Arbeit machen, die ich habe, habe ich gern.", []),
        ("fr", "Je je suis parti dans le dans le sud", ["Je je", "dans le dans le"]),
        ("fr", "Nous nous sommes vus. Vous vous trompez, c'est très très bien.", []),
        ("fr", "nous nous nous sommes vus", ["nous nous nous"]),
    ],
)
def test_repeats(language: str, text: str, expected: list[str], marked: Marked) -> None:
    assert marked("REPEATS", text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I was, I am working there.", ["I was, I am"]),
        ("en", "I worked with the, with my team.", ["with the, with my"]),
        ("en", "We've, um, we had to leave.", ["We've, um, we"]),
        ("en", "It took a, I mean, a lot of, it was long.", []),
        ("en", "I wor- worked there.", ["wor- worked"]),
        ("en", "I came, I saw, I won. I think, I hope.", []),
        ("en", "As fast as I was, I am slow now. My boss and I, we left.", []),
        ("en", "Yes, I can. I will.", []),
        ("en", "Back when she left and I was, I am told, very shy.", []),
        ("de", "Ich war, ich bin Koch.", ["Ich war, ich bin"]),
        ("de", "Als ich dort war, ich meine damals, war alles neu.", []),
        ("de", "Ich habe mit einem, mit meinem Chef geredet.", ["mit einem, mit meinem"]),
        ("fr", "J'ai, j'avais peur.", ["J'ai, j'avais"]),
        ("fr", "Je travaille dans le, dans un bureau.", ["dans le, dans un"]),
        ("fr", "Je pense, je crois que oui.", []),
    ],
)
def test_restarts(language: str, text: str, expected: list[str], marked: Marked) -> None:
    assert marked("RESTARTS", text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I think it might work, maybe.", ["I think", "might", "maybe."]),
        ("en", "I think about it. What I think matters. With all his might.", []),
        (
            "de",
            "Vielleicht, ich glaube, es ist eigentlich gut.",
            ["Vielleicht,", "ich glaube,", "eigentlich"],
        ),
        ("de", "Ich glaube an das Team und denke über alles nach.", []),
        ("fr", "Je pense que c'est peut-être un peu long.", ["Je pense", "peut-être", "un peu"]),
        ("fr", "Je pense à vous avec un peu de temps.", []),
    ],
)
def test_hedges(language: str, text: str, expected: list[str], marked: Marked) -> None:
    assert marked("HEDGES", text, language) == expected


def test_a_phrase_is_marked_once(marked: Marked) -> None:
    text = "It was, I mean, sort of, you know, maybe okay."
    assert marked("FILLERS", text) == ["I mean,", "sort of,", "you know,"]
    assert marked("HEDGES", text) == ["maybe"]


def test_what_the_recogniser_was_unsure_of_is_not_marked(marked: Marked) -> None:
    text = "Um, I I think it was, you know, fine, I was, I am sure."
    assert {
        code: bool(marked(code, text)) for code in ("FILLERS", "REPEATS", "RESTARTS", "HEDGES")
    } == dict.fromkeys(("FILLERS", "REPEATS", "RESTARTS", "HEDGES"), True)
    assert marked("FILLERS", text, probability=0.2) == ["Um,"]
    assert marked("FILLERS", text, probability=0.05) == []
    assert not any(marked(code, text, probability=0.2) for code in ("REPEATS", "RESTARTS", "HEDGES"))


def test_annotated_sentences_are_read_better_than_by_a_list() -> None:
    figures = truth_words.figures()
    assert figures["filler_text_f1"] >= 0.96
    assert figures["filler_text_precision"] >= 0.97
    assert figures["filler_ratio_to_list"] > 1.2
    assert figures["wpm_speech_mape"] < 1.0
    assert all(figures[f"filler_text_f1_{code}"] > 0.94 for code in ("en", "de", "fr"))
    assert all(len(truth_words.sentences(f"fillers_{code}")) >= 60 for code in ("en", "de", "fr"))
