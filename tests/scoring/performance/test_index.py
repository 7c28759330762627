"""The performance index: range, monotony, renormalisation and calibration, and the paper's own examples."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.cues.bands import PEAK, spread_of
from scoring.cues.baseline import CALIBRATION, Baseline, Usual
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.cues.values import Absent, Value
from scoring.performance.expectation import DEFAULTS, Direction, Expectation, expectations, length_band
from scoring.performance.index import (
    LEAST_WEIGHT,
    Missing,
    Performance,
    Profile,
    band_score,
    own_score,
    performance,
)

CUES = [code for code, spec in CATALOGUE.items() if spec.kind == "continuous"]
NUMBERS = st.floats(-1000, 1000)


def _band(ends: list[float]) -> Band:
    wide_low, low, high, wide_high = sorted(ends)
    return Band(low, high, wide_low, wide_high, "made")


BANDS = st.lists(st.floats(-50, 50), min_size=4, max_size=4, unique=True).map(_band)


@st.composite
def expected(draw: st.DrawFn) -> Expectation:
    return Expectation(
        draw(st.sampled_from(CUES)),
        draw(st.sampled_from(Direction)),
        draw(st.floats(0.01, 1)),
        draw(st.none() | BANDS),
    )


EXPECTED = st.lists(expected(), max_size=8, unique_by=lambda one: one.cue)
USUAL = st.builds(Usual, NUMBERS, st.floats(0, 50), st.integers(1, 30))
BASELINES = st.none() | st.builds(Baseline, st.dictionaries(st.sampled_from(CUES), USUAL))
VALUES = st.dictionaries(
    st.sampled_from(CUES), NUMBERS.map(Value.of) | st.just(Value.none(Absent.NO_VOICE)), max_size=50
)


def known(mean: float, spread: float = 1.0) -> Usual:
    return Usual(mean, spread, CALIBRATION)


def pd(
    values: dict[Cue, float],
    *wanted: Expectation,
    baseline: Baseline | None = None,
    profile: Profile | None = None,
) -> Performance:
    measured = {cue: Value.of(value) for cue, value in values.items()}
    return performance(measured, wanted, baseline=baseline, profile=profile or Profile())


class TestRange:
    @given(VALUES, EXPECTED, BASELINES)
    def test_pd_and_every_score_lie_within_minus_one_and_one(
        self, values: dict[Cue, Value], wanted: list[Expectation], baseline: Baseline | None
    ) -> None:
        found = performance(values, wanted, baseline=baseline)
        assert (found.value is None) != (found.missing is None)
        assert found.value is None or -1 <= found.value <= 1
        assert all(-1 <= term.score <= 1 for term in found.terms)

    @given(VALUES, EXPECTED, BASELINES)
    def test_the_terms_make_the_sum_and_their_weights_one(
        self, values: dict[Cue, Value], wanted: list[Expectation], baseline: Baseline | None
    ) -> None:
        found = performance(values, wanted, baseline=baseline)
        if found.terms:
            assert sum(term.weight for term in found.terms) == pytest.approx(1)
        if found.value is not None:
            assert found.value == pytest.approx(sum(term.contribution for term in found.terms), abs=1e-9)
        assert len(found.terms) + len(found.left_out) == len(wanted)


class TestMonotony:
    @given(NUMBERS, NUMBERS, BANDS, st.none() | st.tuples(NUMBERS, st.floats(0.1, 50)))
    def test_more_is_never_worse_where_more_is_expected(
        self, a: float, b: float, band: Band, usual: tuple[float, float] | None
    ) -> None:
        low, high = sorted((a, b))
        assert _score(Direction.UP, low, band, usual) <= _score(Direction.UP, high, band, usual) + 1e-9
        assert _score(Direction.DOWN, high, band, usual) <= _score(Direction.DOWN, low, band, usual) + 1e-9

    @given(NUMBERS, st.floats(0, 1), BANDS, st.none() | st.tuples(NUMBERS, st.floats(0.1, 50)))
    def test_nearer_to_the_band_is_never_worse(
        self, value: float, share: float, band: Band, usual: tuple[float, float] | None
    ) -> None:
        assert band.low is not None
        assert band.high is not None
        assume(not band.low <= value <= band.high)
        edge = band.low if value < band.low else band.high
        nearer = value + share * (edge - value)
        before, after = (_score(Direction.BAND, at, band, usual) for at in (value, nearer))
        assert before <= after + 1e-9


def _score(direction: Direction, value: float, band: Band, usual: tuple[float, float] | None) -> float:
    one = Expectation(Cue.SEG_LEN, direction, 1.0, band)
    other = Expectation(Cue.SMILE_SHARE, Direction.BAND, 1.0, Band(0, 1, -1, 2, "made"))
    baseline = Baseline({Cue.SEG_LEN: known(*usual)}) if usual else None
    found = pd({Cue.SEG_LEN: value, Cue.SMILE_SHARE: 0.5}, one, other, baseline=baseline)
    return next(term.score for term in found.terms if term.cue is Cue.SEG_LEN)


class TestRenormalisation:
    @given(VALUES, EXPECTED, BASELINES, st.sampled_from(CUES))
    def test_an_absent_cue_leaves_as_if_it_had_not_been_expected(
        self, values: dict[Cue, Value], wanted: list[Expectation], baseline: Baseline | None, gone: Cue
    ) -> None:
        without = {**values, gone: Value.none(Absent.NO_FACE)}
        left = performance(without, wanted, baseline=baseline)
        never = performance(values, [one for one in wanted if one.cue is not gone], baseline=baseline)
        assert left.terms == never.terms
        if left.value is not None:
            assert left.value == never.value

    @given(VALUES, EXPECTED, BASELINES, st.sampled_from(CUES))
    def test_a_cue_that_is_switched_off_leaves_in_the_same_way(
        self, values: dict[Cue, Value], wanted: list[Expectation], baseline: Baseline | None, gone: Cue
    ) -> None:
        off = performance(values, wanted, baseline=baseline, profile=Profile(off=frozenset({gone})))
        absent = performance({**values, gone: Value.none(Absent.NO_FACE)}, wanted, baseline=baseline)
        assert off.terms == absent.terms
        assert all(one.why is Missing.SWITCHED_OFF for one in off.left_out if one.cue is gone)

    def test_with_too_little_left_there_is_none_and_it_says_why(self) -> None:
        wanted = DEFAULTS["opening"]
        total = sum(one.weight for one in wanted)
        found = pd({Cue.WPM: 150, Cue.F0_SD: 3}, *wanted)
        assert 1.2 / total < LEAST_WEIGHT
        assert (found.value, found.missing) == (None, Missing.NO_SIGNAL)
        assert {term.cue for term in found.terms} == {Cue.WPM, Cue.F0_SD}

    def test_one_cue_is_not_a_performance(self) -> None:
        found = pd({Cue.WPM: 150}, Expectation(Cue.WPM, Direction.BAND, 1.0))
        assert found.value is None

    def test_nothing_expected(self) -> None:
        assert pd({Cue.WPM: 150}).missing is Missing.NOTHING_EXPECTED


class TestCalibration:
    WANTED = (Expectation(Cue.SMILE_SHARE, Direction.UP, 1.0), Expectation(Cue.HD_AC, Direction.DOWN, 1.0))

    def test_before_the_third_answer_what_has_no_band_is_left_out(self) -> None:
        young = Baseline({cue: Usual(0.2, 0.1, CALIBRATION - 1) for cue in (Cue.SMILE_SHARE, Cue.HD_AC)})
        found = pd({Cue.SMILE_SHARE: 0.9, Cue.HD_AC: 5}, *self.WANTED, baseline=young)
        assert found.missing is Missing.CALIBRATING
        assert {one.why for one in found.left_out} == {Missing.CALIBRATING}

    def test_what_is_usual_counts_nothing_and_a_peak_does(self) -> None:
        baseline = Baseline({Cue.SMILE_SHARE: known(0.2, 0.1), Cue.HD_AC: known(10, 4)})
        usual = pd({Cue.SMILE_SHARE: 0.25, Cue.HD_AC: 12}, *self.WANTED, baseline=baseline)
        assert usual.value == 0
        better = pd({Cue.SMILE_SHARE: 0.5, Cue.HD_AC: 12}, *self.WANTED, baseline=baseline)
        assert better.value == pytest.approx(0.5)
        worse = pd({Cue.SMILE_SHARE: 0.25, Cue.HD_AC: 22}, *self.WANTED, baseline=baseline)
        assert worse.value == pytest.approx(-0.5)

    @given(st.floats(-PEAK, PEAK))
    def test_within_a_persons_own_variation_there_is_no_peak(self, distance: float) -> None:
        usual = known(30, 7)
        value = 30 + distance * 0.999 * spread_of(Cue.SEG_LEN, usual)
        assert own_score(Expectation(Cue.SEG_LEN, Direction.UP, 1.0), value, usual, None) == 0

    def test_a_band_against_the_own_voice_needs_the_own_voice(self) -> None:
        wanted = (Expectation(Cue.LOUD, Direction.BAND, 1.0), Expectation(Cue.WPM, Direction.BAND, 1.0))
        values = {Cue.LOUD: -20.0, Cue.WPM: 150.0}
        assert pd(values, *wanted).missing is Missing.CALIBRATING
        found = pd(values, *wanted, baseline=Baseline({Cue.LOUD: known(-21, 2)}))
        assert found.value == 1


class TestBand:
    BAND = Band(140, 160, 120, 175, "made")

    @pytest.mark.parametrize(
        ("value", "score"),
        [(150, 1), (140, 1), (130, 0), (120, -1), (90, -1), (160, 1), (167.5, 0), (175, -1), (300, -1)],
    )
    def test_one_inside_minus_one_where_the_tolerated_range_ends(self, value: float, score: float) -> None:
        assert band_score(value, self.BAND, Direction.BAND) == pytest.approx(score)

    def test_where_less_is_expected_too_little_is_no_fault(self) -> None:
        fillers = CATALOGUE[Cue.FILLERS].band
        assert fillers is not None
        assert band_score(0, fillers, Direction.DOWN) == 0.5
        assert band_score(20, fillers, Direction.DOWN) == -0.5

    @given(BANDS, st.sampled_from(Direction))
    def test_an_own_target_takes_the_bands_place(self, target: Band, direction: Direction) -> None:
        assert target.low is not None
        assert target.high is not None
        wanted = (Expectation(Cue.WPM, direction, 1.0), Expectation(Cue.F0_SD, Direction.BAND, 1.0))
        middle = (target.low + target.high) / 2
        found = pd({Cue.WPM: middle, Cue.F0_SD: 3}, *wanted, profile=Profile(targets={Cue.WPM: target}))
        term = next(term for term in found.terms if term.cue is Cue.WPM)
        assert term.score == (1 if direction is Direction.BAND else 0.5)


class TestExpectations:
    def test_the_papers_example_a_short_answer_to_a_complex_question_is_near_minus_one(self) -> None:
        wanted = expectations([], question_type="difficult", expected_s=(45, 120))
        length = next(one for one in wanted if one.cue is Cue.ANSWER_LEN)
        assert band_score(4.0, length_band(45, 120), length.direction) == -1

    def test_a_question_that_names_cues_is_believed_and_the_length_added(self) -> None:
        stored = [
            {"cue": "GZ_DR", "direction": "band", "weight": 0.8},
            {"cue": "GONE", "direction": "up", "weight": 1},
        ]
        wanted = expectations(stored, question_type="opening", expected_s=(30, 75))
        assert [one.cue for one in wanted] == [Cue.GZ_DR, Cue.ANSWER_LEN]

    def test_a_named_length_is_not_doubled_and_a_band_of_the_question_is_taken(self) -> None:
        stored = [
            {
                "cue": "ANSWER_LEN",
                "direction": "band",
                "weight": 1,
                "band": {"low": 10, "high": 20, "wide_high": 30},
            }
        ]
        (one,) = expectations(stored, question_type="opening", expected_s=(30, 75))
        assert one.band == Band(10, 20, None, 30, "")

    @pytest.mark.parametrize("kind", DEFAULTS)
    def test_every_type_has_defaults_over_cues_with_a_band_or_a_direction(self, kind: str) -> None:
        for one in DEFAULTS[kind]:
            assert one.direction is not Direction.BAND or CATALOGUE[one.cue].band is not None

    def test_a_weight_is_over_zero(self) -> None:
        with pytest.raises(ValueError, match="over 0"):
            dataclasses.replace(DEFAULTS["opening"][0], weight=0)
