"""Agreement of teachers against figures worked out by hand and the textbook's example."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.metrics.agreement import icc_one_way
from sessions.models import Rating
from sessions.ratings.agreement import ENGAGEMENT, LEAST, NO_SPREAD, TOO_FEW, Agreement, agreements, table

RATERS = [uuid.UUID(int=n) for n in range(1, 5)]


def ratings(rows: Sequence[Sequence[int | None]], key: str = "", name: str = "") -> list[Rating]:
    """Unsaved ratings of as many answers as there are rows, one column for each rater."""
    made = []
    for number, row in enumerate(rows):
        for rater, level in zip(RATERS, row, strict=False):
            if level is not None:
                criteria = [{"key": key, "name": name, "level": level}] if key else []
                engagement = None if key else level
                answer = uuid.UUID(int=100 + number)
                made.append(
                    Rating(answer_id=answer, rater_id=rater, engagement=engagement, criteria=criteria)
                )
    return made


def engagement(rows: Sequence[Sequence[int | None]]) -> Agreement:
    return agreements(ratings(rows))[0]


def test_against_figures_by_hand() -> None:
    """Ten answers, two raters who differ by one level on two of them.

    Means 1, 1.5, 2, 2, 3, 3, 4, 4, 4.5, 5, their mean 3. Between:
    2 * (4 + 2.25 + 1 + 1 + 0 + 0 + 1 + 1 + 2.25 + 4) / 9 = 33 / 9. Within: (0.5 + 0.5) / 10 = 0.1.
    Kappa: the squared differences sum up to 2; by chance, with the counts 2, 2, 2, 2, 2 and 1, 3, 2, 3, 1, to
    10 * (2.0 + 1.4) = 34, the two variances around the common mean.
    """
    rows = [(1, 1), (1, 2), (2, 2), (2, 2), (3, 3), (3, 3), (4, 4), (4, 4), (5, 4), (5, 5)]
    found = engagement(rows)
    assert found.icc is not None
    assert found.icc.single == pytest.approx((33 / 9 - 0.1) / (33 / 9 + 0.1))
    assert found.icc.mean == pytest.approx((33 / 9 - 0.1) / (33 / 9))
    assert found.kappa == pytest.approx(1 - 2 / 34)
    assert (found.key, found.answers, found.raters, found.missing) == (ENGAGEMENT, 10, 2, "")
    assert found.icc_same is not None  # both rated all


def test_the_two_way_one_is_there_only_where_all_rated_all() -> None:
    rows = [(1, 1), (1, 2), (2, 2), (2, 2), (3, 3), (3, 3), (4, 4), (4, 4), (5, 4), (None, 5, 5)]
    found = engagement(rows)
    assert (found.answers, found.raters) == (10, 3)
    assert found.icc is not None
    assert found.icc_same is None


def test_answers_of_one_rater_count_for_nothing() -> None:
    rows: list[tuple[int | None, ...]] = [(n % 5 + 1, n % 5 + 1) for n in range(LEAST - 1)]
    found = engagement([*rows, (3, None), (None, 5)])
    assert (found.answers, found.icc, found.kappa, found.missing) == (LEAST - 1, None, None, TOO_FEW)
    assert engagement([]).missing == TOO_FEW


def test_raters_who_say_always_the_same_cannot_be_compared() -> None:
    found = engagement([(3, 3)] * LEAST)
    assert (found.icc, found.kappa, found.missing) == (None, None, NO_SPREAD)


def test_each_criterion_has_its_own_line_by_its_newest_name() -> None:
    rows = [(n % 5 + 1, (n + 1) % 5 + 1) for n in range(LEAST)]
    newest = ratings(rows[:1], "structure", "Order of thought")
    found = agreements([*newest, *ratings(rows, "structure", "Structure"), *ratings(rows)])
    assert [(one.key, one.name, one.answers) for one in found] == [
        (ENGAGEMENT, "", LEAST),
        ("structure", "Order of thought", LEAST),
    ]


def test_ratings_of_somebody_who_is_gone_are_left_out() -> None:
    gone = ratings([(n % 5 + 1, 5) for n in range(LEAST)])
    for rating in gone[1::2]:
        rating.rater_id = None
    assert agreements(gone)[0].missing == TOO_FEW


Rows = st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=4, max_size=4), max_size=25)


@given(Rows)
def test_the_table_holds_what_two_rated_and_the_figures_stay_in_their_range(
    rows: list[list[int | None]],
) -> None:
    twice = [row for row in rows if sum(level is not None for level in row) >= 2]
    levels = {(one.answer_id, one.rater_id): one.engagement for one in ratings(rows)}
    filled = table(levels)  # type: ignore[arg-type]
    assert filled.shape[0] == len(twice)
    assert np.nansum(filled) == sum(level or 0 for row in twice for level in row)
    found = engagement(rows)
    assert (found.icc is None) == bool(found.missing)
    if found.icc is not None:
        assert found.icc == icc_one_way(filled)
        assert -1.0 <= found.icc.single <= 1.0
