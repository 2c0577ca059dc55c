"""Layers around an environment: raw frames watched one by one, and pictures as observations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from agent_envs.server.errors import RequestError, environment_failure

Picture = tuple[int, int, int]
"""Shape of a rendered picture: height, width, 3."""

_shapes: dict[str, Picture] = {}


class BrokenContract(Exception):
    """An environment that does something else than its spaces promise."""


class RawSteps(gymnasium.Wrapper):
    """Sits inside the frame skip and sees every emulator frame.

    Checks what the environment returns, makes rewards float64, and renders each frame while
    ``recording``; ``frames`` are the pictures since recording began.
    """

    def __init__(self, env: gymnasium.Env, observation_shape: tuple[int, ...], picture: Picture | None) -> None:
        super().__init__(env)
        self._shape = observation_shape
        self._picture = picture
        self._buffer = np.empty((0, 0, 0, 3), np.uint8)
        self._count = 0
        self.recording = False

    @property
    def hands_on_steps(self) -> bool:
        """Whether steps of an emulator that keeps what its spaces promise may pass this layer by."""
        return not self.recording

    def begin(self, recording: bool, at_most: int) -> None:
        """Before a reset or a decision of ``at_most`` raw frames."""
        self.recording = recording
        self._count = 0
        if recording and len(self._buffer) < at_most:
            self._buffer = np.empty((at_most, *self._picture), np.uint8)

    @property
    def frames(self) -> np.ndarray:
        """Pictures since ``begin``, [COUNT, H, W, 3]; valid until the next ``begin``."""
        return self._buffer[: self._count]

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        result = self.env.reset(seed=seed, options=options)
        if type(result) is not tuple or len(result) != 2:
            raise BrokenContract(f"reset returned {_kind(result)}, expected (observation, info)")
        observation, info = result
        self._check(observation, info)
        if self.recording:
            self._record()
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        result = self.env.step(action)
        if type(result) is not tuple or len(result) != 5:
            expected = "(observation, reward, terminated, truncated, info)"
            raise BrokenContract(f"step returned {_kind(result)}, expected {expected}")
        observation, reward, terminated, truncated, info = result
        self._check(observation, info)
        if self.recording:
            self._record()
        return observation, _number(reward), bool(terminated), bool(truncated), info

    def _check(self, observation: Any, info: Any) -> None:
        shape = observation.shape if type(observation) is np.ndarray else np.shape(observation)
        if shape != self._shape:
            raise BrokenContract(f"an observation of shape {list(shape)}, expected {list(self._shape)}")
        if type(info) is not dict and not isinstance(info, Mapping):
            raise BrokenContract(f"an info of type {_kind(info)}, expected a dict")

    def _record(self) -> None:
        self._buffer[self._count] = picture_of(self.env, self._picture)
        self._count += 1


class RenderedObservation(gymnasium.Env):
    """An environment whose observation is what it renders.

    Draws on demand (see ``agent_envs.frame_skip``), so frames that a skip throws away are not rendered.
    """

    def __init__(self, env: gymnasium.Env, picture: Picture) -> None:
        self._env = env
        self._picture = picture
        self._last = np.zeros(picture, np.uint8)
        self.drawing = True
        self.action_space = env.action_space
        self.observation_space = spaces.Box(0, 255, picture, np.uint8)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        _, info = self._env.reset(seed=seed, options=options)
        return self.draw_observation(), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        _, reward, terminated, truncated, info = self._env.step(action)
        return self.draw_observation() if self.drawing else self._last, reward, terminated, truncated, info

    def draw_observation(self) -> np.ndarray:
        """The picture of the present state."""
        self._last = picture_of(self._env, self._picture)
        return self._last

    def render(self) -> Any:
        return self._env.render()

    def close(self) -> None:
        self._env.close()


def rendered_shape(key: str, make: Callable[[], gymnasium.Env]) -> Picture:
    """The shape of the pictures that an environment renders, found out once for each ``key``.

    Rendering needs a reset, which could change a stateful environment's first episode: so another
    instance is made, asked, and closed.

    Raises:
        RequestError: ``unsupported_env`` where it renders no pictures, ``env_failure`` where it fails.
    """
    if key not in _shapes:
        env = make()
        try:
            env.reset(seed=0)
            picture = env.render()
        except (Exception, SystemExit) as problem:
            raise environment_failure(problem, "rendering") from problem
        finally:
            env.close()
        if not _is_picture(picture):
            raise RequestError(
                "unsupported_env",
                "the environment does not render pictures",
                expected="`render()` to return uint8 of shape [H, W, 3] in the mode `rgb_array`",
                got=_kind(picture),
                where="render",
                next="play it by its own observations, without --record and --observation render",
            )
        if len(_shapes) >= 256:
            _shapes.clear()
        _shapes[key] = picture.shape
    return _shapes[key]


def picture_of(env: gymnasium.Env, shape: Picture) -> np.ndarray:
    """What an environment renders, checked."""
    picture = env.render()
    if not _is_picture(picture) or picture.shape != shape:
        raise BrokenContract(f"render returned {_kind(picture)}, expected a uint8 picture of shape {list(shape)}")
    return picture


def _is_picture(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] == 3


def _number(reward: Any) -> float:
    try:
        return float(reward)
    except (TypeError, ValueError):
        raise BrokenContract(f"a reward of {_kind(reward)}, expected a number") from None


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {list(value.shape)}"
    if isinstance(value, tuple):
        return f"tuple of {len(value)}"
    return type(value).__name__
