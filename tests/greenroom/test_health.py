"""The probes really ask, and answer whoever asks them by whatever name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from greenroom import health

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_process_that_answers_is_healthy() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"ok": True})


def test_ready_names_each_part_that_was_asked() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert {name for name, part in response.json()["parts"].items() if part["ok"]} == {
        "database",
        "layer",
        "queue",
    }


def test_probes_need_no_host_name_and_no_tls(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["greenroom.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert Client().get("/sign-in/", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_a_part_that_cannot_answer_makes_it_unready_and_says_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("password of the database is hunter2")

    monkeypatch.setattr(health, "_ask_database", broken)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == {"ok": False}
    assert "hunter2" not in response.content.decode()


def test_a_part_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> None:
        import asyncio

        await asyncio.sleep(60)

    monkeypatch.setattr(health, "_ask_layer", hang)
    monkeypatch.setattr(health, "LIMIT_S", 0.05)
    assert Client().get("/readyz").json()["parts"]["layer"] == {"ok": False}


def test_jobs_that_no_worker_takes_make_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    from sessions.recordings.tasks import prepare_recording

    prepare_recording.defer(recording_id="00000000-0000-0000-0000-000000000000")
    assert Client().get("/readyz").json()["parts"]["queue"]["ok"]
    monkeypatch.setattr(health, "_waits_since", lambda job: 301.0)
    assert not Client().get("/readyz").json()["parts"]["queue"]["ok"]
