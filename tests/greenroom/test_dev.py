"""`./dev` itself, loaded as a module: what it says when something is missing, and what it takes for current."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("greenroom_dev", str(CHECKOUT / "dev"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # Not into __pycache__: a file `dev` has no suffix, and its cache would lie at the top of the checkout.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


@pytest.fixture
def checkout(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`dev` works in an empty folder instead of this checkout."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(dev, "REQUIREMENTS", tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text("nothing==1\n")
    return tmp_path


def run_dev(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "dev"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


class TestPython:
    def test_an_older_python_can_read_it_far_enough_to_say_so(self) -> None:
        ast.parse((CHECKOUT / "dev").read_text(), feature_version=(3, 8))

    def test_an_older_python_is_named(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
        monkeypatch.setattr(dev.sys, "version", "3.9.2 (main)")
        monkeypatch.setattr(dev.shutil, "which", lambda name: None)
        with pytest.raises(dev.Trouble, match=r"needs Python 3\.11 or newer, and this is 3\.9\.2"):
            dev.use_a_recent_python()

    def test_a_newer_python_beside_it_takes_over(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called: list[str] = []
        monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
        monkeypatch.setattr(
            dev.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None
        )
        monkeypatch.setattr(dev.os, "execv", lambda path, words: called.append(path) or sys.exit(0))
        with pytest.raises(SystemExit):
            dev.use_a_recent_python()
        assert called == ["/usr/bin/python3.12"]

    def test_windows_is_sent_to_wsl(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev.sys, "platform", "win32")
        with pytest.raises(dev.Trouble, match="WSL"):
            dev.use_a_recent_python()


class TestWords:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
            ("npm error code ENOSPC", "The disk is full"),
            (
                "NewConnectionError: [Errno -3] Temporary failure in name resolution",
                "cannot reach the network",
            ),
            ("npm error code ENOTFOUND", "cannot reach the network"),
            ("Could not resolve 'deb.debian.org'", "cannot reach the network"),
            ("[Errno 13] Permission denied: '/x'", "may not write"),
            ("ERROR: No matching distribution found for nothing==1", "finds no package for Python"),
            ("EROFS [Errno 30] Read-only file system", "may not write"),
            ("something else\nentirely", "entirely"),
        ],
    )
    def test_what_went_wrong_is_said(self, dev: ModuleType, said: str, words: str) -> None:
        assert words in dev.explain("pip", said)

    def test_pip_without_a_network(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
        monkeypatch.setenv("PIP_RETRIES", "1")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
        with pytest.raises(dev.Trouble, match="cannot reach the network"):
            dev.pip("install", "--dry-run", "a-package-that-is-not-here==1")

    def test_a_disk_too_small_is_said_before_anything_is_fetched(
        self, dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dev.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1 << 29}))
        with pytest.raises(dev.Trouble, match=r"has 0\.5 GB left"):
            dev.enough_space()

    def test_no_space_at_any_place_is_one_sentence(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def full() -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(dev, "install", full)
        assert dev.main(["bench"]) == 1
        assert capsys.readouterr().err.startswith("The disk is full")


class TestInstalling:
    def test_nothing_to_do_does_nothing(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "installation", lambda: {"x": (lambda: True, lambda: pytest.fail("again"))})
        dev.install()

    def test_what_another_dev_did_meanwhile_is_not_done_again(
        self, dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = iter([False, True])
        step = (lambda: next(answers), lambda: pytest.fail("again"))
        monkeypatch.setattr(dev, "installation", lambda: {"x": step})
        dev.install()

    def test_a_changed_lock_is_noticed(self, dev: ModuleType, checkout: Path) -> None:
        (checkout / ".venv").mkdir()
        dev.write_stamp(requirements=dev.digest(dev.REQUIREMENTS))
        assert dev.packages_are_current()
        dev.REQUIREMENTS.write_text("nothing==2\n")
        assert not dev.packages_are_current()

    def test_a_moved_checkout_is_installed_again(
        self, dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (checkout / ".venv").mkdir()
        (checkout / "pyproject.toml").write_text("[project]\n")
        dev.write_stamp(project=dev.digest(checkout / "pyproject.toml") + str(checkout))
        assert dev.project_is_current()
        monkeypatch.setattr(dev, "ROOT", checkout.rename(checkout.with_name("moved")))
        monkeypatch.setattr(dev, "STAMP", dev.ROOT / ".venv" / "stamp.json")
        assert not dev.project_is_current()

    def test_after_an_interruption_nothing_is_taken_for_whole(
        self, dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[bool] = []

        def pip(*words: str, total: int = 0) -> None:
            asked.append("--force-reinstall" in words)
            if len(asked) == 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(dev, "pip", pip)
        (checkout / ".venv").mkdir()
        with pytest.raises(KeyboardInterrupt):
            dev.install_packages()
        assert not dev.packages_are_current()
        dev.install_packages()
        assert asked == [False, True]
        assert dev.packages_are_current()

    @pytest.mark.parametrize("has_cpu_build", [True, False])
    def test_torch_is_the_cpu_build_where_there_is_one(
        self, dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch, has_cpu_build: bool
    ) -> None:
        asked: list[tuple[str, ...]] = []

        def pip(*words: str, total: int = 0) -> None:
            asked.append(words)
            if words[-1].endswith("+cpu") and not has_cpu_build:
                raise dev.Trouble("No matching distribution found")

        monkeypatch.setattr(dev, "pip", pip)
        monkeypatch.setenv("GREENROOM_TORCH_INDEX", "https://index.example/cpu")
        (checkout / ".venv").mkdir()
        assert not dev.torch_is_current()
        dev.install_torch()
        assert dev.torch_is_current()
        assert [words[-1] for words in asked] == ["torch==2.13.0+cpu", "torch==2.13.0"][: 2 - has_cpu_build]
        assert all("https://index.example/cpu" in words for words in asked)
        # The CPU build needs nothing but what is locked; another brings its own.
        assert ["--no-deps" in words for words in asked] == [True, False][: 2 - has_cpu_build]

    @pytest.mark.parametrize(("version", "current"), [("3.11.7", True), ("3.12.1", True), ("3.9.2", False)])
    def test_a_venv_of_an_older_python_is_made_anew(
        self, dev: ModuleType, checkout: Path, version: str, current: bool
    ) -> None:
        (checkout / ".venv" / "bin").mkdir(parents=True)
        (checkout / ".venv" / "bin" / "python").touch()
        (checkout / ".venv" / "bin" / "pip").touch()
        (checkout / ".venv" / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
        assert dev.venv_is_current() is current


class TestSystemPackages:
    @pytest.fixture
    def nothing_there(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "missing_packages", lambda: ["chromium"])
        monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
        monkeypatch.setattr(
            dev.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None
        )

    @pytest.mark.usefixtures("nothing_there")
    def test_without_root_the_one_command_is_named_and_it_goes_on(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(dev, "CI", False)
        dev.system_packages()
        said = capsys.readouterr().out
        assert "chromium (browser tests)" in said
        assert "sudo apt-get install -y chromium" in said

    @pytest.mark.usefixtures("nothing_there")
    def test_in_ci_nothing_may_be_left_out(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "CI", True)
        with pytest.raises(dev.Trouble, match="nothing may be left out"):
            dev.system_packages()

    def test_on_debian_as_root_it_is_installed(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commands: list[str] = []

        def heard(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
            commands.append(" ".join(command))
            return subprocess.CompletedProcess(command, 0, "")

        monkeypatch.setattr(dev, "heard", heard)
        dev.apt_install(["chromium", "ffmpeg"])
        assert commands == [
            "/usr/bin/apt-get -q update",
            "/usr/bin/apt-get -q install -y --no-install-recommends chromium ffmpeg",
        ]


class TestCommands:
    def test_an_unknown_benchmark_is_answered_with_the_list(
        self,
        dev: ModuleType,
        checkout: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (checkout / "benchmarks").mkdir()
        (checkout / "benchmarks" / "live.py").write_text('"""How many students one core carries."""\n')
        monkeypatch.setattr(dev, "install", lambda: None)
        assert dev.main(["bench", "speed"]) == 1
        assert "'speed'. There are: live" in capsys.readouterr().err
        assert dev.main(["bench"]) == 0
        assert capsys.readouterr().out.split() == [
            "live",
            "How",
            "many",
            "students",
            "one",
            "core",
            "carries.",
        ]

    def test_words_after_test_belong_to_pytest(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        handed: list[str] = []
        monkeypatch.setattr(dev, "install", lambda: None)
        monkeypatch.setattr(dev, "system_packages", lambda: None)
        monkeypatch.setattr(dev, "become", lambda words: handed.extend(words) or sys.exit(0))
        with pytest.raises(SystemExit):
            dev.main(["test", "-k", "cues", "--help"])
        assert handed == ["-m", "pytest", "-k", "cues", "--help"]

    def test_words_that_nobody_knows_are_refused(self) -> None:
        done = run_dev("run", "--prot", "8001")
        assert done.returncode == 2
        assert "--prot" in done.stderr

    def test_without_a_command_the_commands_are_named(self) -> None:
        done = run_dev("--help")
        assert all(
            f"\n    {name} " in done.stdout for name in ("run", "test", "lint", "bench", "shell", "reset")
        )

    @pytest.mark.parametrize("demo", ["", "1"])
    def test_demo_people_do_not_get_into_a_real_database_unasked(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, demo: str
    ) -> None:
        handed: list[str] = []
        monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/greenroom")
        monkeypatch.setenv("GREENROOM_DEMO", demo)
        monkeypatch.setattr(dev, "install", lambda: None)
        monkeypatch.setattr(dev, "become", lambda words: handed.extend(words) or sys.exit(0))
        with pytest.raises(SystemExit):
            dev.main(["run"])
        assert ("--demo" in handed) == bool(demo)


class TestReset:
    def test_a_folder_that_is_not_ours_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("three years")
        done = run_dev("reset", "--yes", "--data", str(tmp_path))
        assert done.returncode == 1
        assert "not a data folder" in done.stderr
        assert (tmp_path / "thesis.txt").exists()

    def test_it_asks_first(self, tmp_path: Path) -> None:
        (tmp_path / ".lock").touch()
        (tmp_path / "media").mkdir()
        done = run_dev("reset", "--data", str(tmp_path))
        assert done.returncode == 1
        assert "Nothing is deleted" in done.stdout
        assert (tmp_path / "media").exists()

    def test_it_empties_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / ".lock").touch()
        (tmp_path / "media").mkdir()
        (tmp_path / "media" / "answer.webm").touch()
        assert run_dev("reset", "--yes", "--data", str(tmp_path)).returncode == 0
        assert list(tmp_path.iterdir()) == []

    def test_it_refuses_while_somebody_uses_the_folder(self, tmp_path: Path) -> None:
        from greenroom.data_lock import owned

        with owned(tmp_path, what="Greenroom", port=8000):
            done = run_dev("reset", "--yes", "--data", str(tmp_path))
        assert done.returncode == 1
        assert "on port 8000" in done.stderr
