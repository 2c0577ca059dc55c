"""CarRacing for training: discrete actions; of the raw frames of one decision only the last is drawn.

A training episode is cut where the car has earned nothing for a while: without it most of an early policy's time
goes into standing in the grass. Evaluation never cuts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import BoxResize, Gray, Preprocessing

from ..game_settings import Emulator
from .car_racing_teacher import CarRacingTeacher
from .game import NO_LABEL, GameStep

PREPROCESSING = Preprocessing(input_shape=(96, 96, 3), steps=(Gray(), BoxResize(rows=2, columns=2)), stack=4)
CUT_AFTER = 30
"""Decisions without a new tile (2.4 seconds of the game) after which a training episode is given up."""


class CarRacingGame:
    """One game; frames come preprocessed as uint8[1, 48, 48]."""

    preprocessing = PREPROCESSING
    seed_every_episode = True  # a seed is a track

    def __init__(self, emulator: Emulator, *, cut_after: int | None = None, taught: bool = False) -> None:
        self._env = emulator.make_skipping()
        self._teacher = CarRacingTeacher(self._env.unwrapped) if taught else None
        self._cut_after = cut_after
        self._idle = 0

    def reset(self, seed: int | None) -> NDArray[np.uint8]:
        rgb, _ = self._env.reset(seed=seed)
        if self._teacher is not None:
            self._teacher.reset()
        self._idle = 0
        return self.preprocessing.frame(rgb)

    def step(self, action: int) -> tuple[NDArray[np.uint8], GameStep]:
        rgb, reward, terminated, truncated, _ = self._env.step(action)
        self._idle = 0 if reward > 0 else self._idle + 1
        cut = self._cut_after is not None and self._idle >= self._cut_after and not (terminated or truncated)
        return self.preprocessing.frame(rgb), GameStep(float(reward), terminated, truncated, cut=cut)

    def teach(self) -> int:
        return NO_LABEL if self._teacher is None else self._teacher.act()

    def close(self) -> None:
        self._env.close()


def training_game(emulator: Emulator) -> CarRacingGame:
    """A game with its teacher, whose hopeless episodes are cut."""
    return CarRacingGame(emulator, cut_after=CUT_AFTER, taught=True)
