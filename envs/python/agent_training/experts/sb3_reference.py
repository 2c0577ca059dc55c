"""A Stable-Baselines3 zip run by Stable-Baselines3 itself, to compare other implementations with.

The library loads the zip, and a zip can hold pickled code: only for files that you trust. ``agent_envs.sb3`` reads zips
without running them.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm

from agent_envs.named_file import MAX_DATA_BYTES, require_file
from agent_envs.sb3.archive import Fields, algorithm_of

from .policy import policy_logits


@dataclass(frozen=True)
class LoadedModel:
    """A loaded zip and which algorithm made it."""

    algorithm: str
    model: BaseAlgorithm


def load_zip(path: Path) -> LoadedModel:
    """Load with the algorithm that the zip's own fields tell."""
    with zipfile.ZipFile(require_file(path, MAX_DATA_BYTES)) as archive:
        fields = json.loads(archive.read("data"))
    algorithm = algorithm_of(Fields(fields, str(path)), path)
    # Schedules of older versions do not unpickle, and a replay buffer of a million frames is not wanted here.
    unneeded = {"learning_rate": 0.0, "lr_schedule": lambda _: 0.0, "clip_range": lambda _: 0.0, "buffer_size": 1}
    if "replay_buffer_kwargs" in fields:
        unneeded |= {"exploration_schedule": lambda _: 0.0, "optimize_memory_usage": False, "replay_buffer_kwargs": {}}
    model = _kind_of(algorithm).load(path, device="cpu", custom_objects=unneeded)
    model.policy.set_training_mode(False)
    return LoadedModel(algorithm, model)


def _kind_of(algorithm: str) -> type[BaseAlgorithm]:
    import sb3_contrib

    kinds: dict[str, type[BaseAlgorithm]] = {
        "ppo": PPO,
        "a2c": A2C,
        "dqn": DQN,
        "qrdqn": sb3_contrib.QRDQN,
        "trpo": sb3_contrib.TRPO,
        "maskable-ppo": sb3_contrib.MaskablePPO,
    }
    return kinds[algorithm]


def reference_outputs(imported: LoadedModel, observations: np.ndarray) -> np.ndarray:
    """What Stable-Baselines3 itself computes: logits, Q-values or action means, float32[n, outputs]."""
    policy: Any = imported.model.policy
    batch = torch.as_tensor(observations)
    with torch.no_grad():
        if imported.algorithm == "dqn":
            return policy.q_net(batch).numpy()
        if imported.algorithm == "qrdqn":
            return policy.quantile_net(batch).mean(1).numpy()
    return policy_logits(policy, observations)[0]
