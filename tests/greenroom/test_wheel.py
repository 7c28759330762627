"""The wheel: builds, holds what it should, and stands on its own outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(CHECKOUT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a venv that has the wheel, and sees the dependencies (but not the checkout) of this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, capture_output=True, check=True)
    target = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A folder that a .pth file adds does not have its own .pth files read: the checkout stays out.
    (target / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(python: Path, *words: str, cwd: Path | None = None) -> str:
    left_out = {"PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [str(python), *words],
        cwd=cwd or python.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_holds_every_package_and_nothing_of_the_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {"greenroom", "accounts", "cohorts", "sessions", "scoring", "analytics", "lti"} <= tops
    assert not tops & {"platform", "tests", "benchmarks", "docs", "templates", "static", "dev"}


def test_it_holds_every_template_style_and_migration_that_git_knows(wheel: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    wanted = {
        name.removeprefix("platform/") if "/migrations/" in name else f"greenroom/{name}"
        for name in listed.stdout.splitlines()
        if name.startswith(("templates/", "static/")) or "/migrations/" in name
        if (CHECKOUT / name).exists()
    }
    assert wanted
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_check_passes_from_it(installed: Path, tmp_path: Path) -> None:
    check = ["check", "--fail-level", "WARNING", "--settings", "greenroom.settings"]
    run(installed, "-m", "django", *check, cwd=tmp_path)


def test_it_is_the_wheel_that_is_imported(installed: Path, tmp_path: Path) -> None:
    code = "import greenroom, sessions, platform; print(greenroom.__file__, sessions.__file__, platform.__file__)"
    files = run(installed, "-c", code, cwd=tmp_path).split()
    assert all(not Path(file).is_relative_to(CHECKOUT) for file in files[:2])
    assert files[2] == str(Path(sysconfig.get_path("stdlib")) / "platform.py")
