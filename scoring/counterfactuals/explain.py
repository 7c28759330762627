"""From a sample to advice: the fewest and most plausible changes that turn the verdict.

The generator says where a sample should move so that it looks like a real high one; most of its changes are not needed
for the verdict. So its proposal is taken apart into moves of one feature each (`moves`). The classifier says what each
move does alone; for pairs of moves the two effects are added, the most promising pairs are classified, and the best
that turns the verdict is taken. Best is the shortest way (in training spreads), less what it gains in plausibility: an
untypical value is moved rather than a typical one.

Where no two changes turn the verdict, as many are made one by one as it takes: first those that the generator proposes,
then, for a sample that lies further out than it has learnt, those by which the classifier itself rises. What a learner
is shown is never more than two.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from scoring.counterfactuals.moves import Costs, Moves, Samples, charges, places, towards
from scoring.counterfactuals.plausibility import Precisions
from scoring.counterfactuals.training import Classifier, Turner

MOST_CHANGES = 2

VERIFIED = 8
"""Candidates of a sample that are classified together, the most promising first."""

FOR_COST = 0.3
"""Logit that a spread of way must bring, where more than two moves are needed."""

AT_ONCE = 1 << 17
"""Candidates that are weighed together: bounds the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactuals:
    """For n samples: `after` (n, k), what was `changed` (n, k), whether the verdict is `valid` (n,).

    Where nothing turns the verdict, `after` is the sample itself. `shown` (n, k) has never more than `MOST_CHANGES`:
    `after` where that has no more, else the changes that bring the sample nearest to "high"; `reached` (n,) is the
    classifier's logit of it, so that callers can say how far it gets. `proposed` (n, k) is the generator's proposal.
    """

    after: Tensor
    changed: Tensor
    valid: Tensor
    shown: Tensor
    reached: Tensor
    proposed: Tensor


