"""What the tests of practice share."""

from __future__ import annotations

import os
from typing import Any

import pytest

from benchmarks.support.signals import NoSpeech, speech


@pytest.fixture(scope="session")
def spoken() -> Any:
    """Eight seconds of speech, int16 at 16 kHz."""
    try:
        return speech(8)
    except NoSpeech as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
