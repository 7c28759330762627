"""Static files: the right types, the policy on every one of them, nothing cached unasked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

FILES = {
    "/static/greenroom/base.css": "text/css",
    "/static/sessions/perception-worker.js": "text/javascript",
    "/static/vendor/mediapipe/vision_bundle.mjs": "text/javascript",
    "/static/vendor/mediapipe/wasm/vision_wasm_module_internal.wasm": "application/wasm",
    "/static/models/face.task": "application/octet-stream",
}


@pytest.mark.parametrize(("path", "kind"), FILES.items())
def test_a_file_is_served_as_what_it_is_and_under_the_policy(
    path: str, kind: str, settings: Any, db: None
) -> None:
    settings.SERVESTATIC_USE_FINDERS = True  # off in other tests, which make a client each
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].partition(";")[0] == kind
    # A Worker obeys the policy of its own file: without it MediaPipe could reach another host.
    assert "connect-src 'self'" in response["Content-Security-Policy"]
    assert "max-age=0" in response["Cache-Control"]
    response.close()
