"""Means with the interval that a reviewer asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 10_000


def bootstrap_interval(values: Sequence[float], *, level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap of the mean, ``RESAMPLES`` resamples, the same for the same values."""
    if not values:
        raise ValueError("bootstrap: expected at least one value, got none")
    data = np.asarray(values, np.float64)
    picks = np.random.default_rng(seed).integers(len(data), size=(RESAMPLES, len(data)))
    low, high = np.quantile(data[picks].mean(1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
