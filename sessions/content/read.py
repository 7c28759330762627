"""Reads and checks scenario files: ours at installation, and those that teachers import."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Never

from scoring.cues.catalogue import CATALOGUE, Cue
from sessions.content.fields import (
    as_choice,
    as_language,
    as_list,
    as_number,
    as_object,
    as_slug,
    as_text,
    as_weight,
    as_whole,
    check_distinct,
)
from sessions.content.schema import (
    SCHEMA_VERSION,
    ContentError,
    Direction,
    ExpectedBand,
    ExpectedCue,
    OrderRule,
    Place,
    QuestionContent,
    QuestionType,
    ScenarioContent,
)
from sessions.content.topics import Topic
from sessions.content.topics import gettext_noop as _

__all__ = ["ContentError", "QuestionContent", "ScenarioContent", "parse", "read_all", "read_file"]

SHIPPED = Path(__file__).parent / "scenarios"
ORIGINAL_LANGUAGE = "en"
MOST_CHARACTERS = 200_000

_SCENARIO = (
    "schema",
    "slug",
    "language",
    "title",
    "job_title",
    "summary",
    "order_rule",
    "thinking_s",
    "questions",
)
_QUESTION = (
    "key",
    "text",
    "type",
    "topics",
    "difficulty",
    "expected_s",
    "expected_cues",
    "point",
    "key_points",
)
_CUE = ("cue", "direction", "weight")
_BAND = ("low", "high")


def read_all(folder: Path = SHIPPED) -> list[ScenarioContent]:
    """Every scenario in the folder, ordered by file name.

    Raises:
        ContentError: a file is not valid or not named `<slug>.<language>.json`, or a translation has no English
            file or not its question keys.
    """
    scenarios = [read_file(path) for path in sorted(folder.glob("*.json"))]
    _check_translations(scenarios)
    return scenarios


def read_file(path: Path) -> ScenarioContent:
    """The scenario in a file, whose name says what is in it. Raises ContentError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(Place(path.name), _("is not UTF-8 text")) from error
    scenario = parse(text, source=path.name)
    name = _file_name(scenario)
    if path.name != name:
        raise ContentError(Place(path.name), _("must be named %(name)s"), {"name": name})
    return scenario


def parse(text: str, *, source: str = "") -> ScenarioContent:
    """The scenario that a file's text describes; `source` is the file's name, for the errors. Raises ContentError."""
    return _scenario(_json(text, Place(source)), Place(source))


def _json(text: str, place: Place) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        check_distinct([name for name, _value in pairs], place)
        return dict(pairs)

    def no_constant(name: str) -> Never:
        raise ContentError(place, _("holds %(name)s, which is not a number"), {"name": name})

    if len(text) > MOST_CHARACTERS:
        raise ContentError(place, _("has more than %(longest)s characters"), {"longest": MOST_CHARACTERS})
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=once, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise ContentError(
            place,
            _("is not valid JSON at line %(line)s, column %(column)s: %(problem)s"),
            {"line": error.lineno, "column": error.colno, "problem": error.msg},
        ) from error
    except (ValueError, RecursionError) as error:
        raise ContentError(place, _("holds a number or a nesting that is far too large")) from error


def _scenario(value: object, place: Place) -> ScenarioContent:
    # The version comes first: a file of another version may well have other fields.
    if isinstance(value, dict) and "schema" in value:
        as_whole(value["schema"], place.at("schema"), SCHEMA_VERSION, SCHEMA_VERSION)
    raw = as_object(value, place, _SCENARIO, optional=("expected_by_type",))
    by_type = _by_type(raw.get("expected_by_type", {}), place.at("expected_by_type"))
    return ScenarioContent(
        slug=as_slug(raw["slug"], place.at("slug")),
        language=as_language(raw["language"], place.at("language")),
        title=as_text(raw["title"], place.at("title"), 120),
        job_title=as_text(raw["job_title"], place.at("job_title"), 120),
        summary=as_text(raw["summary"], place.at("summary"), 600),
        order_rule=as_choice(raw["order_rule"], place.at("order_rule"), OrderRule),
        thinking_s=_thinking(raw["thinking_s"], place.at("thinking_s")),
        questions=_questions(raw["questions"], place),
        expected_by_type=by_type,
    )


def _by_type(value: object, place: Place) -> dict[QuestionType, tuple[ExpectedCue, ...]]:
    """What questions expect that name nothing themselves, by their type."""
    raw = as_object(value, place, (), optional=[type_.value for type_ in QuestionType])
    return {QuestionType(name): _expected_cues(cues, place.at(name)) for name, cues in raw.items()}


