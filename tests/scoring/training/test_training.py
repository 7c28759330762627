"""Training on rated answers: what ratings become, who is compared on what, when a new model is better, and its card."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scoring.engagement.features import FEATURES
from scoring.engagement.network import CARD, About, EngagementNetwork, default, load
from scoring.engagement.serving import of_features
from scoring.engagement.training import Settings
from scoring.interchange import simulated
from scoring.interchange.layout import About as DataAbout
from scoring.interchange.layout import Answer, Interview, Moments, Rating
from scoring.interchange.reading import Dataset, read
from scoring.interchange.simulated import Plan
from scoring.interchange.writing import Writer
from scoring.training import comparing, engagement
from scoring.training.agreement import ceiling
from scoring.training.comparing import Figures, Interval, auroc_difference, is_better
from scoring.training.limits import LEAST_ANSWERS, LEAST_PEOPLE
from scoring.training.material import Material, TooLittle, gather, highness
from scoring.training.watching import Stage, Stopped, ignore, watched

# Several test processes share the cores: more threads than one only wait for each other.
torch.set_num_threads(1)

QUICK = Settings(epochs=4, rate=2e-3, pull=5.0)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Raters who like what the default model has learnt to be low."""
    folder = tmp_path_factory.mktemp("calm") / "set"
    simulated.write(folder, Plan(answers=200, raters=5, seed=4, taste="calm"))
    return read(folder)


@pytest.fixture(scope="module")
def material(calm: Dataset) -> Material:
    return gather(calm)


@pytest.fixture(scope="module")
def trial(material: Material) -> engagement.Trial:
    return engagement.evaluate(material, default(), folds=3, settings=QUICK)


def folder_of(
    folder: Path, ratings: Iterable[Rating], people: int = 12, each: int = 4, seconds: int = 6
) -> Dataset:
    """People p0, p1, .. with answers a0, a1, .. in turn."""
    rng = np.random.default_rng(0)
    with Writer(folder, DataAbout("a test")) as out:
        for person in range(people):
            out.interview(Interview(f"i{person}", f"p{person}"))
            for position in range(each):
                own = Moments(np.arange(seconds, dtype=float), rng.standard_normal((seconds, len(FEATURES))))
                out.answer(Answer(f"a{person * each + position}", f"i{person}", position + 1, seconds), own)
        for rating in ratings:
            out.rating(rating)
    return read(folder)


def alternating(answers: Iterable[int], levels: int = 2) -> list[Rating]:
    return [Rating(f"a{number}", "t1", levels if number % 2 else 1, levels) for number in answers]


class TestMaterial:
    @given(level=st.integers(1, 10), levels=st.integers(2, 10))
    def test_high_is_above_the_middle_and_the_very_middle_is_half(self, level: int, levels: int) -> None:
        if level > levels:
            return
        mirrored = highness(Rating("a", "t", levels + 1 - level, levels))
        assert highness(Rating("a", "t", level, levels)) + mirrored == 1
        assert highness(Rating("a", "t", levels, levels)) == 1

    def test_several_raters_make_soft_labels_by_level(self, tmp_path: Path) -> None:
        said = [*alternating(range(48), 5), Rating("a0", "t2", 3, 5), Rating("a1", "t2", 3, 5)]
        found = gather(folder_of(tmp_path / "set", said))
        # a0: 1 and 3, a1: 5 and 3.
        assert found.rated.targets[0].tolist() == [0.5, 0.5, 0, 0]
        assert found.rated.targets[6].tolist() == [1, 1, 0.5, 0.5]
        assert found.high[:2].tolist() == [0.25, 0.75]
        assert found.rated.high[[0, 6]].tolist() == [0.25, 0.75]

    def test_each_rating_counts_once_however_long_the_answer_is(self, tmp_path: Path) -> None:
        found = gather(folder_of(tmp_path / "set", [*alternating(range(48)), Rating("a3", "t2", 1, 2)]))
        weight = found.rated.weight
        assert weight is not None
        assert np.bincount(found.answer, weight)[:5] == pytest.approx([1, 1, 1, 2, 1])

    def test_a_stretch_goes_to_the_seconds_that_it_overlaps(self, tmp_path: Path) -> None:
        said = [*alternating(range(1, 48)), Rating("a0", "t1", 2, 2, start_s=1.5, end_s=3.0)]
        found = gather(folder_of(tmp_path / "set", said))
        assert (found.answer == found.answer.max()).sum() == 2
        of_a0 = found.people[int(found.person[-1])]
        assert found.counts.seconds == 47 * 6 + 2
        assert of_a0 == "p0"
        assert np.isnan(found.panel[-1]).all()

    def test_ratings_of_oneself_are_no_labels(self, tmp_path: Path) -> None:
        own = [Rating(f"a{number}", f"p{number // 4}", 2, 2, kind="self") for number in range(48)]
        found = gather(folder_of(tmp_path / "set", [*alternating(range(48)), *own]))
        assert (found.counts.ratings, found.counts.raters) == (48, 1)
        assert found.high.mean() == 0.5

    def test_with_several_scales_only_the_side_counts(self, tmp_path: Path) -> None:
        said = [*alternating(range(48)), Rating("a0", "t2", 3, 5), Rating("a1", "t2", 4, 5)]
        found = gather(folder_of(tmp_path / "set", said))
        assert (found.levels, found.rated.targets.shape[1]) == (2, 1)
        assert found.high[:2].tolist() == [0.25, 1.0]

    @pytest.mark.parametrize(
        ("people", "answers", "levels", "said"),
        [
            (LEAST_PEOPLE - 1, 4 * (LEAST_PEOPLE - 1), 2, f"of 9 people are there; at least {LEAST_PEOPLE}"),
            (12, LEAST_ANSWERS - 1, 2, f"39 answers are rated; at least {LEAST_ANSWERS}"),
        ],
    )
    def test_too_little_is_refused_with_what_is_missing(
        self, tmp_path: Path, people: int, answers: int, levels: int, said: str
    ) -> None:
        dataset = folder_of(tmp_path / "set", alternating(range(answers), levels), people=people)
        with pytest.raises(TooLittle, match=said):
            gather(dataset)

    def test_raters_who_always_say_the_same_are_refused(self, tmp_path: Path) -> None:
        same = [Rating(f"a{number}", "t1", 2, 2) for number in range(48)]
        with pytest.raises(TooLittle, match="48 answers high and 0 low; at least 10 of each"):
            gather(folder_of(tmp_path / "set", same))


