"""What is chosen for each game: emulator, network, PPO settings. Recipes are data; the loop knows no game by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from .game import Game
from .preprocessing import Preprocessing


class Convolution(NamedTuple):
    """Square kernel, no padding, ReLU behind it."""

    filters: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class Recipe:
    """Settings of one training; rates fall linearly from first to last over the planned decisions."""

    game: str
    make_game: Callable[[], Game]
    make_training_game: Callable[[], Game]
    preprocessing: Preprocessing
    action_names: tuple[str, ...]
    convolutions: tuple[Convolution, ...]
    hidden: int
    games: int
    decisions_per_rollout: int
    minibatch: int
    epochs: int
    learning_rate: tuple[float, float]
    entropy: tuple[float, float]
    reward_scale: float
    clip_range: float = 0.2
    discount: float = 0.99
    gae_lambda: float = 0.95
    value_weight: float = 0.5
    gradient_norm: float = 0.5
    evaluate_every: int = 250_000
    planned_decisions: int = 10_000_000

    def at(self, rates: tuple[float, float], progress: float) -> float:
        """A falling rate at ``progress`` in [0, 1] of the planned decisions."""
        first, last = rates
        return first + (last - first) * min(max(progress, 0.0), 1.0)
