"""``import``: a Stable-Baselines3 or rl-zoo3 zip of PPO, A2C, DQN or QR-DQN with a CNN policy as an expert package.

Stable-Baselines3 loads the zip, and a zip can hold pickled code: convert only files that you trust. The result holds
none.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium.spaces import Box, Discrete
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from torch import nn

from .export import actor_critic_chains, feature_modules, tensors_of
from .layers import Chain, chain_of
from .package import Actions, ExpertConfig, write_package
from .policy import policy_logits
from .preprocessing import Preprocessing
from .recipes import recipe_of
from .zoo import named_preprocessing

CAR_RACING_CONTROLS = ("steering", "gas", "brake")


@dataclass(frozen=True)
class ImportedModel:
    """A loaded zip and which algorithm made it."""

    algorithm: str
    model: BaseAlgorithm
    sha256: str


def import_zip(path: Path, game: str, out: Path, *, preprocessing: str | None = None) -> ExpertConfig:
    """Convert and write; what does not fit the game is refused by the field's name."""
    imported = load_zip(path)
    described = fitted(imported.model, named_preprocessing(game, preprocessing))
    chains = (
        q_chains(imported) if imported.algorithm in ("dqn", "qrdqn") else actor_critic_chains(imported.model.policy)
    )
    config = ExpertConfig(
        game=game,
        algorithm=imported.algorithm,
        preprocessing=described,
        actions=actions_of(imported, game),
        features=chains["features"].layers,
        policy=chains["policy"].layers,
        value=chains["value"].layers if "value" in chains else None,
        value_scale=None,  # the zip does not say how its rewards were clipped or normalised
        discount=float(imported.model.gamma),
        provenance={
            "imported_from": path.name,
            "zip_sha256": imported.sha256,
            "decisions": int(imported.model.num_timesteps),
            "packages": {name: version(name) for name in ("stable-baselines3", "torch")},
        },
    )
    write_package(out, config, tensors_of(chains))
    return config


def load_zip(path: Path) -> ImportedModel:
    """Load with the algorithm that the zip's own fields tell."""
    with zipfile.ZipFile(path) as archive:
        fields = json.loads(archive.read("data"))
    algorithm = _algorithm(fields, path)
    if algorithm == "qrdqn":
        from sb3_contrib import QRDQN

        kind: type[BaseAlgorithm] = QRDQN
    else:
        kind = {"ppo": PPO, "a2c": A2C, "dqn": DQN}[algorithm]
    # Schedules of older versions do not unpickle, and a replay buffer of a million frames is not wanted here.
    unneeded = {"learning_rate": 0.0, "lr_schedule": lambda _: 0.0, "clip_range": lambda _: 0.0, "buffer_size": 1}
    if "replay_buffer_kwargs" in fields:
        unneeded |= {"exploration_schedule": lambda _: 0.0, "optimize_memory_usage": False, "replay_buffer_kwargs": {}}
    model = kind.load(path, device="cpu", custom_objects=unneeded)
    model.policy.set_training_mode(False)
    return ImportedModel(algorithm, model, hashlib.sha256(path.read_bytes()).hexdigest())


def fitted(model: BaseAlgorithm, preprocessing: Preprocessing) -> Preprocessing:
    """The description with the policy's own scale; a shape that does not fit is refused."""
    shape = tuple(model.observation_space.shape or ())
    if shape != preprocessing.observation_shape:
        raise ValueError(
            f"observation_space: the zip expects {shape}, the preprocessing gives {preprocessing.observation_shape}; "
            "name another with --preprocessing (a JSON file describes any)"
        )
    return replace(preprocessing, scale=1 / 255 if model.policy.normalize_images else 1.0)


def actions_of(imported: ImportedModel, game: str) -> Actions:
    """Names and kind of the policy's outputs, checked against the game."""
    space, names = imported.model.action_space, recipe_of(game).action_names
    if isinstance(space, Discrete):
        if space.n != len(names):
            raise ValueError(f"action_space: expected {len(names)} actions for {game}, got {space.n}")
        return Actions("q-values" if imported.algorithm in ("dqn", "qrdqn") else "categorical", names)
    if isinstance(space, Box) and game == "carracing" and space.shape == (3,):
        bounds = (tuple(float(x) for x in edge) for edge in (space.low, space.high))
        return Actions("continuous", CAR_RACING_CONTROLS, *bounds, squash=bool(imported.model.policy.squash_output))
    raise ValueError(f"action_space: expected Discrete, or Box(3) for carracing, got {space}")


def q_chains(imported: ImportedModel) -> dict[str, Chain]:
    """A Q-network as features and policy; the mean over quantiles is folded into the last layer's weights."""
    network: Any = imported.model.policy.q_net if imported.algorithm == "dqn" else imported.model.policy.quantile_net
    head = network.q_net if imported.algorithm == "dqn" else network.quantile_net
    modules: list[nn.Module] = list(head)
    if imported.algorithm == "qrdqn":
        modules[-1] = _mean_over_quantiles(modules[-1], network.n_quantiles)  # type: ignore[arg-type]
    return {
        "features": chain_of("features", feature_modules(network.features_extractor)),
        "policy": chain_of("policy", modules),
    }


def reference_outputs(imported: ImportedModel, observations: np.ndarray) -> np.ndarray:
    """What Stable-Baselines3 itself computes: logits, Q-values or action means, float32[n, outputs]."""
    policy: Any = imported.model.policy
    batch = torch.as_tensor(observations)
    with torch.no_grad():
        if imported.algorithm == "dqn":
            return policy.q_net(batch).numpy()
        if imported.algorithm == "qrdqn":
            return policy.quantile_net(batch).mean(1).numpy()
    return policy_logits(policy, observations)[0]


def _mean_over_quantiles(layer: nn.Linear, quantiles: int) -> nn.Linear:
    mean = nn.Linear(layer.in_features, layer.out_features // quantiles)
    with torch.no_grad():
        mean.weight.copy_(layer.weight.double().view(quantiles, -1, layer.in_features).mean(0))
        mean.bias.copy_(layer.bias.double().view(quantiles, -1).mean(0))
    return mean


def _algorithm(fields: dict[str, Any], path: Path) -> str:
    if "n_quantiles" in fields or "sb3_contrib.qrdqn" in str(fields.get("policy_class")):
        return "qrdqn"
    if "exploration_fraction" in fields:
        return "dqn"
    if "n_epochs" in fields:
        return "ppo"
    if "gae_lambda" in fields:
        return "a2c"
    raise ValueError(f"{path}: expected a zip of PPO, A2C, DQN or QR-DQN, its fields are {sorted(fields)[:12]}...")
