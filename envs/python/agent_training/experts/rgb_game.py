"""A game as every policy of this project sees it: RGB observations at the decision rate, preprocessed by any
description.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing

from ..game_settings import Emulator
from .game import NO_LABEL, GameStep


class RgbGame:
    """``Game`` without a faster way; ``rgb`` is the latest observation before preprocessing, uint8[h, w, 3]."""

    seed_every_episode = True

    def __init__(self, emulator: Emulator, preprocessing: Preprocessing, **kwargs: Any) -> None:
        """``kwargs`` are the environment's, before those of the game's settings."""
        self.preprocessing = preprocessing
        self._environment = emulator.make_skipping(**kwargs)
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
        return NO_LABEL

    def close(self) -> None:
        self._environment.close()