class Explainer:
    """Asks the generator and prunes. Everything is batched; nothing is searched for one sample after the other."""

    def __init__(self, turner: Turner, classifier: Classifier) -> None:
        self._turner, self._classifier = turner, classifier
        self._place, self._charges = places(turner.schema), charges(turner.schema)
        self._precisions = Precisions(turner.typical)
        self._first = torch.arange(float(VERIFIED), 0.0, -1.0)

    @torch.inference_mode()
    def explain(self, features: Tensor, free: Tensor | None = None) -> Counterfactuals:
        """Counterfactuals of samples (n, k), NaN where absent; `free` (n, k) is False where a feature must not move."""
        free = torch.ones_like(features, dtype=torch.bool) if free is None else free
        rows = max(1, AT_ONCE // max(1, self._charges.numel()))
        starts = range(0, max(1, len(features)), rows)
        parts = [self._some(features[start : start + rows], free[start : start + rows]) for start in starts]
        return _joined(parts) if len(parts) > 1 else parts[0]

    def _some(self, features: Tensor, free: Tensor) -> Counterfactuals:
        proposed = self._turner(features, free)
        samples = Samples.of(features, self._turner, self._precisions)
        moves = towards(samples, proposed, free, self._turner, self._place)
        shown, reached = self._few(samples, moves)
        valid, after = reached >= 0, shown
        if not valid.all():
            after, valid = self._beyond(samples, moves, free, shown, valid)
            few = valid & (((after != features) & samples.present).sum(dim=1) <= MOST_CHANGES)
            shown = torch.where(few[:, None], after, shown)
            reached = torch.where(few & (reached < 0), self._classifier(after), reached)
        return Counterfactuals(after, (after != features) & samples.present, valid, shown, reached, proposed)

    def _few(self, samples: Samples, moves: Moves) -> tuple[Tensor, Tensor]:
        """The best one or two moves made in the samples (n, k), and the logits (n,) that they reach."""
        features = samples.features
        logits = self._verdicts(torch.cat([features[:, None], moves.alone(features)], dim=1))
        before, alone = logits[:, :1], logits[:, 1:]
        reach = alone[:, :, None] + (alone - before)[:, None]
        reach.diagonal(dim1=1, dim2=2).copy_(alone)
        cost = Costs(samples, moves, self._turner).of(self._charges)
        found, reached = self._best(features, moves, torch.where(reach >= 0, cost, torch.inf))
        low = reached < 0
        if low.any():
            far = torch.where(cost[low].isfinite(), -reach[low], torch.inf)
            found[low], reached[low] = self._best(features[low], moves.at(low), far)
        return found, reached

    def _best(self, features: Tensor, moves: Moves, cost: Tensor) -> tuple[Tensor, Tensor]:
        """Of the cheapest candidates (n, m, m) the first that turns the verdict, else the nearest to it."""
        m = cost.shape[1]
        cheapest = cost.flatten(1).topk(min(VERIFIED, m * m), largest=False)
        made = moves.made(features, cheapest.indices // m, cheapest.indices % m)
        made = torch.where((cheapest.values < torch.inf)[..., None], made, features[:, None])
        logits = self._verdicts(made)
        # What turns is positive, the first the most; what does not is negative.
        best = torch.where(logits >= 0, self._first[: logits.shape[1]], logits).argmax(dim=1, keepdim=True)
        found = made.gather(1, best[..., None].expand(-1, -1, made.shape[2]))[:, 0]
        return found, logits.gather(1, best)[:, 0]

    def _beyond(
        self, samples: Samples, moves: Moves, free: Tensor, shown: Tensor, valid: Tensor
    ) -> tuple[Tensor, Tensor]:
        """`after` and `valid` where two of the moves did not turn everything: more moves, then other ones."""
        after = shown
        for ways in (moves.at, lambda rest: self._steepest(samples.at(rest), free[rest])):
            rest = torch.nonzero(~valid)[:, 0]
            if not len(rest):
                break
            found, turned = self._more(samples.at(rest), ways(rest))
            after, valid = after.index_copy(0, rest, found), valid.index_copy(0, rest, turned)
        return after, valid

    def _more(self, samples: Samples, moves: Moves) -> tuple[Tensor, Tensor]:
        """Samples (n, k) with as many moves as it takes, most help for the cost first; and what is turned (n,).

        Each move must help; a feature may go on to its next target. Where all that helps does not turn the verdict,
        the sample itself.
        """
        before, now, rows = samples.features, samples, torch.arange(len(samples.features))
        reached = self._classifier(before)
        for _ in range(len(moves.place)):
            made = moves.alone(now.features)
            logits = self._verdicts(made)
            helps = moves.possible & (logits > reached[:, None])
            on = (reached < 0) & helps.any(dim=1)
            if not on.any():
                break
            worth = logits.clamp(max=0) - FOR_COST * Costs(now, moves, self._turner).alone
            best = torch.where(helps, worth, -torch.inf).argmax(dim=1)
            now = now.moved_to(torch.where(on[:, None], made[rows, best], now.features), self._turner)
            reached = torch.where(on, logits[rows, best], reached)
        turned = reached >= 0
        return torch.where(turned[:, None], now.features, before), turned

    def _steepest(self, samples: Samples, free: Tensor) -> Moves:
        """Moves the way the classifier itself rises, for samples that lie further out than the generator has learnt."""
        with torch.inference_mode(False), torch.enable_grad():
            features = samples.features.clone().requires_grad_()
            (slope,) = torch.autograd.grad(self._classifier(features).sum(), features)
        step = slope.nan_to_num().sign() * self._turner.scale.spread
        return towards(samples, samples.features + step, free, self._turner, self._place)

    def _verdicts(self, samples: Tensor) -> Tensor:
        """Logits (n, c) of samples (n, c, k)."""
        return self._classifier(samples.flatten(0, 1)).view(samples.shape[:2])


def _joined(parts: list[Counterfactuals]) -> Counterfactuals:
    names = [field.name for field in fields(Counterfactuals)]
    return Counterfactuals(*(torch.cat([getattr(part, name) for part in parts]) for name in names))
