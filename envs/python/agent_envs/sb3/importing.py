"""From a zip to an expert package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .archive import Archive, read_archive
from .network import chains_of
from .observations import find_statistics, fitted, normalization
from .package import write_package
from .unpickle import name_of
from .zoo import named_preprocessing

CAR_RACING_CONTROLS = ("steering", "gas", "brake")


@dataclass(frozen=True)
class Game:
    """The game that an expert is to play, as its YAML says it."""

    name: str
    env: str
    actions: Sequence[str]


def import_zip(
    path: Path, game: Game, out: Path, *, preprocessing: str | None = None, statistics: Path | None = None
) -> dict[str, Any]:
    """Convert and write; returns the provenance.

    Raises:
        ValueError: names what does not fit.
    """
    archive = read_archive(path)
    chains = chains_of(archive)
    actions = _actions(archive, game)
    described = fitted(archive, named_preprocessing(game.env, preprocessing))
    tensors = {name: tensor for chain in chains.values() for name, tensor in chain.tensors.items()}
    moments = find_statistics(archive, statistics)
    if moments is not None:
        rule, arrays = normalization(moments, described)
        described = replace(described, normalize=rule)
        tensors |= arrays
    provenance = {
        "imported_from": path.name,
        "zip_sha256": archive.sha256,
        "decisions": int(archive.fields.get("num_timesteps") or 0),
    }
    config = {
        "format": "agent-expert",
        "format_version": 1,
        "game": game.name,
        "algorithm": archive.algorithm,
        "preprocessing": described.to_json(),
        "network": {name: chain.layers for name, chain in chains.items()},
        "actions": actions,
        "value_scale": None,  # the zip does not say how its rewards were clipped or normalised
        "discount": float(archive.fields.get("gamma", 0.99)),
        "provenance": provenance,
    }
    write_package(out, config, tensors)
    return provenance


def _actions(archive: Archive, game: Game) -> dict[str, Any]:
    """Names and kind of the policy's outputs, checked against the game."""
    space = archive.action_space
    kind = name_of(space).rpartition(".")[2]
    if kind == "Discrete":
        count = int(space.get("n"))
        if count != len(game.actions):
            raise ValueError(
                f"{archive.path}: action_space: expected {len(game.actions)} actions for {game.name} "
                f"({', '.join(game.actions)}), got {count}"
            )
        is_value = archive.algorithm in ("dqn", "qrdqn")
        return {"kind": "q-values" if is_value else "categorical", "names": list(game.actions), "squash": False}
    low, high = space.get("low"), space.get("high")
    if kind != "Box" or not isinstance(low, np.ndarray) or low.ndim != 1:
        raise ValueError(f"{archive.path}: action_space: expected Discrete or a Box of one dimension, got {kind}")
    is_car = game.env.startswith("CarRacing") and low.size == len(CAR_RACING_CONTROLS)
    names = CAR_RACING_CONTROLS if is_car else tuple(f"control-{index}" for index in range(low.size))
    settings = archive.policy_settings
    return {
        "kind": "continuous",
        "names": list(names),
        "low": [float(x) for x in low],
        "high": [float(x) for x in high],
        # Stable-Baselines3 squashes only where the exploration depends on the state.
        "squash": bool(archive.fields.get("use_sde") and settings.get("squash_output", False)),
    }
