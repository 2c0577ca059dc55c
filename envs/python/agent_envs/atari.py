"""Frames of the Arcade Learning Environment, fetched only when asked for, straight into where they go.

``AtariEnv.step`` converts the screen to an array and puts an info together after every raw frame. A
frame skip needs neither, so it calls the emulator as ``step`` does, and asks for end and info as ``step``
does. Sticky actions, lives and frame counts are the emulator's own. Where a wrapper between watches
every frame, or ``step`` would do more than that, ``step`` is called, with its picture left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from ale_py.env import AtariEnv
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker

from agent_envs.frame_source import FrameSource, Step

_HandsOn = Callable[[Any], bool]
"""Whether a wrapper's next step would do nothing but call the step inside it."""

_HANDS_ON: dict[type, _HandsOn] = {
    OrderEnforcing: lambda layer: layer._has_reset,
    PassiveEnvChecker: lambda layer: layer.checked_step and layer.checked_data_reuse,  # the first two steps only
}


def _is_plain(env: AtariEnv) -> bool:
    """Whether ``step`` is ale-py's own, of one frame and a discrete action."""
    return type(env) is AtariEnv and env._frameskip == 1 and not env.continuous and "step" not in env.__dict__


class AtariFrames(FrameSource):
    """Frames of an ``AtariEnv`` with image observations."""

    def __init__(self, env: AtariEnv) -> None:
        self._env = env
        self._outermost: gym.Env | None = None
        self._layers: list[tuple[gym.Env, _HandsOn]] = []
        self._ale = env.ale
        is_rgb = len(env.observation_space.shape) == 3
        self._convert = env.ale.getScreenRGB if is_rgb else env.ale.getScreenGrayscale
        self._before_last = np.empty(env.observation_space.shape, np.uint8)
        self._paused = False
        true_observation = env._get_obs
        env._get_obs = lambda: np.empty_like(self._before_last) if self._paused else true_observation()

    @staticmethod
    def can_serve(env: Any) -> bool:
        """Whether observations are RGB or gray screens, without sound."""
        return isinstance(env, AtariEnv) and env._obs_type in ("rgb", "grayscale") and not env.sound_obs

    def run(self, env: gym.Env, action: Any, frames: int, keep_before_last: bool) -> tuple[Step, bool]:
        inner = self._env
        if not self._can_act_directly(env):
            return super().run(env, action, frames, keep_before_last)
        ale, number = self._ale, inner._action_set[action]
        total = 0.0
        remaining = frames
        while True:
            total += ale.act(number, 1.0)
            remaining -= 1
            if remaining == 0 or ale.game_over():  # an end of either kind
                break
            if remaining == 1 and keep_before_last:
                self._convert(self._before_last)
        terminated, truncated = ale.game_over(with_truncation=False), ale.game_truncated()
        return (None, total, terminated, truncated, inner._get_info()), remaining == 0

    def _can_act_directly(self, outermost: gym.Env) -> bool:
        """Whether the emulator's own calls are all that a step through every layer would come to now."""
        if outermost is not self._outermost:
            self._outermost, self._layers = outermost, self._layers_of(outermost)
        return all(hands_on(layer) for layer, hands_on in self._layers)

    def _layers_of(self, outermost: gym.Env) -> list[tuple[gym.Env, _HandsOn]]:
        """Everything from the outside in, each with when its step may be passed by.

        A wrapper of another module says so itself, by an attribute ``hands_on_steps``.
        """
        layers: list[tuple[gym.Env, _HandsOn]] = []
        layer = outermost
        while layer is not self._env:
            layers.append((layer, _HANDS_ON.get(type(layer), lambda each: getattr(each, "hands_on_steps", False))))
            layer = layer.env
        return [*layers, (layer, _is_plain)]

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def frame(self, observation: Any, out: np.ndarray | None = None) -> np.ndarray:
        picture = np.empty_like(self._before_last) if out is None else out
        self._convert(picture)
        return picture

    def keep(self, observation: Any) -> None:
        self._convert(self._before_last)

    def pooled(self, observation: Any, out: np.ndarray) -> np.ndarray:
        self._convert(out)
        return np.maximum(out, self._before_last, out=out)