class TestEvaluating:
    def test_nobody_is_in_training_and_test(self, material: Material) -> None:
        fold = engagement.split(material, 5, seed=1)
        folds_of = [set(fold[material.person == who].tolist()) for who in range(len(material.people))]
        assert all(len(folds) == 1 for folds in folds_of)
        assert set.union(*folds_of) == set(range(5))

    def test_more_folds_than_people_are_refused(self, material: Material) -> None:
        with pytest.raises(TooLittle, match="40 people cannot be shared out to 41 folds"):
            engagement.split(material, 41, seed=0)
        with pytest.raises(ValueError, match="two folds"):
            engagement.split(material, 1, seed=0)

    def test_raters_of_another_taste_are_learnt(self, trial: engagement.Trial) -> None:
        assert trial.better
        assert trial.difference.low > 0
        assert trial.new.auroc - trial.incumbent.auroc == pytest.approx(trial.difference.value)
        assert trial.new.brier < trial.incumbent.brier
        assert trial.against == "engagement-sim-1"
        assert trial.simulated

    def test_the_same_raters_as_the_defaults_are_no_reason_to_replace_it(self, tmp_path: Path) -> None:
        simulated.write(tmp_path / "set", Plan(answers=150, raters=3, seed=6))
        found = engagement.evaluate(gather(read(tmp_path / "set")), default(), folds=3, settings=QUICK)
        assert not found.better
        assert found.incumbent.auroc > 0.6

    def test_what_the_incumbent_says_is_what_learners_get(self, material: Material) -> None:
        said = engagement.said_by(default()[0], material)
        for answer in (0, 17, 190):
            found = of_features(default()[0], material.features_of(answer))
            whole = np.nan if found.whole is None else found.whole
            assert said.answers[answer] == pytest.approx(whole, nan_ok=True)
            assert said.seconds[material.answer == answer] == pytest.approx(found.seconds, nan_ok=True)

    def test_people_from_whom_the_incumbent_learnt_do_not_judge(self, material: Material) -> None:
        seen = material.people[:15]
        found = engagement.evaluate(material, default(), folds=2, settings=Settings(epochs=1), seen=seen)
        assert found.seen == 75
        # Five are left; on the answers of one of them the raters are split, or the models abstain.
        with pytest.raises(TooLittle, match="Only 4 people have answers to judge by"):
            engagement.evaluate(
                material, default(), folds=2, settings=Settings(epochs=1), seen=material.people[5:]
            )

    def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_happened(
        self, material: Material, trial: engagement.Trial, tmp_path: Path
    ) -> None:
        told: list[str] = []
        stop = watched(lambda done, of, stage: told.append(stage), lambda: len(told) > 5)
        with pytest.raises(Stopped, match="fold 2 of 3"):
            engagement.evaluate(material, default(), folds=3, settings=QUICK, keep=tmp_path, watch=stop)
        before, again = len(told), list[str]()
        found = engagement.evaluate(
            *(material, default()),
            folds=3,
            settings=QUICK,
            keep=tmp_path,
            watch=lambda done, of, stage: again.append(stage),
        )
        assert found == trial
        assert len(again) == 3 * QUICK.epochs - before - 1

    def test_progress_counts_all_trainings(self) -> None:
        told: list[tuple[int, int, str]] = []
        stage = Stage(lambda *what: told.append(what), 2, 4, "fold 3")
        stage(1, 4)
        stage(4, 4)
        assert told == [(225, 400, "fold 3"), (300, 400, "fold 3")]


