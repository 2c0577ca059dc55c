"""What is chosen for each game: emulator, network, PPO settings. Recipes are data; the loop knows no game by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from agent_envs.preprocessing import Preprocessing

from .game import Game


class Convolution(NamedTuple):
    """Square kernel, no padding, ReLU behind it."""

    filters: int
    kernel: int
    stride: int


@dataclass(frozen=True)
class Imitation:
    """The first stage: the learner plays, a teacher says what it would do, the learner is trained to say the same
    (DAgger).
    """

    decisions: int
    learning_rate: tuple[float, float]
    led_share: float
    """Share of the games in which the teacher itself acts, so that what lies behind the learner's reach is seen too."""
    memory: int
    """Rollouts kept to learn from again."""
    epochs: int
    """Minibatches a rollout, counted in passes over it; half of each comes from the memory."""


@dataclass(frozen=True)
class Recipe:
    """Settings of one training; rates fall linearly from first to last over a stage's planned decisions."""

    game: str
    make_game: Callable[[], Game]
    make_training_game: Callable[[], Game]
    preprocessing: Preprocessing
    action_names: tuple[str, ...]
    convolutions: tuple[Convolution, ...]
    hidden: int
    games: int
    epochs: int
    learning_rate: tuple[float, float]
    entropy: tuple[float, float]
    reward_scale: float
    imitation: Imitation | None = None
    decisions_per_rollout: int = 128
    minibatch: int = 256
    clip_range: float = 0.2
    discount: float = 0.99
    gae_lambda: float = 0.95
    value_weight: float = 0.5
    gradient_norm: float = 0.5
    evaluate_every: int = 100_000
    planned_decisions: int = 10_000_000

    def rates(self, decisions: int, planned: int) -> tuple[float, float]:
        """Learning rate and entropy weight after so many of the planned decisions."""
        taught = self.imitation.decisions if self.imitation else 0
        if self.imitation and decisions < taught:
            return _falling(self.imitation.learning_rate, decisions / taught), 0.0
        fraction = (decisions - taught) / max(planned - taught, 1)
        return _falling(self.learning_rate, fraction), _falling(self.entropy, fraction)


def _falling(rates: tuple[float, float], fraction: float) -> float:
    first, last = rates
    return first + (last - first) * min(max(fraction, 0.0), 1.0)
