"""One real daphne on the test's database, real sockets, real speech."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from benchmarks.support.house import Seat, headers_of
from benchmarks.support.server import Server
from benchmarks.support.signals import NoSpeech, speech

SECRET_KEY = "of this test alone"


@pytest.fixture
def server(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Server]:
    """Shares the test's database, spool and cookies. Not started again by itself when it is killed."""
    settings.SECRET_KEY = SECRET_KEY
    environment = {
        **os.environ,
        "DATABASE_URL": _url(connection.settings_dict),
        "DJANGO_SETTINGS_MODULE": "greenroom.settings",
        "GREENROOM_DATA": str(tmp_path),
        "GREENROOM_ENV": "development",
        "GREENROOM_SPOOL": str(settings.SPOOL_DIR),
        "REDIS_URL": "",
        "SECRET_KEY": SECRET_KEY,
    }
    with Server(environment, log=tmp_path / "server.log") as running:
        yield running


def _url(database: dict[str, Any]) -> str:
    """The address of the database under test."""
    host, port = database["HOST"], database["PORT"]
    user = quote(database["USER"], safe="")
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    place = quote(host, safe="") + (f":{port}" if port else "")
    return f"postgresql://{user}{password}@{place}/{database['NAME']}"


@pytest.fixture
def seat(server: Server, sam: Any, northfield: Any, scenario: Any, agree: Any) -> Seat:
    """Sam's session with the camera."""
    from accounts.models import Purpose
    from sessions.actions import start_session

    agree(sam, northfield, Purpose.CAMERA)
    session = start_session(user=sam, institution=northfield, scenario=scenario, mode="camera", record=False)
    return Seat(session.pk, headers_of(sam))


@pytest.fixture(scope="session")
def spoken() -> Any:
    """Twelve seconds of speech, int16 at 16 kHz."""
    try:
        return speech(12)
    except NoSpeech as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
