"""The advice on a whole answer: at most two changes, only permitted ones, and counts that the classifier confirms."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from scoring.advice.advise import Advice, Limits, Missing, advise, moments
from scoring.advice.schema import FEATURES, interview_schema
from scoring.counterfactuals.network import Config, Generator
from scoring.counterfactuals.training import Scale, Turner
from scoring.cues.catalogue import Band, Cue
from scoring.engagement.network import default
from scoring.performance.index import NO_PROFILE, Profile
from scoring.simulation.dataset import simulate

torch.set_num_threads(1)
NAMES = [feature.name for feature in FEATURES]
GAZE, HAND, ELBOW = (NAMES.index(name) for name in ("GZ_DR", "HD_TH", "XROT_LE"))
MEAN = torch.tensor([0.1, 0.5, 10, 0.1, 0.1, 0.4, 0.4, 25, 25, 0.4, 0.4, 90, 90, 0.04, 2, 0.7, 0.8, 0.4])
SPREAD = torch.tensor([0.2, 0.2, 4, 0.2, 0.1, 0.2, 0.2, 22, 22, 0.3, 0.3, 20, 20, 0.02, 1, 0.2, 0.4, 0.2])


class Towards(Generator):
    """A generator that always wants the same: `wish` in spreads."""

    def __init__(self, wish: Tensor) -> None:
        super().__init__(len(NAMES), Config(hidden=4, blocks=1))
        self.wish = wish

    def forward(self, z: Tensor, present: Tensor, free: Tensor) -> Tensor:
        return self.wish.expand_as(z) * (present & free)


def turner(wish: Tensor | None = None) -> Turner:
    """Without a wish: what may move wants to, as far as it may."""
    schema = interview_schema()
    up = torch.where(schema.may_rise, 2.0, -2.0)
    return Turner(Towards(up if wish is None else wish), Scale(MEAN, SPREAD), schema)


def weighing(**weights: float) -> Callable[[Tensor], Tensor]:
    """A classifier: the sum of the features' distances from the mean, in spreads, weighted; absent ones count 0."""

    def logits(features: Tensor) -> Tensor:
        z = ((features - MEAN) / SPREAD).nan_to_num()
        return sum((weight * z[..., NAMES.index(name)] for name, weight in weights.items()), torch.zeros(()))

    return logits


def advice_on(
    features: np.ndarray,
    network: Callable[[Tensor], Tensor],
    *,
    profile: Profile = NO_PROFILE,
    generator: Turner | None = None,
    first: int = 0,
) -> Advice:
    generator = generator or turner()
    with torch.no_grad():
        probabilities = (
            torch.sigmoid(network(torch.as_tensor(features, dtype=torch.float32))).double().numpy()
        )
    limits = Limits.of(generator.schema, profile)
    return advise(features, probabilities, first=first, network=network, turner=generator, limits=limits)


def seconds(n: int = 20, **values: float) -> np.ndarray:
    rows = np.tile(MEAN.double().numpy(), (n, 1))
    for name, value in values.items():
        rows[:, NAMES.index(name)] = value
    return rows


# --- what is advised ------------------------------------------------------------------------------------


def test_what_makes_the_seconds_low_is_what_is_advised() -> None:
    rows = seconds(20, GZ_DR=0.2)
    rows[:8, GAZE] = 0.7
    found = advice_on(rows, weighing(GZ_DR=1.0), first=5)
    (change,) = found.changes
    assert (change.cue, change.direction, change.before, change.seconds) == ("GZ_DR", "up", 0.2, 12)
    assert change.moments == ((13_000, 25_000),)
    assert (found.seconds, found.low, found.turned, found.missing) == (20, 12, 12, None)
    assert found.before is not None
    assert found.after is not None
    assert found.after > found.before


def test_two_are_advised_only_where_one_does_not_do() -> None:
    one = advice_on(seconds(GZ_DR=0.4, HD_TH=0.11), weighing(GZ_DR=1.0, HD_TH=-1.0))
    assert len(one.changes) == 1
    both = advice_on(seconds(GZ_DR=0.0, HD_TH=0.5), weighing(GZ_DR=1.0, HD_TH=-1.0))
    assert {(change.cue, change.direction) for change in both.changes} == {("GZ_DR", "up"), ("HD_TH", "down")}


def test_what_was_switched_off_is_never_advised() -> None:
    rows = seconds(GZ_DR=0.2, HD_TH=0.11)
    network = weighing(GZ_DR=1.0, VAL_F=0.8)
    assert advice_on(rows, network).changes[0].cue in {"GZ_DR", "VAL_F"}
    found = advice_on(rows, network, profile=Profile(frozenset({Cue.GZ_DR})))
    assert [change.cue for change in found.changes] == ["VAL_F"]


def test_with_everything_switched_off_the_reason_is_said() -> None:
    off = frozenset(Cue(feature.name) for feature in FEATURES)
    assert advice_on(seconds(GZ_DR=0.2), weighing(GZ_DR=1.0), profile=Profile(off)).missing is Missing.FROZEN


def test_an_own_target_is_never_left() -> None:
    band = Band(0.3, 0.45, 0.2, 0.6, "own target")
    profile = Profile(targets={Cue.GZ_DR: band})
    found = advice_on(seconds(GZ_DR=0.1), weighing(GZ_DR=1.0, VAL_F=4.0), profile=profile)
    assert all(change.after <= 0.45 for change in found.changes if change.cue == "GZ_DR")
    above = advice_on(seconds(GZ_DR=0.48), weighing(GZ_DR=1.0), profile=profile)
    assert above.missing is Missing.NONE_FOUND


