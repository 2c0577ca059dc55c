"""The camera: world coordinates to window pixels, for whole arrays at once.

Gymnasium turns every vertex with ``pygame.Vector2.rotate_rad`` and truncates the result to integer
pixels, so a result that differs in the last bit can move a pixel. The arithmetic here is the same
double operations in the same order. Whether this build of NumPy and pygame agree bit for bit (a
compiler may fuse a multiplication and an addition on some processors) is tried once at import;
where they do not, each vertex goes through pygame as in Gymnasium: slower, never different.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from gymnasium.envs.box2d.car_racing import SCALE, WINDOW_H, WINDOW_W, ZOOM
from pygame.math import Vector2


@dataclass(frozen=True, slots=True)
class Camera:
    """One frame's view. ``zoom`` is in pixels per world unit, ``angle`` in radians."""

    angle: float
    cos: float
    sin: float
    zoom: float
    offset_x: float
    offset_y: float

    @classmethod
    def following(cls, x: float, y: float, hull_angle: float, time: float) -> Camera:
        """The view centred on the car at (x, y); ``time`` in seconds drives the opening zoom."""
        angle = -hull_angle
        zoom = 0.1 * SCALE * max(1 - time, 0) + ZOOM * SCALE * min(time, 1)
        offset = Vector2((-x * zoom, -y * zoom)).rotate_rad(angle)
        cos, sin = Vector2((1.0, 0.0)).rotate_rad(angle)
        return cls(angle, cos, sin, zoom, WINDOW_W / 2 + offset[0], WINDOW_H / 4 + offset[1])

    def to_window(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Window coordinates of world points; ``x`` and ``y`` of one shape S, the result S + (2,) of doubles."""
        window = np.empty((*x.shape, 2))
        if _ROTATION_IS_EXACT:
            window[..., 0] = (self.cos * x - self.sin * y) * self.zoom + self.offset_x
            window[..., 1] = (self.sin * x + self.cos * y) * self.zoom + self.offset_y
        else:
            flat = window.reshape(-1, 2)
            for row, point in enumerate(zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)):
                turned = Vector2(point).rotate_rad(self.angle)
                flat[row, 0] = turned[0] * self.zoom + self.offset_x
                flat[row, 1] = turned[1] * self.zoom + self.offset_y
        return window

    def to_world(self, window_x: float, window_y: float) -> tuple[float, float]:
        """The world point seen at a window point (for culling: not rounded as the game rounds)."""
        x = (window_x - self.offset_x) / self.zoom
        y = (window_y - self.offset_y) / self.zoom
        return self.cos * x + self.sin * y, self.cos * y - self.sin * x


def _rotation_is_exact() -> bool:
    """Whether NumPy's products and sums equal pygame's rotation bit for bit on this machine."""
    random = np.random.default_rng(0)
    for _ in range(64):
        x, y = random.uniform(-400, 400, size=(2, 32))
        angle = random.uniform(-8, 8)
        cos, sin = Vector2((1.0, 0.0)).rotate_rad(angle)
        ours = np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1)
        theirs = [Vector2(point).rotate_rad(angle) for point in zip(x.tolist(), y.tolist(), strict=True)]
        if not np.array_equal(ours, np.array([tuple(vector) for vector in theirs])):
            return False
        # The zoom and shift follow in Python floats there and in NumPy here.
        zoomed = ours * 16.2 + 123.456
        if any(a != b * 16.2 + 123.456 for a, b in zip(zoomed.ravel().tolist(), ours.ravel().tolist(), strict=True)):
            return False
    return True


_ROTATION_IS_EXACT = _rotation_is_exact()
WINDOW_RADIUS = math.hypot(WINDOW_W, WINDOW_H) / 2
