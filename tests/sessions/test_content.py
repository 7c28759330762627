"""The interviews that are shipped, and the reader that a teacher's file meets."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cues.catalogue import CATALOGUE
from scoring.performance.expectation import expectations
from sessions import models
from sessions.content import expected
from sessions.content.actions import store_scenario
from sessions.content.read import SHIPPED, parse, read_all, read_file
from sessions.content.schema import (
    ContentError,
    OrderRule,
    QuestionContent,
    QuestionType,
    ScenarioContent,
)
from sessions.content.topics import NAMES, Topic
from sessions.content.write import as_file
from sessions.words import expected_cue

ALL = read_all()
QUESTIONS = [(scenario, question) for scenario in ALL for question in scenario.questions]
JOBS = {
    "call-centre-agent",
    "care-assistant",
    "electronics-apprenticeship",
    "hotel-reception",
    "junior-developer",
    "nursing-school",
    "office-administrator",
    "shop-assistant",
    "teaching-assistant",
    "warehouse-operative",
}
TRANSLATED = {"shop-assistant", "care-assistant", "electronics-apprenticeship"}
# What an interviewer may not ask about, by word beginnings; the nursing scenarios speak of patients, not of applicants.
UNLAWFUL = {
    "en": (
        "how old",
        "your age",
        "pregnan",
        "married",
        "your children",
        "religio",
        "church",
        "disab",
        "your health",
    ),
    "de": (
        "wie alt",
        "schwanger",
        "verheiratet",
        "ihre kinder",
        "religi",
        "kirche",
        "behinder",
        "ihre gesundheit",
    ),
    "fr": (
        "quel âge",
        "enceinte",
        "vos enfants",
        "religi",
        "église",
        "handicap",
        "votre santé",
        "votre mari",
    ),
}


def slugs(language: str) -> set[str]:
    return {one.slug for one in ALL if one.language == language}


def named(pair: tuple[ScenarioContent, QuestionContent]) -> str:
    return f"{pair[0].slug}.{pair[0].language}/{pair[1].key}"


def words(text: str) -> int:
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def raw(name: str = "shop-assistant.en.json") -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SHIPPED / name).read_text(encoding="utf-8"))
    return loaded


def without_words(question: QuestionContent) -> tuple[object, ...]:
    return (
        question.key,
        question.type,
        question.topics,
        question.difficulty,
        question.expected_s,
        question.thinking_s,
        question.expected_cues,
        len(question.key_points),
    )


class TestShipped:
    def test_ten_jobs_in_english_three_in_german_and_french(self) -> None:
        assert slugs("en") == JOBS
        assert slugs("de") == slugs("fr") == TRANSLATED
        assert {one.language for one in ALL} == {"en", "de", "fr"}

    def test_a_translation_differs_from_the_english_in_its_words_only(self) -> None:
        english = {one.slug: one for one in ALL if one.language == "en"}
        for one in ALL:
            original = english[one.slug]
            assert [without_words(q) for q in one.questions] == [without_words(q) for q in original.questions]
            assert (one.order_rule, one.thinking_s) == (original.order_rule, original.thinking_s)

    def test_a_translation_leaves_no_sentence_in_english(self) -> None:
        english = {q.text for one, q in QUESTIONS if one.language == "en"}
        assert not [named((one, q)) for one, q in QUESTIONS if one.language != "en" and q.text in english]

    @pytest.mark.parametrize("scenario", ALL, ids=lambda one: f"{one.slug}.{one.language}")
    def test_a_scenario_is_a_whole_interview(self, scenario: ScenarioContent) -> None:
        types = [question.type for question in scenario.questions]
        assert 10 <= len(types) <= 12
        assert types[0] is QuestionType.OPENING
        assert types[-1] is QuestionType.CLOSING
        assert set(types) == set(QuestionType)
        assert Counter(types)[QuestionType.OPENING] == Counter(types)[QuestionType.CLOSING] == 1
        assert max(scenario.questions, key=lambda one: one.difficulty).type is QuestionType.DIFFICULT

    def test_every_order_rule_and_every_topic_is_used(self) -> None:
        assert {one.order_rule for one in ALL} == set(OrderRule)
        assert {topic for _scenario, question in QUESTIONS for topic in question.topics} == set(Topic)

    @pytest.mark.parametrize("pair", QUESTIONS, ids=named)
    def test_a_question_can_be_spoken_and_answered(
        self, pair: tuple[ScenarioContent, QuestionContent]
    ) -> None:
        scenario, question = pair
        assert 8 <= words(question.text) <= 35
        assert question.text[-1] in ".?"
        assert 3 <= len(question.key_points) <= 4
        assert question.point.endswith(".")
        assert all(len(point) <= 90 and not point.endswith(".") for point in question.key_points)
        assert not [
            beginning for beginning in UNLAWFUL[scenario.language] if beginning in question.text.lower()
        ]

    @pytest.mark.parametrize("pair", QUESTIONS, ids=named)
    def test_expected_cues_are_measured_on_the_answer_itself(
        self, pair: tuple[ScenarioContent, QuestionContent]
    ) -> None:
        expected = pair[1].expected_cues
        assert len(expected) >= 3
        assert all(CATALOGUE[one.cue].kind == "continuous" for one in expected)
        assert any(CATALOGUE[one.cue].group == "voice" for one in expected), "voice alone must be enough"
        assert any(CATALOGUE[one.cue].available for one in expected)

    def test_easy_to_hard_climbs_without_a_jump(self) -> None:
        for scenario in (one for one in ALL if one.order_rule is OrderRule.EASY_TO_HARD):
            middle = sorted(question.difficulty for question in scenario.questions[1:-1])
            assert middle[0] < middle[-1]
            assert all(after - before <= 1 for before, after in pairwise(middle))

    def test_no_question_is_asked_in_two_scenarios(self) -> None:
        times = Counter(question.text.casefold() for _scenario, question in QUESTIONS)
        assert not [text for text, count in times.items() if count > 1]

    def test_no_exclamation_marks(self) -> None:
        assert not [path.name for path in SHIPPED.glob("*.json") if "!" in path.read_text(encoding="utf-8")]


class TestVocabulary:
    def test_the_codes_are_those_that_the_database_knows(self) -> None:
        assert [one.value for one in OrderRule] == models.OrderRule.values
        assert [one.value for one in QuestionType] == models.QuestionType.values

    def test_every_topic_has_a_name_of_its_own(self) -> None:
        assert set(NAMES) == set(Topic)
        assert len(set(NAMES.values())) == len(Topic)

    def test_easy_expects_much_and_hard_expects_little(self) -> None:
        expected = defaultdict(set)
        for _scenario, question in QUESTIONS:
            expected[question.difficulty].add(question.expected_performance)
        assert expected == {1: {1.0}, 2: {0.5}, 3: {0.0}, 4: {-0.5}, 5: {-1.0}}

    def test_thinking_time_of_the_question_before_that_of_the_scenario(self) -> None:
        scenario = parse(json.dumps(raw()))
        assert [scenario.thinking_for(one) for one in scenario.questions[:2]] == [10, 20]


def change(path: tuple[str | int, ...], value: object) -> str:
    """The shop scenario with one thing in it replaced."""
    content = raw()
    holder: Any = content
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return json.dumps(content)


CUES = ("questions", 1, "expected_cues")
FAULTS: list[tuple[tuple[str | int, ...], object, str, str, str]] = [
    (("schema",), 2, "", "schema", "whole number from 1 to 1"),
    (("slug",), "Shop Assistant", "", "slug", "lower-case"),
    (("slug",), "shop\n", "", "slug", "space"),
    (("language",), "english", "", "language", "language code"),
    (("title",), "", "", "title", "empty"),
    (("title",), " ", "", "title", "empty"),
    (("title",), 7, "", "title", "must be text"),
    (("title",), "x" * 121, "", "title", "121 characters"),
    (("summary",), "two\nlines", "", "summary", "line break"),
    (("summary",), "half \ud800", "", "summary", "cannot be spoken"),
    (("order_rule",), "random", "", "order_rule", "Known are: fixed, opening_then_any, easy_to_hard"),
    (("thinking_s",), True, "", "thinking_s", "0 to 120"),
    (("thinking_s",), 20.0, "", "thinking_s", "0 to 120"),
    (("extra",), 1, "", "", "unknown field 'extra'"),
    (("questions",), {}, "", "questions", "must be a list"),
    (("questions",), [], "", "questions", "1 to 30 items, not 0"),
    (("questions", 0), "hello", "1", "", "must be an object"),
    (("questions", 0, "key"), "why-this-shop", "", "questions", "'why-this-shop' twice"),
    (("questions", 1, "type"), [], "2 (why-this-shop)", "type", "is not known"),
    (("questions", 1, "topics"), ["religion"], "2 (why-this-shop)", "topics[0]", "is not known: 'religion'"),
    (("questions", 1, "topics"), ["care", "care"], "2 (why-this-shop)", "topics", "'care' twice"),
    (("questions", 1, "difficulty"), 0, "2 (why-this-shop)", "difficulty", "1 to 5, not 0"),
    (("questions", 1, "expected_s"), [60, 30], "2 (why-this-shop)", "expected_s", "smaller number"),
    (("questions", 1, "expected_s"), [30, 601], "2 (why-this-shop)", "expected_s[1]", "5 to 600"),
    (("questions", 1, "thinking_s"), None, "2 (why-this-shop)", "thinking_s", "not None"),
    (("questions", 1, "key_points"), ["a", "a"], "2 (why-this-shop)", "key_points", "twice"),
    ((*CUES, 0, "cue"), "ANGER", "2 (why-this-shop)", "expected_cues[0].cue", "is not known: 'ANGER'"),
    ((*CUES, 0, "weight"), 0, "2 (why-this-shop)", "expected_cues[0].weight", "over 0"),
    ((*CUES, 0, "weight"), 1.5, "2 (why-this-shop)", "expected_cues[0].weight", "at most 1"),
    (
        (*CUES, 3, "direction"),
        "band",
        "2 (why-this-shop)",
        "expected_cues[3].direction",
        "SMILE_SHARE has no band",
    ),
    ((*CUES, 0, "band"), {}, "2 (why-this-shop)", "expected_cues[0].band", "needs low, high or both"),
    ((*CUES, 0, "band"), {"wide": 1}, "2 (why-this-shop)", "expected_cues[0].band", "unknown field"),
    ((*CUES, 0, "band"), {"low": "a"}, "2 (why-this-shop)", "expected_cues[0].band.low", "must be a number"),
    ((*CUES, 0, "band"), {"low": -1}, "2 (why-this-shop)", "expected_cues[0].band.low", "from 0 to"),
    (("expected_by_type",), {"sad": []}, "", "expected_by_type", "unknown field 'sad'"),
    (
        ("expected_by_type",),
        {"opening": [{"cue": "ANGER", "direction": "up", "weight": 1}]},
        "",
        "expected_by_type.opening[0].cue",
        "is not known",
    ),
    (
        (*CUES, 0),
        {"cue": "F0_SD", "weight": 1},
        "2 (why-this-shop)",
        "expected_cues[0].direction",
        "is missing",
    ),
]


class TestFaults:
    @pytest.mark.parametrize(("path", "value", "question", "field", "reason"), FAULTS)
    def test_a_fault_is_told_with_its_place(
        self, path: tuple[str | int, ...], value: object, question: str, field: str, reason: str
    ) -> None:
        with pytest.raises(ContentError) as caught:
            parse(change(path, value), source="mine.json")
        assert (caught.value.source, caught.value.question, caught.value.field) == (
            "mine.json",
            question,
            field,
        )
        assert reason in caught.value.reason
        assert caught.value.message % caught.value.values == caught.value.reason

    @pytest.mark.parametrize("name", sorted(raw()))
    def test_no_field_of_a_scenario_may_be_missing(self, name: str) -> None:
        content = raw()
        del content[name]
        with pytest.raises(ContentError, match="is missing") as caught:
            parse(json.dumps(content))
        assert caught.value.field == name

    @pytest.mark.parametrize("name", sorted(set(raw()["questions"][0]) - {"thinking_s"}))
    def test_no_field_of_a_question_may_be_missing_but_the_thinking_time(self, name: str) -> None:
        content = raw()
        del content["questions"][0][name]
        with pytest.raises(ContentError, match="is missing") as caught:
            parse(json.dumps(content))
        assert caught.value.field == name

    def test_the_error_reads_as_a_sentence(self) -> None:
        with pytest.raises(ContentError) as caught:
            parse(change(("questions", 1, "difficulty"), 9), source="mine.json")
        assert str(caught.value) == (
            "mine.json, question 2 (why-this-shop), difficulty: must be a whole number from 1 to 5, not 9"
        )

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "not valid JSON at line 1, column 1"),
            ('{"schema": 1,\n}', "line 2, column 1"),
            ("[" * 100_000, "far too large"),
            ("9" * 10_000, "far too large"),
            ("[NaN]", "NaN, which is not a number"),
            ("1e999", "must be an object"),
            ('{"slug": "a", "slug": "b"}', "'slug' twice"),
            (" " * 200_001, "more than 200000 characters"),
            ("null", "must be an object"),
        ],
    )
    def test_what_is_no_scenario_at_all(self, text: str, reason: str) -> None:
        with pytest.raises(ContentError) as caught:
            parse(text)
        assert reason in caught.value.reason


class TestFolder:
    def test_a_byte_order_mark_does_no_harm(self, tmp_path: Path) -> None:
        path = tmp_path / "shop-assistant.en.json"
        path.write_text(json.dumps(raw()), encoding="utf-8-sig")
        assert read_all(tmp_path) == [read_file(path)] == [parse("\ufeff" + json.dumps(raw()))]

    def test_bytes_that_are_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / "shop-assistant.en.json"
        path.write_bytes(b"\xff\xfe{}")
        with pytest.raises(ContentError, match="UTF-8"):
            read_file(path)

    def test_the_name_says_what_is_in_it(self, tmp_path: Path) -> None:
        (tmp_path / "shop.json").write_text(json.dumps(raw()), encoding="utf-8")
        with pytest.raises(ContentError, match=r"must be named shop-assistant\.en\.json"):
            read_all(tmp_path)

    def test_a_translation_needs_its_english_file(self, tmp_path: Path) -> None:
        name = "shop-assistant.de.json"
        (tmp_path / name).write_text(json.dumps(raw(name)), encoding="utf-8")
        with pytest.raises(ContentError, match="without an English file"):
            read_all(tmp_path)

    def test_a_translation_has_the_keys_of_the_english(self, tmp_path: Path) -> None:
        for name in ("shop-assistant.en.json", "shop-assistant.fr.json"):
            content = raw(name)
            if name.endswith(".fr.json"):
                content["questions"].pop()
            (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(ContentError, match="keys of the English file") as caught:
            read_all(tmp_path)
        assert caught.value.source == "shop-assistant.fr.json"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of everything inside a JSON value."""
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    inner = [path for part, item in items for path in paths(item, (*at, part))]
    return [(*at, part) for part, _item in items] + inner


