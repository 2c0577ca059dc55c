"""Spaces as Minari writes them down, and the environment's specification."""

import json
from typing import Any

import numpy as np


def image_space(shape: list[int]) -> str:
    """A Box of uint8, [height, width, channels]."""
    low, high = (np.full(shape, value, np.uint8).tolist() for value in (0, 255))
    return json.dumps({"type": "Box", "dtype": "uint8", "shape": shape, "low": low, "high": high})


def discrete_space(count: int) -> str:
    return json.dumps({"type": "Discrete", "dtype": "int64", "start": 0, "n": count})


def env_spec(env: str, kwargs: dict[str, Any]) -> str | None:
    """The specification of a Gymnasium id, as it registered it; None where nobody knows it here."""
    import gymnasium

    try:
        import ale_py

        gymnasium.register_envs(ale_py)
        spec = gymnasium.spec(env)
        spec.kwargs.update(kwargs)
        return spec.to_json()
    except (gymnasium.error.Error, ImportError, TypeError, ValueError):
        return None


def space_of(metadata: dict[str, Any], name: str) -> dict[str, Any]:
    """A space by its name in the metadata. Raises `ValueError` where the data does not say it."""
    text = metadata.get(name)
    if not isinstance(text, str):
        raise ValueError(f"metadata.json does not say its {name}")
    space = json.loads(text)
    if not isinstance(space, dict) or "type" not in space:
        raise ValueError(f"the {name} in metadata.json is none")
    return space


def env_of(metadata: dict[str, Any]) -> str | None:
    """The Gymnasium id that the data was recorded in, where it says."""
    try:
        return str(json.loads(metadata["env_spec"])["id"])
    except (KeyError, TypeError, ValueError):
        return None
