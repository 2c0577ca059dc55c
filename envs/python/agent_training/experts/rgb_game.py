"""A game as every policy of this project sees it: RGB observations at the decision rate, preprocessed by any
description.
"""

from __future__ import annotations

from typing import Any

import ale_py
import gymnasium
import numpy as np
from numpy.typing import NDArray

from agent_envs.car_racing import ENV_ID
from agent_envs.frame_skip import SkipFrames
from agent_envs.preprocessing import Preprocessing

from .game import NO_LESSON, GameStep
from .space_invaders import STICKY_ACTIONS

gymnasium.register_envs(ale_py)


def make_rgb_environment(game: str, *, continuous: bool = False) -> gymnasium.Env:
    """The game's environment with frame skip 4, max-pooled for Space Invaders."""
    if game == "carracing":
        return SkipFrames(gymnasium.make(ENV_ID, continuous=continuous, disable_env_checker=True), 4)
    if game == "spaceinvaders" and not continuous:
        base = gymnasium.make("ALE/SpaceInvaders-v5", frameskip=1, repeat_action_probability=STICKY_ACTIONS)
        return SkipFrames(base, 4, max_pool=True)
    raise ValueError(f"expected carracing or spaceinvaders (discrete only), got {game!r}, continuous {continuous}")


class RgbGame:
    """``Game`` for evaluation; ``rgb`` is the latest observation before preprocessing, uint8[h, w, 3]."""

    seed_every_episode = True

    def __init__(
        self, game: str, preprocessing: Preprocessing, action_names: tuple[str, ...], *, continuous: bool = False
    ) -> None:
        self.preprocessing, self.action_names = preprocessing, action_names
        self._environment = make_rgb_environment(game, continuous=continuous)
        self.rgb: NDArray[np.uint8] = np.zeros(preprocessing.input_shape, np.uint8)

    def reset(self, seed: int | None) -> NDArray[np.uint8]:
        rgb, _ = self._environment.reset(seed=seed)
        self.rgb = np.array(rgb)  # environments may draw the next frame into the same memory
        return self.preprocessing.frame(self.rgb)

    def step(self, action: Any) -> tuple[NDArray[np.uint8], GameStep]:
        rgb, reward, terminated, truncated, _ = self._environment.step(action)
        self.rgb = np.array(rgb)
        return self.preprocessing.frame(self.rgb), GameStep(float(reward), terminated, truncated)

    def teach(self) -> int:
        return NO_LESSON

    def close(self) -> None:
        self._environment.close()
