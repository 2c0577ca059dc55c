"""What a training run needs to go on: written whole or not at all, read without executing anything.

``torch.load(weights_only=True)`` takes tensors, numbers and text only, so a checkpoint from elsewhere cannot run code.
Emulators cannot be saved: a resumed run starts new episodes, everything else goes on where it was.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO

from agent_envs.atomic import write_atomically
from agent_envs.named_file import MAX_DATA_BYTES, require_file

FORMAT_VERSION = 1


@dataclass
class Progress:
    """Counters of a run; ``starts`` counts process starts and names the stream of training episodes."""

    decisions: int = 0
    updates: int = 0
    starts: int = 0
    best_score: float | None = None
    next_evaluation: int = 0
    seconds: float = 0.0


def save_checkpoint(path: Path, game: str, model: PPO, progress: Progress) -> None:
    """Policy, optimizer, counters and the states of all random numbers, by a temporary file and a rename."""
    keys, position, has_gauss, cached = _numpy_state()
    content = {
        "format_version": FORMAT_VERSION,
        "game": game,
        "progress": dict(vars(progress)),
        "policy": model.policy.state_dict(),
        "optimizer": model.policy.optimizer.state_dict(),
        "random_torch": torch.get_rng_state(),
        "random_numpy": {"keys": keys, "position": position, "has_gauss": has_gauss, "cached": cached},
        "random_python": _plain(random.getstate()),
    }
    write_atomically(path, lambda temporary: torch.save(content, temporary))


def load_checkpoint(path: Path, game: str, model: PPO) -> Progress:
    """Restore into ``model`` and the global random generators; returns the counters."""
    content = torch.load(require_file(path, MAX_DATA_BYTES), map_location=model.device, weights_only=True)
    for field, expected in (("format_version", FORMAT_VERSION), ("game", game)):
        if content.get(field) != expected:
            raise ValueError(
                f"{path}: {field}: expected {expected!r}, got {content.get(field)!r}; start anew or pass another --out"
            )
    model.policy.load_state_dict(content["policy"])
    model.policy.optimizer.load_state_dict(content["optimizer"])
    torch.set_rng_state(content["random_torch"].cpu())
    state = content["random_numpy"]
    keys = state["keys"].cpu().numpy().astype(np.uint32)
    np.random.set_state(("MT19937", keys, state["position"], state["has_gauss"], state["cached"]))
    random.setstate(_tuples(content["random_python"]))
    return Progress(**content["progress"])


def _numpy_state() -> tuple[torch.Tensor, int, int, float]:
    # Stable-Baselines3 shuffles minibatches with numpy's global generator.
    _, keys, position, has_gauss, cached = np.random.get_state()
    return torch.from_numpy(np.asarray(keys).astype(np.int64)), int(position), int(has_gauss), float(cached)


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