WHOLE = json.dumps(raw())
EVERYWHERE = paths(raw())


def outcome(text: str) -> ScenarioContent | ContentError:
    try:
        return parse(text, source="mangled.json")
    except ContentError as error:
        return error


def survives(text: str) -> None:
    """Any exception but ContentError fails the test, and so does a ContentError that could not be shown."""
    result = outcome(text)
    if isinstance(result, ContentError):
        assert result.reason
        assert str(result).encode().startswith(b"mangled.json")


class TestMangled:
    @given(st.text())
    def test_any_text(self, text: str) -> None:
        survives(text)

    @given(JSON)
    def test_any_json(self, value: object) -> None:
        survives(json.dumps(value))

    @given(st.sampled_from(EVERYWHERE), JSON)
    def test_anything_in_place_of_anything(self, path: tuple[str | int, ...], value: object) -> None:
        survives(change(path, value))

    @given(st.sampled_from(EVERYWHERE))
    def test_anything_left_out(self, path: tuple[str | int, ...]) -> None:
        content = raw()
        holder: Any = content
        for part in path[:-1]:
            holder = holder[part]
        del holder[path[-1]]
        survives(json.dumps(content))

    @given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.text(max_size=5))
    def test_letters_cut_out_and_put_in(self, start: int, length: int, put: str) -> None:
        survives(WHOLE[:start] + put + WHOLE[start + length :])


