"""The administrator's page of models: what it shows, what it lets happen, and what it never tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Institution, ModelKind, User
from analytics.registry.comparison import comparison
from scoring.interchange.simulated import Plan
from scoring.models import ModelSwitch, ModelVersion, RunState, TrainingRun
from scoring.registry.actions import Trained, register
from scoring.registry.queries import in_use
from sessions.models import Answer, Rating, Rescoring
from sessions.training.simulated import simulate_rated_answers

pytestmark = pytest.mark.django_db

SignIn = Callable[[User | None], Client]

FIGURES = {"accuracy": 0.65, "f1": 0.7, "auroc": 0.69, "ece": 0.05, "brier": 0.07}
WORSE = {"accuracy": 0.42, "f1": 0.48, "auroc": 0.43, "ece": 0.14, "brier": 0.10}


def trial(name: str, against: str, **changes: Any) -> dict[str, Any]:
    return {
        "version": name,
        "against": against,
        "folds": 5,
        "seed": 0,
        "new": FIGURES,
        "incumbent": WORSE,
        "difference": {"value": 0.26, "low": 0.08, "high": 0.43},
        "ceiling": {"single": 0.22, "mean": 0.45, "raters_each": 3.0},
        "abstained": 5,
        "undecided": 7,
        "seen": 0,
        "advice": {"valid": 0.98, "changed": 2.0, "frozen_moved": 0},
    } | changes


def trained(institution: Institution, name: str = "engagement-7", **changes: Any) -> ModelVersion:
    present = in_use(institution.pk, ModelKind.ENGAGEMENT)
    better = changes.pop("better", True)
    run = TrainingRun.objects.create(
        institution=institution,
        state=RunState.DONE,
        better=better,
        data={"answers": 300, "people": 60},
        trial=trial(name, present.name if present else "", **changes),
    )
    trained = Trained(ModelKind.ENGAGEMENT, name, "ratings", FIGURES, {}, "# Card", b"weights")
    return register(run=run, trained=trained)


@pytest.fixture
def simulated(northfield: Institution) -> Institution:
    northfield.simulated = True
    northfield.models_allowed = [kind.value for kind in ModelKind]
    northfield.save()
    return northfield


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Callable[[], str]:
    client = sign_in(ada)

    def get() -> str:
        response = client.get(reverse("analytics:models"))
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return get


def post(client: Client, name: str, *args: Any) -> str:
    response = client.post(reverse(f"analytics:{name}", args=args), follow=True)
    assert response.redirect_chain == [(reverse("analytics:models"), 302)]
    return " ".join(response.content.decode().split())


# --- what it shows --------------------------------------------------------------------------------


def test_at_first_the_shipped_model_is_in_use_and_nothing_is_rated(page: Callable[[], str]) -> None:
    found = page()
    assert "engagement-sim-1" in found
    assert "Trained on simulated people" in found
    assert "Nothing rated yet" in found
    assert reverse("analytics:train_models") not in found
    assert reverse("analytics:roll_back") not in found


def test_where_the_policy_runs_none_it_says_that_training_has_no_effect(
    page: Callable[[], str], northfield: Institution
) -> None:
    assert "none of them scores anybody until the policy lets it" in page()
    northfield.models_allowed = [ModelKind.ENGAGEMENT.value]
    northfield.save()
    assert "none of them scores anybody until the policy lets it" not in page()


def test_how_much_there_is_and_how_far_raters_agree(
    page: Callable[[], str], simulated: Institution, scenario: Any
) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=60))
    found = page()
    assert "60 answers of 12 people may be learned from" in found
    assert "How far the teachers agree" in found
    assert reverse("analytics:train_models") in found
    assert reverse("analytics:export_ratings") in found


def test_too_little_says_of_what(page: Callable[[], str], simulated: Institution, scenario: Any) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=20))
    found = page()
    assert "Rated answers of 4 people may be learned from; at least 10 people are needed." in found
    assert reverse("analytics:train_models") not in found


def test_it_shows_nobody_s_name_and_nobody_s_rating(
    page: Callable[[], str], simulated: Institution, scenario: Any
) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=60))
    Rating.objects.update(note="a note about somebody")
    found = page()
    assert "a note about somebody" not in found
    for user in User.objects.filter(simulated=True):
        assert user.name not in found
        assert user.email not in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "It orders answers better, by 0.260 (AUROC; with other people like these, +0.080 to +0.430)."),
        (
            {"better": False, "difference": {"value": 0.1, "low": -0.02, "high": 0.2}},
            "by 0.100 better (AUROC), but that may be chance",
        ),
        (
            {"better": False, "difference": {"value": -0.1, "low": -0.2, "high": 0.02}},
            "It orders answers no better (AUROC lower by 0.100",
        ),
        ({"better": False}, "But its probabilities lie further from the raters"),
    ],
)
def test_the_verdict_comes_with_its_reason(
    northfield: Institution, changes: dict[str, Any], said: str
) -> None:
    version = trained(northfield, **changes)
    assert version.run is not None
    found = comparison(version.run)
    assert found is not None
    assert said in found.because
    assert ("may be switched on" in found.verdict) is changes.get("better", True)
    assert ("stays off" in found.verdict) is not changes.get("better", True)


def test_the_comparison_stands_on_the_page(page: Callable[[], str], northfield: Institution) -> None:
    version = trained(northfield)
    found = page()
    assert "Better than engagement-sim-1: it may be switched on." in found
    assert "0.690" in found
    assert "0.430" in found
    assert "ICC 0.22 for one of them and 0.45 for the mean of 3." in found
    assert reverse("analytics:switch_on", args=[version.pk]) in found


def test_one_that_is_not_better_has_no_switch(page: Callable[[], str], northfield: Institution) -> None:
    version = trained(northfield, better=False, difference={"value": 0.0, "low": -0.1, "high": 0.1})
    found = page()
    assert "it stays off" in found
    assert reverse("analytics:switch_on", args=[version.pk]) not in found


def test_a_comparison_that_cannot_be_read_is_said(page: Callable[[], str], northfield: Institution) -> None:
    TrainingRun.objects.create(institution=northfield, state=RunState.DONE, trial={"of": "another version"})
    assert "Its comparison cannot be shown" in page()


def test_a_failure_says_why(page: Callable[[], str], northfield: Institution) -> None:
    TrainingRun.objects.create(institution=northfield, state=RunState.FAILED, problem="too_little")
    assert "Too few answers could judge a new model" in page()


# --- what it lets happen --------------------------------------------------------------------------


def test_training_from_the_page(simulated: Institution, scenario: Any, sign_in: SignIn, ada: User) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=60))
    client = sign_in(ada)
    found = post(client, "train_models")
    run = TrainingRun.objects.get()
    assert run.state == RunState.WAITING
    assert "Waiting for its turn" in found
    assert reverse("analytics:stop_training", args=[run.pk]) in found
    assert "A training is going on already" in post(client, "train_models")
    assert "The training is stopped" in post(client, "stop_training", run.pk)
    run.refresh_from_db()
    assert run.state == RunState.STOPPED


def test_a_training_with_too_little_says_so(northfield: Institution, sign_in: SignIn, ada: User) -> None:
    assert "at least 10 people are needed" in post(sign_in(ada), "train_models")
    assert not TrainingRun.objects.exists()


def test_the_part_that_asks_again_ends_with_what_it_watched(
    northfield: Institution, sign_in: SignIn, ada: User
) -> None:
    run = TrainingRun.objects.create(
        institution=northfield, state=RunState.RUNNING, progress={"stage": "advice", "share": 0.5}
    )
    client = sign_in(ada)
    url = reverse("analytics:models_status")
    response = client.get(url, {"run": str(run.pk), "rescoring": ""})
    assert "HX-Refresh" not in response.headers
    assert 'value="80"' in response.content.decode()
    TrainingRun.objects.update(state=RunState.DONE)
    assert client.get(url, {"run": str(run.pk), "rescoring": ""}).headers["HX-Refresh"] == "true"


def test_switching_on_and_rolling_back(
    page: Callable[[], str], northfield: Institution, sign_in: SignIn, ada: User
) -> None:
    version = trained(northfield)
    client = sign_in(ada)
    assert "engagement-7 is in use from now on" in post(client, "switch_on", version.pk)
    assert "Roll back to engagement-sim-1" in page()
    assert "Better than engagement-sim-1, and in use." in page()
    assert "engagement-sim-1 is in use from now on" in post(client, "roll_back")
    assert "There is no earlier model" in post(client, "roll_back")
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["switch_on_model", "roll_back_model"]


def test_no_request_switches_on_what_is_not_better(
    northfield: Institution, sign_in: SignIn, ada: User
) -> None:
    version = trained(northfield, better=False)
    assert "did not beat the one in use" in post(sign_in(ada), "switch_on", version.pk)
    assert not ModelSwitch.objects.exists()


def test_another_institution_s_things_do_not_exist(
    northfield: Institution, southport: Institution, sign_in: SignIn, ada: User
) -> None:
    version = trained(southport)
    rescoring = Rescoring.objects.create(institution=southport, version=version)
    client = sign_in(ada)
    for name, key in (
        ("switch_on", version.pk),
        ("stop_training", version.run_id),
        ("stop_scoring", rescoring.pk),
    ):
        assert client.post(reverse(f"analytics:{name}", args=[key])).status_code == 404
    assert "engagement-7" not in client.get(reverse("analytics:models")).content.decode()


def test_scoring_the_history_anew(simulated: Institution, sign_in: SignIn, ada: User) -> None:
    client = sign_in(ada)
    found = post(client, "score_anew")
    row = Rescoring.objects.get()
    assert row.version.name == "engagement-sim-1"
    assert reverse("analytics:stop_scoring", args=[row.pk]) in found
    assert "The history is being scored already" in post(client, "score_anew")
    assert "Stopped" in post(client, "stop_scoring", row.pk)


def test_the_export_is_written_down_before_it_leaves(
    simulated: Institution, scenario: Any, sign_in: SignIn, ada: User
) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=5))
    response = sign_in(ada).get(reverse("analytics:export_ratings"))
    assert AuditEntry.objects.get().verb == "export_ratings"
    assert response.headers["Content-Type"] == "application/zip"
    assert b"".join(response.streaming_content)[:2] == b"PK"  # type: ignore[arg-type]


# --- the history ----------------------------------------------------------------------------------


def test_everything_that_was_done_is_listed_newest_first(
    northfield: Institution, sign_in: SignIn, ada: User, page: Callable[[], str]
) -> None:
    version = trained(northfield)
    post(sign_in(ada), "switch_on", version.pk)
    Rescoring.objects.create(
        institution=northfield, version=version, by=ada, state=RunState.DONE, total=4, done=4
    )
    found = page().split('id="history-heading"')[1]
    places = [found.index(words) for words in ("engagement-7: 4 of 4 answers", "Switched on", "Training")]
    assert places == sorted(places)
    assert "engagement-7, from 300 answers of 60 people: better than the model in use" in found


def test_the_history_is_paged(northfield: Institution, sign_in: SignIn, ada: User) -> None:
    TrainingRun.objects.bulk_create(
        TrainingRun(institution=northfield, state=RunState.STOPPED, by=ada) for _ in range(25)
    )
    client = sign_in(ada)
    first = client.get(reverse("analytics:models"))
    second = client.get(reverse("analytics:models"), {"page": 2})
    assert (len(first.context["lines"]), len(second.context["lines"])) == (20, 5)


def test_queries_do_not_grow(
    simulated: Institution, scenario: Any, sign_in: SignIn, ada: User, django_assert_max_num_queries: Any
) -> None:
    simulate_rated_answers(institution=simulated, plan=Plan(answers=60))
    client = sign_in(ada)
    for number in range(12):
        version = trained(simulated, name=f"engagement-{number}")
        post(client, "switch_on", version.pk)
        Rescoring.objects.create(institution=simulated, version=version, by=ada, state=RunState.DONE)
    assert Answer.objects.count() == 60
    with django_assert_max_num_queries(31):
        client.get(reverse("analytics:models"))
