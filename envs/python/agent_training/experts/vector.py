"""Many games behind Stable-Baselines3's vector environment, in this process or spread over worker processes.

A decision takes a fifth of a millisecond, less than a round trip to a process of its own, so each worker hosts a
slice of
the games and writes observations into shared memory; one message a worker carries all actions and rewards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from agent_envs.preprocessing import Preprocessing

from .game import NO_LABEL, Game
from .slice import GameSlice, SliceStep
from .worker import SliceWorker


class GameVectorEnv(VecEnv):
    """``count`` training games; observations uint8[count, stack * channels, h, w], rewards as the learner sees them."""

    def __init__(
        self,
        make_game: Callable[[], Game],
        preprocessing: Preprocessing,
        actions: int,
        count: int,
        *,
        first_seeds: Sequence[int],
        reward_scale: float,
        workers: int = 0,
    ) -> None:
        shape = preprocessing.observation_shape
        super().__init__(count, Box(0, 255, shape, np.uint8), Discrete(actions))
        bounds = np.linspace(0, count, max(workers, 1) + 1).astype(int)
        parts = [slice(int(a), int(b)) for a, b in pairwise(bounds) if b > a]
        kind = SliceWorker if workers else GameSlice
        self._parts = [(p, kind(make_game, preprocessing, tuple(first_seeds[p]), reward_scale)) for p in parts]
        self._next_labels: NDArray[np.int64] = np.full(count, NO_LABEL)
        self._labels: list[NDArray[np.int64]] = []
        self.finished: list[tuple[float, int]] = []
        self.led_by_teacher = 0
        """The first so many games do what their teacher says, whatever the learner chose."""

    def reset(self) -> NDArray[np.uint8]:
        for _, part in self._parts:
            part.begin_reset()
        observations, labels = zip(*(part.end_reset() for _, part in self._parts), strict=True)
        self._next_labels = np.concatenate(labels)
        return np.concatenate(observations)

    def take_labels(self) -> NDArray[np.int64]:
        """int64[decisions since the last call, count]: the teachers' actions on the observations that were acted on."""
        labels, self._labels = np.stack(self._labels), []
        return labels

    def step_async(self, actions: NDArray[np.int64]) -> None:
        self._labels.append(self._next_labels)
        led = (np.arange(self.num_envs) < self.led_by_teacher) & (self._next_labels != NO_LABEL)
        actions = np.where(led, self._next_labels, actions)
        for where, part in self._parts:
            part.begin_step(actions[where])

    def step_wait(self) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        steps: list[SliceStep] = [part.end_step() for _, part in self._parts]
        self._next_labels = np.concatenate([step.labels for step in steps])
        infos = [info for step in steps for info in step.infos]
        for info in infos:
            if "game_score" in info:
                self.finished.append((info["game_score"], info["game_decisions"]))
        observations = np.concatenate([step.observations for step in steps])
        rewards = np.concatenate([step.rewards for step in steps])
        return observations, rewards, np.concatenate([step.dones for step in steps]), infos

    def close(self) -> None:
        for _, part in self._parts:
            part.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [None for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError("training games have no attributes to set: change the recipe")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise NotImplementedError("training games have no methods to call: change the recipe")

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]
