"""The engagement network's peers: scikit-learn's usual classifiers, given the same rows and what they need of them.

Absent values: the median with an indicator where a method takes no NaN. Each chooses its settings by the AUROC on
people held out of the training, then learns from all of them, as the network keeps people for stopping early.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scoring.engagement.training import Rated, split_people
from scoring.metrics.binary import auroc

Array = NDArray[np.float64]
HELD_OUT = 0.15


def _logistic(seed: int, strength: float) -> Any:
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(imputer, StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _forest(seed: int, leaf: int) -> Any:
    forest = RandomForestClassifier(200, min_samples_leaf=leaf, n_jobs=2, random_state=seed)
    return make_pipeline(SimpleImputer(strategy="median", add_indicator=True), forest)


def _boosting(seed: int, leaves: int) -> Any:
    return HistGradientBoostingClassifier(
        *("log_loss",),
        learning_rate=0.05,
        max_iter=600,
        max_leaf_nodes=leaves,
        l2_regularization=1.0,
        early_stopping=True,
        random_state=seed,
    )


PEERS: Mapping[str, tuple[Callable[[int, Any], Any], Sequence[float]]] = {
    "logistic_regression": (_logistic, (0.01, 0.1, 1.0)),
    "random_forest": (_forest, (20, 60)),
    "gradient_boosting": (_boosting, (7, 15, 31)),
}
"""How each is made from a seed and a setting, and the settings that it chooses from."""


def probabilities(name: str, rated: Rated, features: Array, seed: int) -> tuple[Array, float]:
    """P(high) (n,) of features (n, k) by the peer `name`, trained on `rated`; and the setting that it chose."""
    make, settings = PEERS[name]
    held = split_people(rated.person, HELD_OUT, seed)

    def on_held_out(setting: float) -> float:
        found = make(seed, setting).fit(rated.features[~held], rated.high[~held])
        return auroc(found.predict_proba(rated.features[held])[:, 1], rated.high[held])

    chosen = max(settings, key=on_held_out)
    model = make(seed, chosen).fit(rated.features, rated.high)
    said: Array = model.predict_proba(features)[:, 1]
    return said, chosen
