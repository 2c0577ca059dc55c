"""Frames of the Arcade Learning Environment, fetched only when asked for.

``AtariEnv.step`` converts the screen to an array after every raw frame: a third of its time. While
paused, its observation getter hands back a blank array instead, and everything else in ``step``
(sticky actions, lives, end of the episode, info) stays ale-py's own code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ale_py.env import AtariEnv


class AtariFrames:
    """A ``FrameSource`` (see ``agent_envs.frame_skip``) for an ``AtariEnv`` with image observations."""

    def __init__(self, env: AtariEnv) -> None:
        self._shape = env.observation_space.shape
        self._fetch = env.ale.getScreenRGB if len(self._shape) == 3 else env.ale.getScreenGrayscale
        self._paused = False
        true_observation = env._get_obs
        env._get_obs = lambda: np.zeros(self._shape, np.uint8) if self._paused else true_observation()

    @staticmethod
    def can_serve(env: Any) -> bool:
        """Whether observations are RGB or gray screens, without sound."""
        return isinstance(env, AtariEnv) and env._obs_type in ("rgb", "grayscale") and not env.sound_obs

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def frame(self, observation: Any, out: np.ndarray | None = None) -> np.ndarray:
        if out is None:
            out = np.empty(self._shape, np.uint8)
        self._fetch(out)
        return out
