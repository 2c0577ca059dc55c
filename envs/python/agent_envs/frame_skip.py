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

from abc import ABC, abstractmethod
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

_KEEP_OBSERVATIONS = (
    HumanRendering,
    OrderEnforcing,
    PassiveEnvChecker,
    RecordEpisodeStatistics,
    RenderCollection,
    TimeLimit,
)
"""Wrappers known to hand on observations as they are, so that frames may be fetched past them."""


Step = tuple[Any, float, bool, bool, dict[str, Any]]
"""What ``step`` returns: observation, reward, terminated, truncated, info."""


class FrameSource(ABC):
    """How ``SkipFrames`` runs frames and gets at them. ``observation`` is always what the last ``step`` returned."""

    _kept: np.ndarray | None = None

    def run(self, env: gym.Env, action: Any, frames: int, keep_before_last: bool) -> tuple[Step, bool]:
        """Up to ``frames`` raw frames of one action, fewer where the episode ends.

        Returns the last frame's step with all rewards summed, and whether all frames were run. The
        observation in it is for ``frame`` and ``pooled`` alone.
        """
        total = 0.0
        remaining = frames
        self.pause()
        try:
            while True:
                observation, reward, terminated, truncated, info = env.step(action)
                total += reward
                remaining -= 1
                if remaining == 0 or terminated or truncated:
                    return (observation, total, terminated, truncated, info), remaining == 0
                if remaining == 1 and keep_before_last:
                    self.keep(observation)
        finally:
            self.resume()

    @abstractmethod
    def pause(self) -> None:
        """From now on the observation that ``step`` returns is not looked at and need not be drawn."""

    @abstractmethod
    def resume(self) -> None:
        """``step`` and ``reset`` return true observations again."""

    @abstractmethod
    def frame(self, observation: Any, out: np.ndarray | None = None) -> Any:
        """The present frame: into ``out`` if given (which is returned), else newly allocated or fresh."""

    def keep(self, observation: Any) -> None:
        """Remember the present frame for ``pooled``."""
        self._kept = np.array(self.frame(observation)) if self._kept is None else self.frame(observation, self._kept)

    def pooled(self, observation: Any, out: np.ndarray) -> np.ndarray:
        """The element-wise maximum of the present frame and the kept one, which was the frame before it."""
        self.frame(observation, out)
        return np.maximum(out, self._kept, out=out)


class ReturnedFrames(FrameSource):
    """Frames as ``step`` returns them: right for every environment."""

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def frame(self, observation: Any, out: np.ndarray | None = None) -> Any:
        if out is None:
            return observation
        np.copyto(out, observation)
        return out


class DrawnFrames(FrameSource):
    """Frames of an environment with a ``drawing`` flag and ``draw_observation()``."""

    def __init__(self, env: Any) -> None:
        self._env = env

    def pause(self) -> None:
        self._env.drawing = False

    def resume(self) -> None:
        self._env.drawing = True

    def frame(self, observation: Any, out: np.ndarray | None = None) -> np.ndarray:
        drawn = self._env.draw_observation()
        if out is None:
            return drawn
        np.copyto(out, drawn)
        return out


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
