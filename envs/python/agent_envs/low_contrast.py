"""``LowContrast-v0``: any environment that observes pictures, with all values drawn towards middle gray.

    gymnasium.make("LowContrast-v0", env="ALE/SpaceInvaders-v5", contrast=0.4, frameskip=1)

Nothing else changes: dynamics, rewards and random numbers are the environment's own. What is rendered has the same
contrast as what is observed, so that whoever watches sees what the player is given.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

MIDDLE = 128


class LowContrast(gymnasium.ObservationWrapper):
    """``contrast`` 1 changes nothing, 0 leaves nothing to be seen."""

    def __init__(self, env: gymnasium.Env, contrast: float) -> None:
        super().__init__(env)
        space = env.observation_space
        if not isinstance(space, spaces.Box) or space.dtype != np.uint8:
            raise ValueError(f"LowContrast is for observations of uint8 pictures, and this environment has {space}")
        if isinstance(contrast, bool) or not isinstance(contrast, int | float) or not 0 <= contrast <= 1:
            raise ValueError(f"contrast is a number from 0 to 1, got {contrast!r}")
        self._table = np.rint(MIDDLE + contrast * (np.arange(256) - MIDDLE)).astype(np.uint8)

    def observation(self, observation: np.ndarray) -> np.ndarray:
        return self._table[observation]

    def render(self) -> Any:
        picture = self.env.render()
        return self._table[picture] if isinstance(picture, np.ndarray) else picture


def make(env: str, contrast: float, **kwargs: Any) -> gymnasium.Env:
    """The environment ``env``, made with ``kwargs``, seen through the wrapper.

    A record may name any environment, and pages play records: no id makes Python import a module from here.
    """
    if not isinstance(env, str) or ":" in env:
        raise ValueError(f"LowContrast takes the id of a registered environment, without a module, got {env!r}")
    return LowContrast(gymnasium.make(env, disable_env_checker=True, **kwargs), contrast)


gymnasium.register(id="LowContrast-v0", entry_point="agent_envs.low_contrast:make")
