"""A scripted driver that sees the track: it brings the game into all the states that a check should cover.

Its manners: "proper" drives the lap to its end, "wild" also leaves the road, spins and locks its wheels
now and then, "leaving" turns away after a while and drives off the field.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing

RIGHT, LEFT, GAS, BRAKE = 1, 2, 3, 4
Manner = Literal["proper", "wild", "leaving"]
_STUNTS = ("straight on", "spin left", "spin right", "lock wheels", "random", "nothing")


class ScriptedDriver:
    """Chooses actions for one environment, continuous or discrete as that is."""

    def __init__(self, env: CarRacing, seed: int, manner: Manner) -> None:
        """``env``: the unwrapped environment whose state is read, after ``reset``."""
        self._env = env
        self._random = np.random.default_rng(seed)
        self._manner = manner
        self._path = np.array([(x, y) for _, _, x, y in env.track])
        self._stunt: str | None = None
        self._until_change = int(self._random.integers(20, 60))

    def act(self) -> np.ndarray | int:
        """The action for the next decision."""
        self._until_change -= 1
        if self._manner == "leaving" and self._until_change <= 0:
            self._stunt = "straight on"
        if self._manner == "wild" and self._until_change <= 0:
            self._stunt = None if self._stunt else str(self._random.choice(_STUNTS))
            self._until_change = int(self._random.integers(8, 25) if self._stunt else self._random.integers(20, 60))
        steer, gas, brake = self._drive() if self._stunt is None else self._misbehave(self._stunt)
        if self._env.continuous:
            return np.array([steer, gas, brake], np.float32)
        if self._stunt is not None and "spin" in self._stunt and self._until_change % 2:
            return GAS
        if abs(steer) > 0.2:
            return RIGHT if steer > 0 else LEFT
        return BRAKE if brake > 0 else GAS if gas > 0 else 0

    def _drive(self) -> tuple[float, float, float]:
        """Toward a point ahead on the road, slower where the road turns."""
        hull = self._env.car.hull
        here = np.array(hull.position)
        nearest = int(np.argmin(((self._path - here) ** 2).sum(axis=1)))
        speed = math.hypot(*hull.linearVelocity)
        ahead = self._path[(nearest + 3 + int(speed / 12)) % len(self._path)]
        far = self._path[(nearest + 8 + int(speed / 5)) % len(self._path)]
        error = self._bearing(ahead)
        target_speed = max(30.0, 90.0 - 60.0 * abs(self._bearing(far)))
        if speed > target_speed + 8:
            return float(np.clip(error * 1.2, -1, 1)), 0.0, 0.4
        return float(np.clip(error * 1.2, -1, 1)), 0.6 if speed < target_speed else 0.0, 0.0

    def _bearing(self, point: np.ndarray) -> float:
        """Angle in radians from the car's heading to a point, positive to the right."""
        hull = self._env.car.hull
        forward_x, forward_y = hull.GetWorldVector((0, 1))
        delta_x, delta_y = point - np.array(hull.position)
        return math.atan2(forward_y * delta_x - forward_x * delta_y, forward_x * delta_x + forward_y * delta_y)

    def _misbehave(self, stunt: str) -> tuple[float, float, float]:
        if stunt == "straight on":
            return 0.0, 1.0, 0.0
        if stunt == "spin left":
            return -1.0, 1.0, 0.0
        if stunt == "spin right":
            return 1.0, 1.0, 0.0
        if stunt == "lock wheels":
            return 0.0, 0.0, 1.0
        if stunt == "nothing":
            return 0.0, 0.0, 0.0
        return tuple(self._random.uniform((-1, 0, 0), (1, 1, 1)).tolist())
