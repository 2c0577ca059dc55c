"""The status strip under the view: score, speed, wheel sensors, steering, gyroscope.

Gymnasium paints polygons and text over the last rows of the window and shrinks them with the rest.
All of it but the score is upright rectangles, so the strip has few different rows: one is painted
for each stretch between two edges, shrunk along x, and repeated. The score is shrunk once per text.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pygame
from gymnasium.envs.box2d.car_dynamics import Car
from gymnasium.envs.box2d.car_racing import WINDOW_H, WINDOW_W

from agent_envs.car_racing.buffer import Buffer

STRIP_H = 5 * WINDOW_H // 40
"""Height of the strip: so many rows of the world cannot be seen."""
STRIP_TOP = WINDOW_H - STRIP_H

_S = WINDOW_W / 40.0
_H = WINDOW_H / 40.0
_WHITE = (255, 255, 255)
_BLUE = (0, 0, 255)
_VIOLET = (51, 0, 255)
_GREEN = (0, 255, 0)
_RED = (255, 0, 0)
_HIGHEST_BAR = 3.9  # in units of _H; a higher bar would leave the strip
_TEXT_MIDDLE = (60, WINDOW_H - WINDOW_H * 2.5 / 40.0)
_TEXT_RIGHT = 120  # in window pixels; the first bar begins at 125

# Left, top, right, bottom in pixels of the strip, all inclusive, and the colour.
Rectangle = tuple[int, int, int, int, tuple[int, int, int]]


class StatusStrip:
    """The strip of one image width, for one thread."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows = Buffer(WINDOW_W, 16)  # seven rectangles have at most fourteen edges: fifteen stretches
        self._shrunk = Buffer(width, 16)

    def paint(self, out: np.ndarray, car: Car, score: float) -> bool:
        """Write the strip, shrunk along x, into ``out``, (STRIP_H, width, 4) of uint8.

        Returns ``False``, with nothing of use written, where a bar or the score leaves its place.
        """
        rectangles = _rectangles(car)
        score_image = _score_image(f"{score:04.0f}", self._width)
        if rectangles is None or score_image is None:
            return False
        edges = sorted({0, STRIP_H}.union(*((top, bottom + 1) for _, top, _, bottom, _ in rectangles)))
        rows = self._rows.pixels
        rows.fill(0)
        for left, top, right, bottom, color in rectangles:
            rows[edges.index(top) : edges.index(bottom + 1), left : right + 1, :3] = color
        pygame.transform.smoothscale(self._rows.surface, (self._width, 16), self._shrunk.surface)
        for row, (start, end) in enumerate(pairwise(edges)):
            out[start:end] = self._shrunk.pixels[row]
        top, columns = score_image[0], score_image[1].shape[1]
        out[top : top + len(score_image[1]), :columns] = score_image[1]
        return True


def _rectangles(car: Car) -> list[Rectangle] | None:
    """The indicators to be seen, in drawing order, or ``None`` where one leaves the strip."""
    velocity = car.hull.linearVelocity
    speed = math.sqrt(velocity.x * velocity.x + velocity.y * velocity.y)
    front_left, front_right, rear_left, rear_right = car.wheels
    steering = front_left.joint.angle
    turning = car.hull.angularVelocity
    rectangles = []
    for value, place, scale, color in (
        (speed, 5, 0.02, _WHITE),
        (front_left.omega, 7, 0.01, _BLUE),
        (front_right.omega, 8, 0.01, _BLUE),
        (rear_left.omega, 9, 0.01, _VIOLET),
        (rear_right.omega, 10, 0.01, _VIOLET),
    ):
        if abs(value) > 1e-4:
            if scale * value > _HIGHEST_BAR:
                return None
            rectangles.append(_upright(place, scale * value, color))
    if abs(steering) > 1e-4:
        rectangles.append(_lying(20, -10.0 * steering, _GREEN))
    if abs(turning) > 1e-4:
        rectangles.append(_lying(30, -0.8 * turning, _RED))
    return rectangles


def _upright(place: int, value: float, color: tuple[int, int, int]) -> Rectangle:
    top, bottom = _pixels(WINDOW_H - (_H + _H * value), WINDOW_H - _H)
    left, right = int(place * _S), int((place + 1) * _S)
    return left, top - STRIP_TOP, right, min(bottom, WINDOW_H - 1) - STRIP_TOP, color


def _lying(place: int, value: float, color: tuple[int, int, int]) -> Rectangle:
    left, right = _pixels(place * _S, (place + value) * _S)
    top, bottom = int(WINDOW_H - 4 * _H), int(WINDOW_H - 2 * _H)
    return max(left, 0), top - STRIP_TOP, min(right, WINDOW_W - 1), bottom - STRIP_TOP, color


def _pixels(a: float, b: float) -> tuple[int, int]:
    """Two edges truncated to pixels, as pygame has them, the lower one first."""
    a, b = int(a), int(b)
    return (a, b) if a <= b else (b, a)


@lru_cache(maxsize=4096)
def _score_image(text: str, width: int) -> tuple[int, np.ndarray] | None:
    """The score shrunk along x: its first row in the strip and (rows, columns, 4); ``None`` if too wide."""
    image = _render(text)
    place = image.get_rect()
    place.center = _TEXT_MIDDLE
    if place.left < 0 or place.right > _TEXT_RIGHT:
        return None
    window = Buffer(WINDOW_W, place.height)
    window.surface.blit(image, (place.left, 0))
    shrunk = Buffer(width, place.height)
    pygame.transform.smoothscale(window.surface, (width, place.height), shrunk.surface)
    columns = math.ceil(_TEXT_RIGHT * width / WINDOW_W)
    return place.top - STRIP_TOP, shrunk.pixels[:, :columns].copy()


def _render(text: str) -> pygame.Surface:
    try:
        return _font().render(text, True, (255, 255, 255), (0, 0, 0))
    except pygame.error:  # closing a window of any environment shuts pygame's fonts down
        _font.cache_clear()
        return _font().render(text, True, (255, 255, 255), (0, 0, 0))


@lru_cache(maxsize=1)
def _font() -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(pygame.font.get_default_font(), 42)
