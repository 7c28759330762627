"""Every template compiles, and keeps to the content security policy; every translation is sound."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.template import engines

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATES = CHECKOUT / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
CATALOGUES = sorted((CHECKOUT / "platform").rglob("*.po"))
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+=", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|<[^>]*\sstyle=", re.IGNORECASE),
    "something of another origin": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"']https?:"
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_to_the_content_security_policy(name: str) -> None:
    text = COMMENTS.sub("", (TEMPLATES / name).read_text())
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_translations_are_sound_and_compiled(tmp_path: Path) -> None:
    """The compiled catalogues are kept beside their sources: a bare machine has no gettext to make them."""
    for catalogue in CATALOGUES:
        msgfmt = shutil.which("msgfmt") or pytest.skip("msgfmt (package gettext) is not installed")
        fresh, kept = tmp_path / "fresh.mo", catalogue.with_suffix(".mo")
        command = [msgfmt, "--check", "--output-file", str(fresh), str(catalogue)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{catalogue}: {done.stderr}"
        assert kept.exists(), f"{kept} is missing: manage.py compilemessages"
        assert messages(kept) == messages(fresh), (
            f"{kept} is older than its source: manage.py compilemessages"
        )


def messages(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as file:
        catalogue: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {key: text for key, text in catalogue.items() if key != ""}
