"""The pixel buffers that drawing goes through, allocated once per thread instead of once per frame.

Every surface shares its memory with a NumPy array (height, width, 4) in RGBX order, so that frames
are read, flipped and cropped without a copy through pygame. All environments of a thread share one
canvas: a frame is drawn, shrunk and copied out before the next one begins.

The order of work differs from Gymnasium's, the pixels do not. Gymnasium flips the window, draws the
status strip over its last 100 rows and shrinks the result; ``smoothscale`` shrinks along x into an
8-bit image and then along y. Shrinking along x treats every row alone, so it may come before the
flip (which then moves a tenth of the bytes) and may leave out the rows that the strip hides.
"""

from __future__ import annotations

import threading

import numpy as np
import pygame
from gymnasium.envs.box2d.car_racing import STATE_H, STATE_W, WINDOW_H, WINDOW_W

STRIP_H = 5 * WINDOW_H // 40
"""Height of the status strip: these rows of the world are painted over (the first ones before the flip)."""
VIEW_H = WINDOW_H - STRIP_H
"""Height of the part of the window in which the world is seen."""


class Buffer:
    """A pygame surface and the array (height, width, 4) of uint8 that is its memory."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.surface = pygame.image.frombuffer(self.pixels, (width, height), "RGBX")


class Canvas(threading.local):
    """The buffers of one thread."""

    def __init__(self) -> None:
        self.window = Buffer(WINDOW_W, WINDOW_H)
        """The world, upside down as the game draws it."""
        self.view = self.window.surface.subsurface((0, STRIP_H, WINDOW_W, VIEW_H))
        """The rows of the window that the status strip does not hide."""
        self.status = Buffer(WINDOW_W, WINDOW_H)
        """The status strip at its place in the flipped window; rows above it stay unused."""
        self.strip = self.status.surface.subsurface((0, VIEW_H, WINDOW_W, STRIP_H))
        self._buffers: dict[tuple[str, int, int], Buffer] = {}

    def frame(self, width: int, height: int) -> np.ndarray:
        """The finished frame (height, width, 3) of uint8, C-contiguous and newly allocated."""
        view = self._buffer("view", width, VIEW_H)
        strip = self._buffer("strip", width, STRIP_H)
        tall = self._buffer("tall", width, WINDOW_H)
        frame = self._buffer("frame", width, height)
        pygame.transform.smoothscale(self.view, (width, VIEW_H), view.surface)
        pygame.transform.smoothscale(self.strip, (width, STRIP_H), strip.surface)
        tall.pixels[:VIEW_H] = view.pixels[::-1]
        tall.pixels[VIEW_H:] = strip.pixels
        pygame.transform.smoothscale(tall.surface, (width, height), frame.surface)
        return np.ascontiguousarray(frame.pixels[:, :, :3])

    def observation(self) -> np.ndarray:
        """The finished frame at the observation's size."""
        return self.frame(STATE_W, STATE_H)

    def _buffer(self, name: str, width: int, height: int) -> Buffer:
        key = (name, width, height)
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = self._buffers[key] = Buffer(width, height)
        return buffer


CANVAS = Canvas()
