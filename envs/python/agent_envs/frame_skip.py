"""Frame skip for any Gymnasium environment, without drawing the frames that it throws away.

``SkipFrames`` repeats an action for a number of raw frames, adds up all their rewards, stops at
termination or truncation, and returns the last frame executed with the info of that frame. With
``max_pool`` the observation is the element-wise maximum of the last two frames of the skip, which
makes sprites visible that a console draws on every other frame; an episode that ends within the
skip shows its last frame alone.

Where the frames come from, and how the emulator is brought forward, is a ``FrameSource``. An
environment that draws on demand (``FastCarRacing``: a ``drawing`` flag and ``draw_observation()``)
and the Arcade Learning Environment are asked only for the frames that are needed; every other
environment, and any with a wrapper inside that may change observations, is taken at the observations
its ``step`` returns. The Arcade Learning Environment is also stepped directly, where no layer between
would notice. Results are the same either way.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.wrappers import (
    HumanRendering,
    OrderEnforcing,
    PassiveEnvChecker,
    RecordEpisodeStatistics,
    RenderCollection,
    TimeLimit,
)

from agent_envs.frame_source import DrawnFrames, FrameSource, ReturnedFrames, Step

_KEEP_OBSERVATIONS = (
    HumanRendering,
    OrderEnforcing,
    PassiveEnvChecker,
    RecordEpisodeStatistics,
    RenderCollection,
    TimeLimit,
)
"""Wrappers known to hand on observations as they are, so that frames may be fetched past them."""


def frame_source(env: gym.Env) -> FrameSource:
    """The cheapest source of true frames for an environment inside its wrappers."""
    layer = env
    while isinstance(layer, gym.Wrapper):
        if type(layer) not in _KEEP_OBSERVATIONS:
            return ReturnedFrames()
        layer = layer.env
    if hasattr(layer, "draw_observation") and hasattr(layer, "drawing"):
        return DrawnFrames(layer)
    if type(layer).__module__.startswith("ale_py"):
        # Only where there is an Atari: ale_py takes a while to load.
        from agent_envs.atari import AtariFrames

        if AtariFrames.can_serve(layer):
            return AtariFrames(layer)
    return ReturnedFrames()


class SkipFrames(gym.Wrapper):
    """Repeat each action for ``frames`` raw frames.

    Attributes:
        output: where observations are written, an array of the observation's shape and type, for
            instance one row of a batch; ``None`` (the default) returns arrays of their own.
    """

    def __init__(self, env: gym.Env, frames: int = 4, max_pool: bool = False) -> None:
        """Wrap ``env``, whose own frame skip must be off.

        Raises:
            ValueError: ``frames`` is below one, or below two with ``max_pool``.
            TypeError: ``max_pool`` with observations that are not arrays.
        """
        super().__init__(env)
        if frames < (2 if max_pool else 1):
            raise ValueError(f"expected at least {2 if max_pool else 1} frames for this frame skip, got {frames}")
        if max_pool and not isinstance(env.observation_space, spaces.Box):
            raise TypeError(f"max_pool needs a Box observation space, got {env.observation_space}")
        self.frames = frames
        self.output: np.ndarray | None = None
        self._source = frame_source(env)
        self._max_pool = max_pool

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        if self.output is not None:
            np.copyto(self.output, observation)
            observation = self.output
        return observation, info

    def step(self, action: Any) -> Step:
        source, max_pool = self._source, self._max_pool
        (observation, reward, terminated, truncated, info), is_whole = source.run(
            self.env, action, self.frames, max_pool
        )
        output = self.output
        if output is None and max_pool:
            space = self.env.observation_space
            output = np.empty(space.shape, space.dtype)  # what step returned may be the environment's own buffer
        fetch = source.pooled if max_pool and is_whole else source.frame
        observation = fetch(observation, output)
        return observation, reward, terminated, truncated, info
