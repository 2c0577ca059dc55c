"""The statistics of a VecNormalize (``vecnormalize.pkl``), read as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent_envs.named_file import read_bytes

from .unpickle import Stand, name_of, unpickled

_EXPECTED = "a VecNormalize that Stable-Baselines3 saved"
_MAX_BYTES = 2**28
"""The moments are small, but the last observations of all games may lie beside them."""


@dataclass(frozen=True)
class Statistics:
    """clip((observation - mean) / sqrt(variance + epsilon), -clip, clip) in float64, then float32."""

    mean: np.ndarray
    variance: np.ndarray
    epsilon: float
    clip: float


def read_statistics(path: Path) -> Statistics | None:
    """The statistics of observations; ``None`` where only rewards were normalised.

    Raises:
        ValueError: if the file holds something else.
    """
    saved = unpickled(read_bytes(path, _MAX_BYTES, expected=_EXPECTED), str(path))
    if not isinstance(saved, Stand) or not name_of(saved).endswith(".VecNormalize"):
        raise ValueError(f"{path}: expected {_EXPECTED}, got {name_of(saved)}")
    if not saved.get("norm_obs", True):
        return None
    moments = saved.get("obs_rms")
    arrays = [moments.get(name) for name in ("mean", "var")] if isinstance(moments, Stand) else []
    if not arrays or not all(isinstance(array, np.ndarray) for array in arrays):
        raise ValueError(f"{path}: obs_rms: expected the moments of one Box, got {type(moments).__name__}")
    mean, variance = (np.float64(array) for array in arrays)
    return Statistics(mean, variance, float(saved.get("epsilon", 1e-8)), float(saved.get("clip_obs", 10.0)))
