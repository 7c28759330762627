"""A test that is left out is a skip on somebody's machine and a failure in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("ci", "status", "words"), [("", 0, "2 skipped"), ("true", 1, "does not allow")])
def test_left_out(ci: str, status: int, words: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "tests/greenroom/cases_left_out.py",
        "-p",
        "no:cacheprovider",
    ]
    environment = {**os.environ, "CI": ci}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout
    assert words in done.stdout