# --- what is expected -------------------------------------------------------------------------------------

OWN_BAND = {"cue": "SMILE_SHARE", "direction": "band", "weight": 0.5, "band": {"low": 0.2, "high": 0.4}}


@pytest.mark.django_db
def test_a_question_may_have_a_band_of_its_own() -> None:
    scenario = store_scenario(content=parse(change(CUES, [OWN_BAND])))
    question = scenario.questions.get(key="why-this-shop")
    assert question.expected_cues == [OWN_BAND]
    assert expected_cue(OWN_BAND).endswith(": 20 to 40 %")
    found = expectations(question.expected_cues, question_type=question.type, expected_s=None)
    assert [(one.band.low, one.band.high) for one in found if one.band] == [(0.2, 0.4)]
    again = json.loads(as_file(scenario))
    assert again["questions"][1]["expected_cues"] == [OWN_BAND]
    parse(json.dumps(again))


def test_bands_with_one_end_in_words() -> None:
    fillers = {"cue": "FILLERS", "direction": "band", "weight": 0.5}
    assert expected_cue(fillers | {"band": {"high": 6}}).endswith(": up to 6 per 100 words")
    assert expected_cue(fillers | {"band": {"low": 1}}).endswith(": 1 per 100 words or more")


@pytest.mark.django_db
def test_a_type_may_expect_something_of_the_questions_that_name_nothing() -> None:
    content = raw()
    first, second = content["questions"][:2]
    content["expected_by_type"] = {one["type"]: [OWN_BAND] for one in (first, second)}
    first["expected_cues"] = []
    scenario = store_scenario(content=parse(json.dumps(content)))
    found = [expected.named(question, scenario) for question in scenario.questions.all()[:2]]
    assert found == [[OWN_BAND], second["expected_cues"]]
    assert json.loads(as_file(scenario)) == content