def test_what_cannot_be_advised_gives_no_advice() -> None:
    found = advice_on(seconds(XROT_LE=60.0), weighing(XROT_LE=1.0))
    assert (found.changes, found.missing, found.turned) == ((), Missing.NONE_FOUND, 0)


def test_absent_features_do_not_appear_in_advice() -> None:
    rows = seconds(GZ_DR=float("nan"), VAL_F=-0.2)
    found = advice_on(rows, weighing(GZ_DR=1.0, VAL_F=1.0))
    assert [change.cue for change in found.changes] == ["VAL_F"]


def test_nearly_all_high_needs_nothing() -> None:
    rows = seconds(100, GZ_DR=0.7)
    rows[:5, GAZE] = 0.1
    assert advice_on(rows, weighing(GZ_DR=1.0)).missing is Missing.ALREADY_HIGH
    rows[:6, GAZE] = 0.1
    assert advice_on(rows, weighing(GZ_DR=1.0)).turned == 6


def test_abstained_seconds_are_neither_low_nor_advised() -> None:
    rows = seconds(10, GZ_DR=0.2)
    probabilities = np.full(10, 0.3)
    probabilities[:4] = np.nan
    generator = turner()
    limits = Limits.of(generator.schema, NO_PROFILE)
    found = advise(rows, probabilities, first=0, network=weighing(GZ_DR=1.0), turner=generator, limits=limits)
    assert (found.seconds, found.low) == (6, 6)
    assert found.changes[0].moments == ((4_000, 10_000),)
    nothing = np.full(10, np.nan)
    found = advise(rows, nothing, first=0, network=weighing(GZ_DR=1.0), turner=generator, limits=limits)
    assert found == Advice(missing=Missing.TOO_LITTLE)


def test_another_table_is_refused() -> None:
    generator = turner()
    limits = Limits.of(generator.schema, NO_PROFILE)
    with pytest.raises(ValueError, match="17 columns"):
        advise(np.zeros((3, 17)), np.zeros(3), first=0, network=weighing(), turner=generator, limits=limits)


# --- on simulated people, with the model that is shipped ------------------------------------------------------


@functools.cache
def people() -> np.ndarray:
    return simulate(seed=5, people=12, answers=1, seconds=25).features.reshape(12, 25, 18)


@given(
    st.integers(0, 11),
    st.sets(st.sampled_from([Cue(name) for name in NAMES]), max_size=10),
    st.one_of(st.none(), st.tuples(st.floats(0.1, 0.4), st.floats(0.4, 0.9))),
    st.integers(0, 2**31),
)
@settings(max_examples=40)
def test_advice_keeps_to_what_is_permitted_and_counts_right(
    person: int, off: set[Cue], target: tuple[float, float] | None, seed: int
) -> None:
    network, _ = default()
    torch.manual_seed(seed)
    targets = {Cue.GZ_DR: Band(*target, 0.0, 1.0, "own target")} if target else {}
    profile = Profile(frozenset(off), targets)
    rows = people()[person].copy()
    rows[:, [NAMES.index(code.value) for code in off]] = np.nan
    generator = Turner(Generator(18, Config(hidden=8, reach=4.0)), Scale(MEAN, SPREAD), interview_schema())
    found = advice_on(rows, network, profile=profile, generator=generator)

    assert len(found.changes) <= 2
    assert 0 <= found.turned <= found.low <= found.seconds
    assert bool(found.changes) == (found.missing is None) == (found.turned > 0)
    schema = interview_schema()
    for change in found.changes:
        place = NAMES.index(change.cue)
        feature = FEATURES[place]
        assert feature.movable
        assert feature.sign in ("both", change.direction)
        assert Cue(change.cue) not in off
        assert feature.low - 1e-6 <= change.after <= feature.high + 1e-6
        assert (change.after > change.before) == (change.direction == "up")
        assert abs(change.after - change.before) >= feature.step / 2
        if change.cue in targets:
            assert targets[Cue.GZ_DR].low <= change.after <= targets[Cue.GZ_DR].high
        assert 0 < change.seconds <= found.turned
        assert 1 <= len(change.moments) <= 6
        assert all(0 <= start < end <= 25_000 for start, end in change.moments)
        assert list(change.moments) == sorted(change.moments)
    assert found.turned == _turned(rows, network, found, schema.step)


def _turned(rows: np.ndarray, network: Callable[[Tensor], Tensor], found: Advice, step: Tensor) -> int:
    """Counted anew: every low second moved to the levels that are named."""
    now = torch.as_tensor(rows, dtype=torch.float32)
    after = now.clone()
    for change in found.changes:
        place = NAMES.index(change.cue)
        way = change.after - now[:, place] if change.direction == "up" else now[:, place] - change.after
        after[way >= step[place] - 1e-6, place] = change.after
    with torch.no_grad():
        return int(((network(now) < 0) & (network(after) >= 0)).sum()) if found.changes else 0


# --- moments ------------------------------------------------------------------------------------------------


def test_moments_are_merged_over_a_second_and_no_longer() -> None:
    assert moments([1, 2, 4, 7, 8]) == ((1000, 5000), (7000, 9000))


def test_short_moments_are_shown_only_where_there_is_no_longer_one() -> None:
    assert moments([1, 5, 6]) == ((5000, 7000),)
    assert moments([1, 5]) == ((1000, 2000), (5000, 6000))


def test_the_longest_moments_are_kept_in_order_of_time() -> None:
    runs = [range(10 * i, 10 * i + 2 + i % 4) for i in range(8)]
    found = moments([second for run in runs for second in run])
    assert len(found) == 6
    assert list(found) == sorted(found)
    assert (30_000, 35_000) in found
    assert (70_000, 75_000) in found
