"""A scripted driver of CarRacing that reads the track: the teacher from which the pixel policy starts.

It steers towards a point of the road's middle line ahead of the car, further ahead the faster it drives, and keeps a
speed that falls with what the road turns soon. Its numbers were found by trying changes of them, each on tracks 1000 to
2031. It is a means of training only: the exported expert sees pixels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_NOTHING, _RIGHT, _LEFT, _GAS, _BRAKE = range(5)
_AIM_AHEAD, _AIM_SECONDS = 4.12, 0.359
"""The point steered to: units of length ahead, and seconds of driving more."""
_DAMPING = 0.088
"""Seconds of the car's own turning that count as turned already."""
_STRAIGHT = 0.126
"""Radians off the aim that need no steering."""
_LOOK_AHEAD, _LOOK_SECONDS = 10.0, 0.577
"""How far the road is looked at for what it turns."""
_TURN_SPEED = 31.674
"""Speed for a road that turns by a radian there."""
_SLOWEST, _FASTEST = 61.251, 63.204
_TOO_FAST = 7.285
"""Above the speed wanted from which on it brakes."""
_STANDING = 10.0
"""Speed below which it gives gas whatever else: a car that stands does not turn."""
_OFF_ROAD = 8.0
"""Units from the middle line at which the car has left the road, which is 6.67 wide to each side."""
_NEAR = range(-5, 12)
"""Pieces of the track around the last one among which the nearest is looked for."""


class CarRacingTeacher:
    """One game's driver; ``act`` once for each decision, ``reset`` at its start."""

    def __init__(self, env: Any) -> None:
        """``env``: the unwrapped environment, of Gymnasium or its fast equal."""
        self._env = env
        self._at = 0

    def reset(self) -> None:
        """Take the track of the episode that has begun."""
        self._points = np.array([(x, y) for _, _, x, y in self._env.track])
        steps = np.roll(self._points, -1, axis=0) - self._points
        self._lengths = np.hypot(steps[:, 0], steps[:, 1])
        self._headings = np.arctan2(steps[:, 1], steps[:, 0])
        self._turns = np.array([_wrapped(turn) for turn in np.roll(self._headings, -1) - self._headings])
        self._at = 0

    def act(self) -> int:
        """The action for the present state."""
        hull = self._env.car.hull
        place, speed = np.array(hull.position), math.hypot(*hull.linearVelocity)
        self._at = self._nearest(place)
        aim = self._points[self._piece_after(_AIM_AHEAD + _AIM_SECONDS * speed)] - place
        heading = hull.angle + math.pi / 2  # of a car that is not turned: along y
        off = _wrapped(math.atan2(aim[1], aim[0]) - heading) - _DAMPING * hull.angularVelocity
        wanted = self._speed_for(_LOOK_AHEAD + _LOOK_SECONDS * speed)
        if speed < _STANDING:
            return _GAS
        if speed > wanted + _TOO_FAST:
            return _BRAKE
        if abs(off) > _STRAIGHT:
            return _LEFT if off > 0 else _RIGHT
        return _GAS if speed < wanted else _NOTHING

    def is_lost(self) -> bool:
        """Whether the car has left the road, stands or is turned back, as ``act`` found it last."""
        hull = self._env.car.hull
        away = float(np.hypot(*(self._points[self._at] - np.array(hull.position))))
        turned = _wrapped(hull.angle + math.pi / 2 - float(self._headings[self._at]))
        stands = math.hypot(*hull.linearVelocity) < _STANDING
        return away > _OFF_ROAD or stands or abs(turned) > math.pi / 2

    def _nearest(self, place: np.ndarray) -> int:
        pieces = [(self._at + step) % len(self._points) for step in _NEAR]
        return min(pieces, key=lambda piece: float(((self._points[piece] - place) ** 2).sum()))

    def _piece_after(self, length: float) -> int:
        piece, passed = self._at, 0.0
        while passed < length:
            passed += self._lengths[piece]
            piece = (piece + 1) % len(self._points)
        return piece

    def _speed_for(self, length: float) -> float:
        """For the sharpest turn within so much of the road."""
        piece, passed, turned, most = self._at, 0.0, 0.0, 1e-3
        while passed < length:
            passed += self._lengths[piece]
            turned += self._turns[piece]
            most = max(most, abs(turned))
            piece = (piece + 1) % len(self._points)
        return min(max(_TURN_SPEED / most, _SLOWEST), _FASTEST)


def _wrapped(angle: float) -> float:
    """The same angle between -π and π."""
    return (angle + math.pi) % (2 * math.pi) - math.pi
