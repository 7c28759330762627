"""DiCE (Mothilal et al. 2020) through its own package: random, genetic and k-d tree, one query at a time as it works.

DiCE knows no absent values. So each pattern of presence gets a DiCE of its own, over the features that are there, and
the others are absent again when the classifier is asked. It is set up kindly: values rounded to three digits (its
search goes digit by digit), the quick one of its two searches for sparsity, 1000 rows of data, and for random and
genetic what may move and in which range. The k-d tree takes no such constraints: it would look for real samples that
agree in all other features, and there are none.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.support.peers_tables import Table

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
FOLDER = ROOT / "var" / "benchmarks"
METHODS = ("random", "genetic", "kdtree")
ROWS, DIGITS = 1000, 3


class NoDice(Exception):
    """dice-ml is not there and cannot be installed; the message says why."""


def package() -> Any:
    """dice-ml, installed into a folder of its own where it is missing, and looked for there last.

    Raises:
        NoDice: it cannot be installed.
    """
    if not (FOLDER / "dice_ml").is_dir():
        words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command = [sys.executable, *words, "--target", str(FOLDER), "--requirement", str(REQUIREMENTS)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise NoDice(f"dice-ml cannot be installed: {done.stderr.strip()[-300:]}")
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    import dice_ml

    return dice_ml


class Dice:
    """One of DiCE's methods on a table."""

    def __init__(self, table: Table, method: str) -> None:
        self._table, self._method = table, method
        self._package = package()
        from raiutils.exceptions import UserConfigValidationException

        # Its way of saying that there is no counterfactual.
        self._nothing_found = UserConfigValidationException
        self._made: dict[tuple[bool, ...], Any] = {}

    def __call__(self, low: Tensor) -> tuple[Tensor, float]:
        """Counterfactuals of samples (n, k) and the seconds that the queries took; what it did not find stays."""
        after, seconds = low.clone(), 0.0
        for row, sample in enumerate(low):
            explainer = self._explainer(torch.isfinite(sample))
            began = time.process_time()
            found = self._ask(explainer, sample)
            seconds += time.process_time() - began
            if found is not None:
                after[row, torch.isfinite(sample)] = found
        return after, seconds

    def _explainer(self, pattern: Tensor) -> Any:
        key = tuple(pattern.tolist())
        if key not in self._made:
            training = self._table.training[torch.isfinite(self._table.training[:, pattern]).all(dim=1)][
                :ROWS
            ]
            training = torch.where(pattern, training, torch.nan)
            names = self._names(pattern)
            frame = pd.DataFrame(training[:, pattern].double().numpy().round(DIGITS), columns=names)
            frame["high"] = self._table.called_high(training).int().numpy()
            data = self._package.Data(
                dataframe=frame,
                continuous_features=names,
                outcome_name="high",
                continuous_features_precision=dict.fromkeys(names, DIGITS),
            )
            model = self._package.Model(
                _Asked(self._table, pattern), backend="sklearn", model_type="classifier"
            )
            self._made[key] = self._package.Dice(data, model, method=self._method)
        return self._made[key]

    def _names(self, pattern: Tensor) -> list[str]:
        return [name for name, there in zip(self._table.schema.names, pattern.tolist(), strict=True) if there]

    def _ask(self, explainer: Any, sample: Tensor) -> Tensor | None:
        pattern = torch.isfinite(sample)
        query = pd.DataFrame([sample[pattern].double().numpy()], columns=self._names(pattern))
        silent = io.StringIO()
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(silent),
            contextlib.redirect_stderr(silent),
        ):
            warnings.simplefilter("ignore")
            try:
                given = explainer.generate_counterfactuals(
                    query,
                    total_CFs=1,
                    desired_class=1,
                    posthoc_sparsity_algorithm="binary",
                    **self._constraints(pattern),
                )
            except self._nothing_found:
                return None
        frame = given.cf_examples_list[0].final_cfs_df
        if frame is None or not len(frame):
            return None
        return torch.as_tensor(frame[self._names(pattern)].to_numpy(dtype=np.float32)[0])

    def _constraints(self, pattern: Tensor) -> dict[str, Any]:
        seed: dict[str, Any] = {"random_seed": 0} if self._method == "random" else {}
        if self._method == "kdtree":
            return seed
        present = set(self._names(pattern))
        movable = [one for one in self._table.schema.features if one.movable and one.name in present]
        ranges = {one.name: [one.low, one.high] for one in movable}
        return {**seed, "features_to_vary": list(ranges), "permitted_range": ranges}


class _Asked:
    """The classifier as scikit-learn would have it: a table of the features that are there, as probabilities."""

    def __init__(self, table: Table, pattern: Tensor) -> None:
        self._table, self._pattern = table, pattern

    def predict_proba(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        samples = torch.full((len(frame), len(self._pattern)), torch.nan)
        samples[:, self._pattern] = torch.as_tensor(np.asarray(frame, dtype=np.float32))
        with torch.no_grad():
            high = torch.sigmoid(self._table.classifier(samples)).numpy()
        return np.stack([1 - high, high], axis=1)

    def predict(self, frame: pd.DataFrame) -> NDArray[np.intp]:
        return self.predict_proba(frame).argmax(axis=1)
