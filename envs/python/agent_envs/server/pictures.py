"""Observations that are pictures in another form, seen as pictures: nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

_COLOURS = (1, 3)
_SMALLEST = 8
"""Sides of fewer pixels are taken for a table rather than a picture."""

View = Callable[[Any], np.ndarray]


class Viewed(gymnasium.ObservationWrapper):
    """An environment whose observations are seen through a function."""

    def __init__(self, env: gymnasium.Env, view: View, space: spaces.Box) -> None:
        super().__init__(env)
        self._view = view
        self.observation_space = space

    def observation(self, observation: Any) -> np.ndarray:
        return self._view(observation)


def with_pictures(env: gymnasium.Env) -> gymnasium.Env:
    """The environment with its observations as uint8 [H, W, C] where they are pictures, and as they are where not.

    Truth values become 0 and 255; pictures without channels get one; channels that come first go last.
    """
    space = env.observation_space
    if not isinstance(space, spaces.Box) or space.dtype not in (np.bool_, np.uint8):
        return env
    views: list[View] = []
    if space.dtype == np.bool_:
        views.append(_as_bytes)
    if len(space.shape) == 2 and min(space.shape) >= _SMALLEST:
        views.append(_with_channel)
    elif len(space.shape) == 3 and _has_channels_first(space.shape):
        views.append(_channels_last)
    if not views:
        return env
    shape = _through(views, np.zeros(space.shape, space.dtype)).shape
    return Viewed(env, lambda seen: _through(views, seen), spaces.Box(0, 255, shape, np.uint8))


def _has_channels_first(shape: tuple[int, ...]) -> bool:
    channels, height, width = shape
    return channels in _COLOURS and width not in _COLOURS and min(height, width) >= _SMALLEST


def _through(views: list[View], seen: Any) -> np.ndarray:
    for view in views:
        seen = view(seen)
    return seen


def _as_bytes(seen: Any) -> np.ndarray:
    return np.asarray(seen, np.bool_).astype(np.uint8) * np.uint8(255)


def _with_channel(seen: Any) -> np.ndarray:
    return np.asarray(seen)[..., None]


def _channels_last(seen: Any) -> np.ndarray:
    return np.moveaxis(np.asarray(seen), 0, -1)
