"""A slice of the training games stepped one after the other: frame stacks, episode ends, seeds, rewards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing

from ..seeds import TRAINING
from .game import Game, GameStep


def episode_seeds(first: int) -> Iterator[int]:
    """Endless training seeds of one game; ``first`` names the stream."""
    generator = np.random.default_rng(first)
    while True:
        yield int(generator.integers(TRAINING.start, TRAINING.stop))


@dataclass(frozen=True)
class SliceStep:
    """Arrays over the games of the slice; observations, and the teachers' actions on them, are the next episode's
    where ``dones``.
    """

    observations: NDArray[np.uint8]
    labels: NDArray[np.int64]
    rewards: NDArray[np.float32]
    dones: NDArray[np.bool_]
    infos: list[dict[str, Any]]


class GameSlice:
    """Steps its games in the calling process."""

    def __init__(
        self,
        make_game: Callable[[], Game],
        preprocessing: Preprocessing,
        first_seeds: tuple[int, ...],
        reward_scale: float,
    ) -> None:
        self._games = [make_game() for _ in first_seeds]
        self._seeds = [episode_seeds(seed) for seed in first_seeds]
        self._preprocessing, self._reward_scale = preprocessing, reward_scale
        self._channels = preprocessing.frame_shape[0]
        self._stacks = np.zeros((len(self._games), *preprocessing.observation_shape), np.uint8)
        self._scores = [0.0] * len(self._games)
        self._lengths = [0] * len(self._games)
        self._pending: NDArray[np.int64] | None = None

    def begin_reset(self) -> None:
        """Nothing to start ahead in the same process."""

    def end_reset(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Observations and the teachers' actions on them."""
        for index in range(len(self._games)):
            self._start(index, seeded=True)
        return self._stacks.copy(), self._labels()

    def begin_step(self, actions: NDArray[np.int64]) -> None:
        self._pending = actions

    def end_step(self) -> SliceStep:
        assert self._pending is not None, "end_step without begin_step"
        count = len(self._games)
        rewards, dones = np.zeros(count, np.float32), np.zeros(count, bool)
        infos: list[dict[str, Any]] = [{} for _ in range(count)]
        for index, (game, action) in enumerate(zip(self._games, self._pending, strict=True)):
            frame, step = game.step(int(action))
            stack = self._stacks[index]
            stack[: -self._channels] = stack[self._channels :].copy()
            stack[-self._channels :] = frame
            rewards[index] = (step.reward if step.shaped is None else step.shaped) * self._reward_scale
            self._scores[index] += step.reward
            self._lengths[index] += 1
            dones[index] = self._finish(index, step, infos[index])
        return SliceStep(self._stacks.copy(), self._labels(), rewards, dones, infos)

    def close(self) -> None:
        for game in self._games:
            game.close()

    def _labels(self) -> NDArray[np.int64]:
        return np.array([game.teach() for game in self._games], np.int64)

    def _finish(self, index: int, step: GameStep, info: dict[str, Any]) -> bool:
        """Begin the next game where this one ended; True where the training episode ended."""
        if not (step.terminated or step.truncated or step.cut):
            return step.life_lost
        if not step.terminated:
            info["TimeLimit.truncated"] = step.truncated
            info["terminal_observation"] = self._stacks[index].copy()
        info["game_score"], info["game_decisions"] = self._scores[index], self._lengths[index]
        self._start(index, seeded=self._games[index].seed_every_episode)
        return True

    def _start(self, index: int, *, seeded: bool) -> None:
        frame = self._games[index].reset(next(self._seeds[index]) if seeded else None)
        stack = self._stacks[index].reshape(-1, *frame.shape)
        stack[:] = 0
        stack[slice(None) if self._preprocessing.reset == "repeat-first" else -1] = frame
        self._scores[index], self._lengths[index] = 0.0, 0
