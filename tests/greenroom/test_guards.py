"""Guards of the layout: what would break far away from its cause is refused here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "platform", "sessions", "scoring", "analytics", "lti", "templates", "static", "tests", "benchmarks", "docs",
}  # fmt: skip
# Packages of these names exist on PyPI; depending on one would hide ours or be hidden by it.
OUR_NAMES = {
    "lti",
    "analytics",
    "config",
    "accounts",
    "cohorts",
    "scoring",
    "sessions",
    "greenroom",
    "platform",
}
SHOW = "import platform; print(platform.__file__)"
STANDARD = str(Path(sysconfig.get_path("stdlib")) / "platform.py")


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return listed.stdout.split("\0")


def direct_dependencies() -> list[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [name_of(line) for group in groups for line in group]


def name_of(requirement: str) -> str:
    return re.split(r"[\[~=<> ;]", requirement, maxsplit=1)[0]


def shown(*words: str) -> str:
    """What the command prints, started in the checkout without a PYTHONPATH of the caller's."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_platform_is_no_package() -> None:
    assert not (CHECKOUT / "platform" / "__init__.py").exists()
    assert not list((CHECKOUT / "tests").rglob("__init__.py"))


def test_platform_under_pytest() -> None:
    import platform

    assert platform.__file__ == STANDARD


def test_platform_under_python_m() -> None:
    # `-m` puts the checkout first on the path, as it does for every `python -m` started there.
    assert shown("-m", "tests.greenroom.which_platform") == STANDARD


def test_platform_under_manage_py() -> None:
    assert shown("manage.py", "shell", "--no-imports", "--command", SHOW) == STANDARD


def test_platform_under_daphne() -> None:
    """daphne imports what its last word names, after putting the folder it was started in first on the path."""
    code = f"import sys; from daphne.cli import CommandLineInterface as C; c = C(); sys.path.insert(0, '.'); {SHOW}"
    assert shown("-c", code) == STANDARD


def test_the_folders_are_those_of_the_architecture() -> None:
    folders = {name.split("/", 1)[0] for name in tracked() if "/" in name}
    assert {name for name in folders if not name.startswith(".")} <= FOLDERS


def locked_packages() -> set[str]:
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    return {name_of(line).lower() for line in lines if line and not line.startswith("#")}


def test_no_dependency_has_the_name_of_a_package_of_ours() -> None:
    assert not OUR_NAMES & {*locked_packages(), *direct_dependencies()}


def test_every_direct_dependency_is_locked() -> None:
    assert {name.lower() for name in direct_dependencies()} <= locked_packages()


def test_every_direct_dependency_has_its_reason_written_down() -> None:
    reasons = (CHECKOUT / "docs" / "dependencies.md").read_text()
    assert [name for name in direct_dependencies() if f"| {name} |" not in reasons] == []
