"""What a policy's observations were: their scale, and whether they were normalised by running statistics."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from agent_envs.preprocessing import Normalization, Preprocessing

from .archive import Archive
from .statistics import Statistics, read_statistics
from .unpickle import Stand, name_of

STATISTICS_FILE = "vecnormalize.pkl"


def fitted(archive: Archive, preprocessing: Preprocessing) -> Preprocessing:
    """The description with the scale that the policy was trained on.

    Raises:
        ValueError: for a shape that does not fit, or numbers that no known way leads to.
    """
    space = archive.observation_space
    shape = tuple(int(size) for size in space.get("_shape", space.get("shape")) or ())
    channels, height, width = preprocessing.observation_shape
    # Before 1.0 some zips kept the shape from before the channels went first.
    if shape not in ((channels, height, width), (height, width, channels)):
        raise ValueError(
            f"{archive.path}: observation_space: the zip expects {shape}, the preprocessing gives "
            f"{preprocessing.observation_shape}; name another with --preprocessing (a JSON file describes any)"
        )
    low, high = _bounds(space)
    if _dtype(space) == "uint8" and (low, high) == (0.0, 255.0):
        scaled = archive.policy_settings.get("normalize_images", True)
        return replace(preprocessing, scale=1 / 255 if scaled else 1.0)
    # Stable-Baselines3 divides bytes by 255, and leaves floats as they come.
    if _dtype(space).startswith("float") and (low, high) == (0.0, 1.0):
        return replace(preprocessing, scale=1 / 255)
    if (low, high) == (0.0, 255.0):
        return replace(preprocessing, scale=1.0)
    if low == -high:  # as VecNormalize leaves it: minus clip_obs to clip_obs
        return replace(preprocessing, scale=1.0)
    raise ValueError(
        f"{archive.path}: observation_space: expected bytes from 0 to 255, or floats from 0 to 1 or 0 to 255, "
        f"got {_dtype(space)} from {low:g} to {high:g}: how a picture became these numbers is not in the zip"
    )


def find_statistics(archive: Archive, given: Path | None) -> Statistics | None:
    """The statistics to normalise with; ``None`` where the policy was trained without.

    Raises:
        ValueError: where it was trained with statistics that are not given.
    """
    if given is not None:
        return read_statistics(given)
    beside = [archive.path.parent / STATISTICS_FILE, archive.path.parent / archive.path.stem / STATISTICS_FILE]
    sign = next((f"{path} lies beside it" for path in beside if path.is_file() and read_statistics(path)), None)
    sign = sign or _sign_of_normalization(archive)
    if sign is None:
        return None
    raise ValueError(
        f"{archive.path}: trained on normalised observations ({sign}); without their statistics it plays wrongly: "
        f"name its {STATISTICS_FILE} with --statistics"
    )


def normalization(statistics: Statistics, preprocessing: Preprocessing) -> tuple[Normalization, dict[str, np.ndarray]]:
    """How and with which tensors (float64, channels first) an observation is normalised.

    Raises:
        ValueError: for statistics of another shape.
    """
    frame, stack = preprocessing.frame_shape, preprocessing.observation_shape
    shape = statistics.mean.shape
    for of, expected in (("frame", frame), ("stack", stack)):
        last = (*expected[1:], expected[0])
        if shape in (expected, last):
            rule = Normalization(of, statistics.epsilon, statistics.clip)  # type: ignore[arg-type]
            arrays = {"mean": statistics.mean, "variance": statistics.variance}
            turned = {name: a if shape == expected else a.transpose(2, 0, 1) for name, a in arrays.items()}
            return rule, {f"observation.{name}": np.ascontiguousarray(array) for name, array in turned.items()}
    raise ValueError(f"--statistics: expected moments of {frame} or {stack}, got {shape}")


def _sign_of_normalization(archive: Archive) -> str | None:
    space = archive.observation_space
    low, high = _bounds(space)
    if _dtype(space) != "uint8" and low == -high:
        return f"its observations are floats from {low:g} to {high:g}"
    last = archive.fields.get("_last_obs")
    if _dtype(space) == "uint8" and isinstance(last, np.ndarray) and last.dtype.kind == "f":
        return "its last observation is of floats, its space of bytes"
    if isinstance(archive.fields.get("_last_original_obs"), np.ndarray):
        return "it keeps an observation from before the normalisation"
    return None


def _bounds(space: Stand) -> tuple[float, float]:
    low, high = space.get("low"), space.get("high")
    if not name_of(space).endswith(".Box") or not isinstance(low, np.ndarray) or low.size == 0:
        raise ValueError(f"observation_space: expected a Box of pictures, got {name_of(space)}")
    return float(low.min()), float(high.max())


def _dtype(space: Stand) -> str:
    dtype = space.get("dtype")
    return dtype.name if isinstance(dtype, np.dtype) else name_of(dtype).rpartition(".")[2]
