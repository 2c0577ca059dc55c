"""A scripted Space Invaders player that reads the console's memory: the teacher from which the pixel policy starts.

It dodges by looking ahead along the straight paths of the bombs, and shoots where a column will be when the missile
arrives. It is a means of training only: the exported expert sees pixels.

Memory (found by comparing with the screen; positions in pixels, 246: not in flight):
    16 half pixels the formation has come down; 18-23 rows from the bottom, a bit for each column from the left;
    26 formation's x; 28 cannon's x; 81, 82 bombs' half y; 83, 84 bombs' x
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_NOOP, _FIRE, _RIGHT, _LEFT, _RIGHT_FIRE, _LEFT_FIRE = range(6)
_CANNON_SPEED = 2.0  # pixels a decision
_BOMB_SPEED = 2.0  # half pixels a decision
_MISSILE_SPEED = 8.0  # pixels a decision
_LEFT_END, _RIGHT_END = 37.0, 122.0  # the cannon's centre
_CANNON_TOP, _CANNON_BOTTOM = 86, 96  # half pixels between which a bomb meets the cannon
_REACH = 6.0  # pixels between the centres of bomb and cannon that are too close
_FIRE_REACH = 12.0  # pixels off the aim at which it still fires: columns are 16 apart, so something is usually above
_ROW_BOTTOM, _ROW_HEIGHT, _DROP = 131, 18, 2
_HORIZON = 14


@dataclass
class SpaceInvadersTeacher:
    """One game's player; ``act`` once for each decision, ``reset`` at its start."""

    _formation: int = 0
    _since_step: int = 0
    _speed: float = 0.05
    _direction: int = 1
    _seen: bool = field(default=False)

    def reset(self) -> None:
        """Forget what was tracked of the last game."""
        self.__init__()  # type: ignore[misc]

    def act(self, memory: NDArray[np.uint8]) -> int:
        """The action for the present state of memory, uint8[128]."""
        m = [int(byte) for byte in memory]
        self._track(m)
        cannon = m[28] + 2.0
        bombs = [(m[83 + i] - 2.0, m[81 + i]) for i in range(2) if m[81 + i] < 110]
        aim = self._aim(m, cannon)
        wish = 0 if aim is None or abs(aim - cannon) <= 1.0 else (1 if aim > cannon else -1)
        move = _safest(cannon, bombs, wish)
        # Held down while a missile flies: that changes nothing in the game and is easier to learn than single shots.
        if aim is not None and abs(aim - cannon) <= _FIRE_REACH:
            return {0: _FIRE, 1: _RIGHT_FIRE, -1: _LEFT_FIRE}[move]
        return {0: _NOOP, 1: _RIGHT, -1: _LEFT}[move]

    def _track(self, m: list[int]) -> None:
        """Speed of the formation from the decisions between its steps."""
        self._since_step += 1
        step = m[26] - self._formation
        if not self._seen or abs(step) > 8:
            self._seen = True
        elif step:
            self._direction = 1 if step > 0 else -1
            self._speed = abs(step) / self._since_step
        if step:
            self._since_step = 0
        self._formation = m[26]

    def _aim(self, m: list[int], cannon: float) -> float | None:
        """Where to stand for the quickest hit, None with nothing to shoot at."""
        best: tuple[float, float] | None = None
        for column in range(6):
            rows = [row for row in range(6) if m[18 + row] >> column & 1]
            if not rows:
                continue
            bottom = _ROW_BOTTOM - _ROW_HEIGHT * rows[0] + _DROP * m[16]
            flight = max(185 - bottom, 0) / _MISSILE_SPEED + 1
            x = m[26] + 3.0 + 16 * column
            stand = min(max(x + self._direction * self._speed * flight, _LEFT_END), _RIGHT_END)
            cost = abs(stand - cannon) / _CANNON_SPEED + 0.3 * flight
            if best is None or cost < best[0]:
                best = (cost, stand)
        return None if best is None else best[1]


def _safest(cannon: float, bombs: list[tuple[float, int]], wish: int) -> int:
    """The move nearest to the wish that some continuation keeps clear of all bombs; else the one that delays the
    hit most.
    """
    order = [wish, 0, 1, -1] if wish else [0, 1, -1]
    best, longest = order[0], -1
    for first in order:
        for then in (0, first, -first) if first else (0, 1, -1):
            clear = _clear(cannon, bombs, first, then)
            if clear >= _HORIZON:
                return first
            if clear > longest:
                best, longest = first, clear
    return best


def _clear(cannon: float, bombs: list[tuple[float, int]], first: int, then: int) -> int:
    """Decisions until a bomb hits when moving ``first`` once and ``then`` after it."""
    x = cannon
    for t in range(1, _HORIZON + 1):
        x = min(max(x + (first if t == 1 else then) * _CANNON_SPEED, _LEFT_END), _RIGHT_END)
        for bomb, height in bombs:
            y = height + _BOMB_SPEED * t
            if _CANNON_TOP <= y <= _CANNON_BOTTOM + _BOMB_SPEED and abs(bomb - x) < _REACH:
                return t
    return _HORIZON
