"""How the invaders march: src/expert/teacher/march.ts, number for number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .sprites import Column, Sprites

_LEFT_EDGE, _RIGHT_EDGE = 22, 136
_DESCENT, _LEAST_DESCENT = 10, 5
_PACES = ((5.0, 5), (2.29, 4), (1.5, 3), (0.92, 3), (0.72, 3), (0.72, 3), (0.72, 3))
"""Pixels a decision and pixels a step by the number of invaders that are left, from one on."""
_PACE_OF_FEW, _FEW, _PACE_OF_MANY = (0.37, 2), 22, (0.125, 1)
_MOST_SHIFT = 7
_WIDTH = 160


@dataclass(frozen=True)
class March:
    """Where the invaders will be."""

    way: int
    """1 rightwards, -1 leftwards, 0 where the pictures do not show it."""
    room: float
    """Pixels to the edge that lies on the way."""
    speed: float
    step: int

    @staticmethod
    def of(now: Sprites, before: Sequence[Sprites]) -> March:
        way = _way(now, before)
        room = max(_room(now.columns, way), 0) if way else 0
        return March(way, room, *_pace(now.columns))

    def after(self, decisions: float) -> tuple[float, int]:
        """Pixels rightwards and downwards."""
        if self.way == 0:
            return 0, 0
        if self.speed * decisions <= self.room:
            return self.way * self.speed * decisions, 0
        back = max(decisions - self.room / self.speed - self.step / self.speed, 0) * self.speed
        return self.way * (self.room - back), _DESCENT


def lowest_of(sprites: Sprites) -> int:
    """Lowest row of the lowest invader, 0 where there is none."""
    return max((column.bottom for column in sprites.columns), default=0)


def sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _way(now: Sprites, before: Sequence[Sprites]) -> int:
    if not now.columns:
        return 0
    for picture in reversed(before):
        if picture.columns and lowest_of(now) - lowest_of(picture) >= _LEAST_DESCENT:
            return 1 if _room(now.columns, -1) < _room(now.columns, 1) else -1
        shift = _shift(picture.columns, now.columns)
        if abs(shift) >= 1:
            return sign(shift)
    return 0


def _room(columns: Sequence[Column], way: int) -> int:
    return _RIGHT_EDGE - columns[-1].right if way > 0 else columns[0].left - _LEFT_EDGE


def _shift(before: Sequence[Column], now: Sequence[Column]) -> float:
    nearest = [min((c.x - other.x for other in before), key=abs, default=_WIDTH) for c in now]
    own = sorted(shift for shift in nearest if abs(shift) <= _MOST_SHIFT)
    return own[len(own) >> 1] if own else 0.0


def _pace(columns: Sequence[Column]) -> tuple[float, int]:
    invaders = sum(column.invaders for column in columns)
    if 1 <= invaders <= len(_PACES):
        return _PACES[invaders - 1]
    return _PACE_OF_FEW if invaders < _FEW else _PACE_OF_MANY
