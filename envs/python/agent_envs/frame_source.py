"""Where the frames of ``SkipFrames`` come from: what an environment returns, or what it draws when it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import gymnasium as gym
import numpy as np

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