def _questions(value: object, place: Place) -> tuple[QuestionContent, ...]:
    items = as_list(value, place.at("questions"), 1, 30)
    questions = tuple(
        _question(item, Place(place.source, str(number))) for number, item in enumerate(items, start=1)
    )
    check_distinct([question.key for question in questions], place.at("questions"))
    return questions


def _question(value: object, place: Place) -> QuestionContent:
    raw = as_object(value, place, _QUESTION, optional=("thinking_s",))
    key = as_slug(raw["key"], place.at("key"))
    place = Place(place.source, f"{place.question} ({key})")
    return QuestionContent(
        key=key,
        text=as_text(raw["text"], place.at("text"), 400),
        type=as_choice(raw["type"], place.at("type"), QuestionType),
        topics=_topics(raw["topics"], place.at("topics")),
        difficulty=as_whole(raw["difficulty"], place.at("difficulty"), 1, 5),
        expected_s=_expected_s(raw["expected_s"], place.at("expected_s")),
        thinking_s=_thinking(raw["thinking_s"], place.at("thinking_s")) if "thinking_s" in raw else None,
        expected_cues=_expected_cues(raw["expected_cues"], place.at("expected_cues")),
        point=as_text(raw["point"], place.at("point"), 300),
        key_points=_key_points(raw["key_points"], place.at("key_points")),
    )


def _thinking(value: object, place: Place) -> int:
    return as_whole(value, place, 0, 120)


def _topics(value: object, place: Place) -> tuple[Topic, ...]:
    items = as_list(value, place, 1, 3)
    topics = tuple(as_choice(item, place.at(index), Topic) for index, item in enumerate(items))
    check_distinct(topics, place)
    return topics


def _expected_s(value: object, place: Place) -> tuple[int, int]:
    low, high = (
        as_whole(item, place.at(index), 5, 600) for index, item in enumerate(as_list(value, place, 2, 2))
    )
    if low >= high:
        raise ContentError(
            place,
            _("must begin with the smaller number, not %(low)s and %(high)s"),
            {"low": low, "high": high},
        )
    return low, high


def _expected_cues(value: object, place: Place) -> tuple[ExpectedCue, ...]:
    items = as_list(value, place, 0, 8)
    expected = tuple(_expected_cue(item, place.at(index)) for index, item in enumerate(items))
    check_distinct([one.cue for one in expected], place)
    return expected


def _expected_cue(value: object, place: Place) -> ExpectedCue:
    raw = as_object(value, place, _CUE, optional=("band",))
    cue = as_choice(raw["cue"], place.at("cue"), Cue)
    direction = as_choice(raw["direction"], place.at("direction"), Direction)
    band = _band(raw["band"], cue, place.at("band")) if "band" in raw else None
    if direction is Direction.BAND and CATALOGUE[cue].band is None and band is None:
        raise ContentError(
            place.at("direction"),
            _("cannot be band: %(cue)s has no band, only up or down"),
            {"cue": cue.value},
        )
    return ExpectedCue(cue, direction, as_weight(raw["weight"], place.at("weight")), band)


def _band(value: object, cue: Cue, place: Place) -> ExpectedBand:
    raw = as_object(value, place, (), optional=_BAND)
    if not raw:
        raise ContentError(place, _("needs low, high or both"))
    spec = CATALOGUE[cue]
    low, high = (
        as_number(raw[end], place.at(end), spec.low, spec.high) if end in raw else None for end in _BAND
    )
    if low is not None and high is not None and low >= high:
        raise ContentError(
            place,
            _("must begin with the smaller number, not %(low)s and %(high)s"),
            {"low": low, "high": high},
        )
    return ExpectedBand(low, high)


def _key_points(value: object, place: Place) -> tuple[str, ...]:
    items = as_list(value, place, 1, 6)
    points = tuple(as_text(item, place.at(index), 120) for index, item in enumerate(items))
    check_distinct(points, place)
    return points


def _check_translations(scenarios: Iterable[ScenarioContent]) -> None:
    keys = {(one.slug, one.language): [question.key for question in one.questions] for one in scenarios}
    for (slug, language), own in keys.items():
        original = keys.get((slug, ORIGINAL_LANGUAGE))
        place = Place(f"{slug}.{language}.json")
        if original is None:
            raise ContentError(place, _("is a translation without an English file"))
        if own != original:
            raise ContentError(
                place.at("questions"), _("must have the keys of the English file, in its order")
            )


def _file_name(scenario: ScenarioContent) -> str:
    return f"{scenario.slug}.{scenario.language}.json"
