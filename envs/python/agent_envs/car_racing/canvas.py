"""From the drawn window to a frame: the same pixels as Gymnasium's, by a shorter way.

Gymnasium flips the window, paints the status strip over its last rows and shrinks the result.
``smoothscale`` shrinks along x into an 8-bit image and then along y. Shrinking along x treats every
row alone, so it may come before the flip, which then moves a tenth of the bytes, may leave out the
rows that the strip hides, and lets the strip be shrunk by itself.

Buffers are allocated once per thread instead of once per frame; all environments of a thread share
them: a frame is drawn, shrunk and copied out before the next one begins.
"""

from __future__ import annotations

import threading

import numpy as np
import pygame
from gymnasium.envs.box2d.car_dynamics import Car
from gymnasium.envs.box2d.car_racing import STATE_H, STATE_W, VIDEO_H, VIDEO_W, WINDOW_H, WINDOW_W

from agent_envs.car_racing.buffer import Buffer
from agent_envs.car_racing.status import STRIP_H, STRIP_TOP, StatusStrip

VIEW_H = WINDOW_H - STRIP_H
"""Height of the part of the window in which the world is seen."""


class _Shrinker:
    """Shrinks the view to one frame size and joins the status strip to it."""

    def __init__(self, width: int, height: int) -> None:
        self._strip = StatusStrip(width)
        self._view = Buffer(width, VIEW_H)
        self._tall = Buffer(width, WINDOW_H)
        self._frame = Buffer(width, height)

    def frame(self, view: pygame.Surface, car: Car, score: float) -> np.ndarray | None:
        tall = self._tall.pixels
        if not self._strip.paint(tall[STRIP_TOP:], car, score):
            return None
        pygame.transform.smoothscale(view, self._view.surface.get_size(), self._view.surface)
        tall[:STRIP_TOP] = self._view.pixels[::-1]
        frame = self._frame.pixels
        pygame.transform.smoothscale(self._tall.surface, self._frame.surface.get_size(), self._frame.surface)
        rgb = np.empty((*frame.shape[:2], 3), np.uint8)
        for channel in range(3):  # four times as fast as copying frame[:, :, :3]
            rgb[:, :, channel] = frame[:, :, channel]
        return rgb


class Canvas(threading.local):
    """The buffers of one thread."""

    def __init__(self) -> None:
        window = Buffer(WINDOW_W, WINDOW_H)
        self._view_words = window.pixels[STRIP_H:].view(np.uint32)
        self.window = window.surface
        """The world, upside down as the game draws it; its first ``STRIP_H`` rows will not be seen."""
        self._view = self.window.subsurface((0, STRIP_H, WINDOW_W, VIEW_H))
        self._observation = _Shrinker(STATE_W, STATE_H)
        self._video: _Shrinker | None = None

    def fill_view(self, color: tuple[int, int, int]) -> None:
        """One colour for all that will be seen (NumPy writes memory twice as fast as SDL here)."""
        self._view_words.fill(np.frombuffer(bytes((*color, 0)), np.uint32)[0])

    def observation(self, car: Car, score: float) -> np.ndarray | None:
        """The drawn window with its status strip as a new array (96, 96, 3) of uint8.

        ``None`` where only Gymnasium's own way is exact (see ``StatusStrip.paint``).
        """
        return self._observation.frame(self._view, car, score)

    def video_frame(self, car: Car, score: float) -> np.ndarray | None:
        """The same at the size of ``rgb_array``, (400, 600, 3)."""
        if self._video is None:
            self._video = _Shrinker(VIDEO_W, VIDEO_H)
        return self._video.frame(self._view, car, score)


CANVAS = Canvas()