class TestWriting:
    def test_what_is_written_is_read_and_its_card_says_who_is_in_it(
        self, material: Material, trial: engagement.Trial, tmp_path: Path
    ) -> None:
        network = engagement.fit(material, settings=QUICK)
        about = engagement.write(network, trial, tmp_path)
        read_again, found = load(tmp_path)
        assert (
            found
            == about
            == About(*("engagement", trial.version, about.trained_on, about.figures), simulated=True)
        )
        assert read_again.config.levels == 5
        card = (tmp_path / CARD).read_text()
        assert "Trained on simulated people" in card
        assert "40 people with 200 rated answers" in card
        assert "1000 ratings by 5 raters on 5 levels" in card
        assert "engagement-sim-1" in card
        assert "one rater against the rest r = " in card
        assert "{" not in card

    def test_the_whole_answers_probability_has_a_temperature_of_its_own(self, material: Material) -> None:
        network = engagement.fit(material, settings=QUICK)
        assert float(network.whole_temperature) != 1
        assert network.whole(0.5) == pytest.approx(0.5)
        assert network.whole(0.7) > 0.5 > network.whole(0.3)


class TestBetter:
    FIGURES = Figures(accuracy=0.7, f1=0.7, auroc=0.7, ece=0.02, brier=0.2)

    def worse_brier(self) -> Figures:
        return Figures(accuracy=0.7, f1=0.7, auroc=0.7, ece=0.02, brier=0.21)

    def test_the_rule(self) -> None:
        above, across = Interval(0.05, 0.01, 0.09), Interval(0.05, -0.01, 0.11)
        assert is_better(above, self.FIGURES, self.FIGURES)
        assert not is_better(across, self.FIGURES, self.FIGURES)
        assert not is_better(above, self.worse_brier(), self.FIGURES)

    def test_a_model_against_itself_differs_by_nothing(self) -> None:
        rng = np.random.default_rng(1)
        said, high, person = rng.random(60), (rng.random(60) < 0.5).astype(float), np.repeat(np.arange(12), 5)
        found = auroc_difference(said, said, high, person, seed=0)
        assert (found.value, found.low, found.high) == (0, 0, 0)

    def test_the_interval_is_wider_where_few_people_gave_many_answers(self) -> None:
        rng = np.random.default_rng(2)
        high = np.repeat((rng.random(30) < 0.5).astype(float), 10)
        of_people = np.repeat(rng.standard_normal(30), 10) + high
        other = np.repeat(rng.standard_normal(30), 10) + high
        by_person = auroc_difference(of_people, other, high, np.repeat(np.arange(30), 10), seed=0)
        by_answer = auroc_difference(of_people, other, high, np.arange(300), seed=0)
        assert by_person.high - by_person.low > 1.5 * (by_answer.high - by_answer.low)

    def test_evenly_split_raters_have_no_side(self) -> None:
        high = np.array([1.0, 0.0, 0.5, 0.5])
        found = Figures.of(np.array([0.9, 0.1, 0.9, 0.1]), high)
        assert (found.accuracy, found.auroc) == (1, 1)
        assert found.brier == pytest.approx((0.01 + 0.01 + 0.16 + 0.16) / 4)

    def test_a_draw_of_one_side_does_not_count(self) -> None:
        def never(rows: np.ndarray) -> float:
            raise ValueError

        with pytest.raises(ValueError, match="both sides"):
            comparing.over_people(never, np.arange(3), seed=0)


class TestCeiling:
    def test_raters_who_agree_are_a_high_ceiling_and_one_alone_is_none(self, tmp_path: Path) -> None:
        agree = [
            *alternating(range(48), 5),
            *(Rating(r.answer, "t2", r.engagement, 5) for r in alternating(range(48), 5)),
        ]
        found = ceiling(gather(folder_of(tmp_path / "two", agree)))
        assert (found.single, found.kappa) == (pytest.approx(1), pytest.approx(1))
        assert (found.one_against_rest, found.answers) == (pytest.approx(1), 48)
        alone = ceiling(gather(folder_of(tmp_path / "one", alternating(range(48)))))
        assert (alone.single, alone.kappa, alone.answers) == (None, None, 0)

    def test_simulated_raters_agree_as_the_card_of_the_simulator_says(self, material: Material) -> None:
        found = ceiling(material)
        assert found.single == pytest.approx(1 / 3.25, abs=0.1)


def test_the_networks_levels_are_in_order_and_half_the_middle_is_high() -> None:
    torch.manual_seed(3)
    config = default()[0].config
    network = EngagementNetwork(type(config)(levels=5))
    with torch.no_grad():
        network.gaps.copy_(torch.tensor([-1.0, -3.0, 0.5, 2.0]))
    assert (network.thresholds().diff() > 0).all()
    features = torch.randn(50, len(FEATURES))
    above = torch.sigmoid(network.above(features))
    assert torch.allclose(torch.sigmoid(network(features)), (above[:, 1] + above[:, 2]) / 2, atol=1e-5)


def test_stopping_is_asked_at_every_step() -> None:
    asked: list[bool] = []
    watch = watched(ignore, lambda: bool(asked) or asked.append(True))  # type: ignore[func-returns-value]
    watch(0, 1, "reading")
    with pytest.raises(Stopped):
        watch(1, 1, "reading")
