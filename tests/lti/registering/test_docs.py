"""The pages for administrators name every code that a refusal shows."""

from __future__ import annotations

import re
from pathlib import Path

from lti.errors import Code
from lti.registering.dynamic import Trouble

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_every_code_is_explained() -> None:
    text = (DOCS / "when-a-launch-fails.md").read_text()
    named = set(re.findall(r"`(\w+)`", text))
    assert {str(code) for code in [*Code, *Trouble]} - named == set()


def test_pictures_and_pages_are_there() -> None:
    for name in ("connect-moodle.md", "connect-canvas.md", "when-a-launch-fails.md"):
        for target in re.findall(r"\]\(([^)#]+)", (DOCS / name).read_text()):
            assert (DOCS / target).exists(), f"{name}: {target}"
