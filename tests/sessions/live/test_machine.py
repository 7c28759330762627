"""The state machine: the table, and what holds on every way through it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import models
from sessions.live.machine import ALLOWED, OPEN_STATES, NotNow, Place, State, Verb, allows, step

LOBBY = Place(State.LOBBY, 0, 3)
VERBS = st.lists(st.sampled_from(Verb), max_size=60)


def walk(place: Place, verbs: list[Verb]) -> list[Place]:
    """Every place on the way; verbs that are not allowed are left out."""
    places = [place]
    for verb in verbs:
        if allows(places[-1], verb):
            places.append(step(places[-1], verb))
    return places


def test_the_table_of_the_documentation() -> None:
    table = {verb.value: {state.value for state in states} for verb, states in ALLOWED.items()}
    running = {"asking", "thinking", "answering"}
    assert table == {
        "begin": {"lobby"},
        "asked": {"asking"},
        "answer": {"asking", "thinking"},
        "done": running,
        "pause": running,
        "resume": {"paused"},
        "repeat": {"thinking", "answering"},
        "end": {"lobby", "paused", *running},
    }


def test_the_words_are_those_of_the_model() -> None:
    assert [state.value for state in State] == list(models.State.values)


@given(st.sampled_from(State), st.sampled_from(Verb))
def test_what_is_not_allowed_raises(state: State, verb: Verb) -> None:
    place = Place(state, 0, 3, State.THINKING if state == State.PAUSED else None)
    if allows(place, verb):
        step(place, verb)
    else:
        with pytest.raises(NotNow):
            step(place, verb)


@given(VERBS, st.integers(1, 5))
def test_questions_come_one_after_the_other(verbs: list[Verb], questions: int) -> None:
    places = walk(Place(State.LOBBY, 0, questions), verbs)
    positions = [place.position for place in places]
    assert all(0 <= after - before <= 1 for before, after in itertools.pairwise(positions))
    for before, after in itertools.pairwise(places):
        if after.position > before.position:
            assert after.state == State.ASKING


@given(VERBS)
def test_done_is_the_end(verbs: list[Verb]) -> None:
    places = walk(LOBBY, verbs)
    assert all(place.state != State.DONE for place in places[:-1])
    assert not any(allows(Place(State.DONE, 2, 3), verb) for verb in Verb)


@given(VERBS)
def test_a_pause_comes_back_to_where_it_began(verbs: list[Verb]) -> None:
    for place in walk(LOBBY, verbs):
        if place.state in OPEN_STATES:
            assert step(step(place, Verb.PAUSE), Verb.RESUME) == place


@given(VERBS)
def test_every_place_can_be_left_by_end_but_done(verbs: list[Verb]) -> None:
    place = walk(LOBBY, verbs)[-1]
    assert allows(place, Verb.END) == (place.state != State.DONE)


@pytest.mark.parametrize(
    ("state", "position", "questions", "resumes"),
    [
        (State.ASKING, 3, 3, None),
        (State.ASKING, -1, 3, None),
        (State.LOBBY, 0, 0, None),
        (State.PAUSED, 0, 3, None),
        (State.ASKING, 0, 3, State.THINKING),
        (State.PAUSED, 0, 3, State.LOBBY),
        (State.PAUSED, 0, 3, State.PAUSED),
    ],
)
def test_there_are_no_such_places(state: State, position: int, questions: int, resumes: State | None) -> None:
    with pytest.raises(ValueError):
        Place(state, position, questions, resumes)
