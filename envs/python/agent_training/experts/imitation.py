"""PPO that begins as imitation: for its first decisions it learns a teacher's actions on what it meets itself (DAgger).

Both stages share rollouts, optimizer and value function, so that the second starts with a value of what the first
learned.
The memory of earlier rollouts is not part of a checkpoint: after a resume it fills again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import PPO
from torch.nn import functional

from .game import NO_LABEL
from .recipe import Imitation
from .vector import GameVectorEnv


@dataclass(frozen=True)
class _Labels:
    """One rollout, flattened over games and decisions."""

    observations: NDArray[np.uint8]
    actions: NDArray[np.int64]
    returns: NDArray[np.float32]


class TaughtPPO(PPO):
    """Stable-Baselines3's PPO with a first stage of imitation where the recipe has one."""

    imitation: Imitation | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._memory: deque[_Labels] = deque()

    def collect_rollouts(self, env: Any, *arguments: Any, **options: Any) -> bool:
        assert isinstance(env, GameVectorEnv)
        env.led_by_teacher = round(self.imitation.led_share * env.num_envs) if self._taught and self.imitation else 0
        return super().collect_rollouts(env, *arguments, **options)

    def train(self) -> None:
        environment = self.get_env()
        assert isinstance(environment, GameVectorEnv)
        labels = environment.take_labels()
        # Steps of a rollout that a resume or stop cut short are not in the buffer.
        labels = labels[-self.n_steps :]
        if self.imitation is not None and self.num_timesteps <= self.imitation.decisions:
            self._imitate(labels, self.imitation)
            return
        self._memory.clear()
        super().train()

    @property
    def _taught(self) -> bool:
        return self.imitation is not None and self.num_timesteps < self.imitation.decisions

    def _imitate(self, labels: NDArray[np.int64], imitation: Imitation) -> None:
        """Minibatches of which half comes from this rollout, half from an earlier one."""
        self.policy.set_training_mode(True)
        self._update_learning_rate(self.policy.optimizer)
        buffer = self.rollout_buffer
        taught = labels.reshape(-1) != NO_LABEL
        shape = buffer.observations.shape[2:]
        newest = _Labels(
            buffer.observations.reshape(-1, *shape)[taught],
            labels.reshape(-1)[taught],
            buffer.returns.reshape(-1)[taught],
        )
        self._memory.append(newest)
        if len(self._memory) > imitation.memory:
            self._memory.popleft()
        losses, agreements, value_losses = [], [], []
        for _ in range(imitation.epochs * len(newest.actions) // self.batch_size):
            older = self._memory[np.random.randint(len(self._memory))]
            picks = [_pick(source, self.batch_size // 2) for source in (newest, older)]
            observations, actions, returns = (torch.as_tensor(np.concatenate(part), device=self.device)
                                              for part in zip(*picks, strict=True))  # fmt: skip
            loss, value_loss, agreement = self._learn(observations, actions, returns)
            losses.append(loss)
            value_losses.append(value_loss)
            agreements.append(agreement)
        self._n_updates += imitation.epochs
        self.logger.record("train/imitation_loss", float(np.mean(losses)))
        self.logger.record("train/agreement", float(np.mean(agreements)))
        self.logger.record("train/value_loss", float(np.mean(value_losses)))

    def _learn(
        self, observations: torch.Tensor, actions: torch.Tensor, returns: torch.Tensor
    ) -> tuple[float, float, float]:
        """One step on cross entropy and squared error of the value; returns both losses and the share of equal
        actions.
        """
        hidden = self.policy.extract_features(observations)
        actor, critic = self.policy.mlp_extractor(hidden)
        logits, values = self.policy.action_net(actor), self.policy.value_net(critic)[:, 0]
        cross_entropy = functional.cross_entropy(logits, actions)
        value_loss = functional.mse_loss(values, returns)
        self.policy.optimizer.zero_grad()
        (cross_entropy + self.vf_coef * value_loss).backward()
        torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.max_grad_norm)
        self.policy.optimizer.step()
        return cross_entropy.item(), value_loss.item(), (logits.argmax(1) == actions).float().mean().item()


def _pick(source: _Labels, count: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    rows = np.random.randint(len(source.actions), size=count)
    return source.observations[rows], source.actions[rows], source.returns[rows]
