"""Frames of the Arcade Learning Environment, fetched only when asked for, and converted only where they changed.

``AtariEnv.step`` converts the screen to an array after every raw frame: a third of its time. While
paused, its observation getter hands back an array without content instead, and everything else in ``step``
(sticky actions, lives, end of the episode, info) stays ale-py's own code.

The emulator's screen holds a palette index a pixel; RGB or gray is a function of that index alone. So a
frame is made from the last one by converting the pixels whose index differs, mostly a few dozen. The
palette is learned from frames that ale-py converted: an index not met yet, or a frame that differs in
much, is converted by ale-py as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ale_py.env import AtariEnv

from agent_envs.frame_skip import FrameSource

_MOST_CHANGES = 1500
"""Changed pixels above which ale-py's conversion of all 33,600 is quicker."""

_Pixels = np.ndarray | slice
"""Which pixels of a picture: their places, or all."""


class AtariFrames(FrameSource):
    """Frames of an ``AtariEnv`` with image observations."""

    def __init__(self, env: AtariEnv) -> None:
        self._ale = env.ale
        is_rgb = len(env.observation_space.shape) == 3
        self._convert = env.ale.getScreenRGB if is_rgb else env.ale.getScreenGrayscale
        self._picture = np.zeros(env.observation_space.shape, np.uint8)
        self._pixels = self._picture.reshape(-1, 3) if is_rgb else self._picture.reshape(-1)
        self._shown, self._before = np.zeros((2, *self._picture.shape[:2]), np.uint8)
        """Palette indices: of what is in the picture, and of what was in it before."""
        self._colors = np.zeros((256, *self._pixels.shape[1:]), np.uint8)
        self._is_known = np.zeros(256, bool)
        self._ale.getScreen(self._shown)
        self._convert(self._picture)
        self._learn()
        self._paused = False
        true_observation = env._get_obs
        env._get_obs = lambda: np.empty_like(self._picture) if self._paused else true_observation()

    @staticmethod
    def can_serve(env: Any) -> bool:
        """Whether observations are RGB or gray screens, without sound."""
        return isinstance(env, AtariEnv) and env._obs_type in ("rgb", "grayscale") and not env.sound_obs

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def frame(self, observation: Any, out: np.ndarray | None = None) -> np.ndarray:
        self._follow()
        if out is None:
            return self._picture.copy()
        np.copyto(out, self._picture)
        return out

    def keep(self, observation: Any) -> None:
        self._follow()

    def pooled(self, observation: Any, out: np.ndarray) -> np.ndarray:
        pixels = self._pixels
        changed, before = self._follow()  # from the frame kept to the present one
        present = pixels[changed].copy()
        pixels[changed] = np.maximum(before, present)
        np.copyto(out, self._picture)
        pixels[changed] = present
        return out

    def _follow(self) -> tuple[_Pixels, np.ndarray]:
        """Bring the picture up to the screen. Returns which pixels changed, and their colours before."""
        shown = self._before
        self._ale.getScreen(shown)
        self._shown, self._before = shown, self._shown
        changed = np.flatnonzero(shown != self._before)
        if len(changed) <= _MOST_CHANGES:
            indices = shown.reshape(-1)[changed]
            if self._is_known[indices].all():
                before = self._pixels[changed]
                self._pixels[changed] = self._colors[indices]
                return changed, before
        before = self._pixels.copy()
        self._convert(self._picture)
        if len(changed) <= _MOST_CHANGES:
            self._learn()
        return slice(None), before

    def _learn(self) -> None:
        """Take the colours of palette indices from a picture that ale-py converted."""
        indices = self._shown.reshape(-1)
        self._colors[indices] = self._pixels
        self._is_known[indices] = True
