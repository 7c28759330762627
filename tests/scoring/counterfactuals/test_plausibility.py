"""What is typical of high samples: marginalising what is absent, and proposals that end in the middle."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from scoring.counterfactuals.plausibility import Precisions, Typical

torch.set_num_threads(1)

MIXING = torch.tensor([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [0.0, -0.5, 0.9]])


def drawn(n: int = 4000) -> torch.Tensor:
    z = torch.randn(n, 3, generator=torch.Generator().manual_seed(2)) @ MIXING.T
    return z + torch.tensor([0.5, -1.0, 0.0])


def test_it_is_the_distance_of_mahalanobis() -> None:
    z = drawn()
    everything = torch.ones_like(z, dtype=torch.bool)
    off = z - z.mean(dim=0)
    wanted = ((off @ torch.linalg.inv(off.T @ off / len(z))) * off).sum(dim=1)
    assert torch.allclose(Typical.of(z, everything).distance(z, everything), wanted, rtol=1e-3, atol=1e-3)


def test_what_is_absent_is_marginalised() -> None:
    z = drawn()
    present = torch.ones_like(z, dtype=torch.bool)
    typical = Typical.of(z, present)
    present[:, 1] = False
    two = Typical.of(z[:, [0, 2]], present[:, [0, 2]])
    hidden = torch.where(present, z, 0.0)
    assert torch.allclose(
        typical.distance(hidden, present),
        two.distance(z[:, [0, 2]], present[:, [0, 2]]),
        rtol=1e-3,
        atol=1e-3,
    )


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=2, max_size=12))
def test_gaps_never_make_a_distance_negative(gaps: list[list[bool]]) -> None:
    present = torch.tensor(gaps)
    z = torch.where(present, drawn(len(gaps)), 0.0)
    assert (Typical.of(z, present).distance(z, present) >= -1e-4).all()


@given(st.floats(-4, 4), st.floats(-4, 4))
def test_a_proposal_goes_to_the_middle_and_no_further(now: float, wanted: float) -> None:
    typical = Typical(torch.zeros(1), torch.eye(1), torch.tensor([-0.5]), torch.tensor([0.5]))
    after = float(typical.towards(torch.tensor([[now]]), torch.tensor([[wanted]])))
    assert min(now, wanted) - 1e-6 <= after <= max(now, wanted) + 1e-6
    assert -0.5 <= after <= 0.5 or abs(after) <= abs(now) + 1e-6


def test_beside_the_others_no_value_is_more_typical() -> None:
    z = drawn(50)
    present = torch.ones_like(z, dtype=torch.bool)
    typical = Typical.of(drawn(), torch.ones_like(drawn(), dtype=torch.bool))
    beside = typical.beside(z, present, typical.precision(present))
    for place in range(3):
        moved = z.clone()
        moved[:, place] = beside[:, place]
        best = typical.distance(moved, present)
        assert (best <= typical.distance(z, present) + 1e-4).all()
        for off in (-0.1, 0.1):
            moved[:, place] = beside[:, place] + off
            assert (typical.distance(moved, present) > best).all()


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), max_size=12))
def test_precisions_that_are_kept_are_those_that_are_reckoned(gaps: list[list[bool]]) -> None:
    present = torch.tensor(gaps, dtype=torch.bool).reshape(-1, 3)
    typical = Typical(torch.zeros(3), MIXING @ MIXING.T, torch.zeros(3), torch.zeros(3))
    kept = Precisions(typical)
    for _ in range(2):
        assert torch.allclose(kept.of(present), typical.precision(present))
