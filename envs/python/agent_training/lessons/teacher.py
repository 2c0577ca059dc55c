"""The scripted teacher of Space Invaders: src/expert/teacher, number for number (a test compares the two).

It tells the x of the cannon, of the best place to stand at and of the bomb that is near (0: none), and the action that
follows from these three alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .sprites import Column, Shot, Sprites

_LEFT_END, _RIGHT_END = 37, 122
_CANNON_SPEED, _MISSILE_SPEED = 2, 8
_MUZZLE = 185
_FLIGHT_COST = 0.3
_SPEEDS = (4.3, 2.2, 1.7, 0.9, 0.75, 0.75, 0.75)
_SPEED_OF_FEW, _FEW, _SPEED_OF_MANY = 0.37, 22, 0.125
_MOST_SHIFT = 7
_WIDTH = 160

_FALL, _RISE = (2, 7), (5, 13)
_START_TOP, _START_BOTTOM, _START_BESIDE = 165, 184, 4
_NEAR_BESIDE, _NEAR_FROM, _BOMB_STEP = 12, 160, 4

_STAY, _FIRE, _RIGHT, _LEFT, _RIGHT_FIRE, _LEFT_FIRE = range(6)
_NEAR_ENOUGH, _REACH, _FIRE_REACH = 1, 7, 5


def look(stack: Sequence[Sprites]) -> tuple[tuple[int, int, int], int]:
    """Sights and action from what consecutive pictures show, oldest first.

    It flickers while the cannon is being hit and before it starts: then the last picture that shows it counts.
    """
    at = next((i for i in reversed(range(len(stack))) if stack[i].cannon is not None), None)
    if at is None:
        sights = (0, 0, 0)
    else:
        now, before = stack[at], stack[:at]
        cannon = now.cannon or 0
        sights = (cannon, _aim(cannon, now, before), _near_bomb(cannon, now, before[-1] if before else None))
    return sights, action_for(sights)


def action_for(sights: tuple[int, int, int]) -> int:
    """The action behind the three numbers: away from the bomb where it would hit, else to the place, but not under
    the bomb.
    """
    cannon, stand, bomb = sights
    if cannon == 0:
        return _STAY
    fires = abs(stand - cannon) <= _FIRE_REACH
    move = _move(cannon, stand, bomb)
    if move == 0:
        return _FIRE if fires else _STAY
    if move > 0:
        return _RIGHT_FIRE if fires else _RIGHT
    return _LEFT_FIRE if fires else _LEFT


def bombs_of(now: Sprites, before: Sprites | None) -> list[Shot]:
    """The shots of a picture that fall; ``before`` is the picture before it."""
    return [shot for shot in now.shots if not _is_missile(shot, now, before)]


def _move(cannon: int, stand: int, bomb: int) -> int:
    way = stand - cannon
    wish = 0 if abs(way) <= _NEAR_ENOUGH else _sign(way)
    if bomb == 0:
        return wish
    off = cannon - bomb
    if abs(off) <= _REACH:
        return (wish or 1) if off == 0 else _sign(off)
    return 0 if abs(off + _CANNON_SPEED * wish) <= _REACH else wish


def _aim(cannon: int, now: Sprites, before: Sequence[Sprites]) -> int:
    velocity = march(now, before)
    best, stand_at = math.inf, cannon
    for column in now.columns:
        flight = max(_MUZZLE - 1 - column.bottom, 0) / _MISSILE_SPEED + 1
        stand = min(max(_round(column.x + velocity * flight), _LEFT_END), _RIGHT_END)
        cost = abs(stand - cannon) / _CANNON_SPEED + _FLIGHT_COST * flight
        if cost < best:
            best, stand_at = cost, stand
    return stand_at


def march(now: Sprites, before: Sequence[Sprites]) -> float:
    """Pixels a decision, rightwards; 0 where the pictures do not show where the formation goes."""
    for picture in reversed(before):
        shift = _shift(picture.columns, now.columns)
        if abs(shift) >= 1:
            return _sign(shift) * _speed(now.columns)
    return 0.0


def _shift(before: Sequence[Column], now: Sequence[Column]) -> float:
    nearest = [min((c.x - other.x for other in before), key=abs, default=_WIDTH) for c in now]
    own = sorted(shift for shift in nearest if abs(shift) <= _MOST_SHIFT)
    return own[len(own) >> 1] if own else 0.0


def _speed(columns: Sequence[Column]) -> float:
    invaders = sum(column.invaders for column in columns)
    if 1 <= invaders <= len(_SPEEDS):
        return _SPEEDS[invaders - 1]
    return _SPEED_OF_FEW if invaders < _FEW else _SPEED_OF_MANY


def _near_bomb(cannon: int, now: Sprites, before: Sprites | None) -> int:
    near = [
        bomb
        for bomb in bombs_of(now, before)
        if abs(bomb.x - cannon) <= _NEAR_BESIDE and bomb.bottom >= _NEAR_FROM
    ]  # fmt: skip
    if not near:
        return 0
    return _round(min(near, key=lambda bomb: abs(bomb.x - cannon)).x / _BOMB_STEP) * _BOMB_STEP


def _is_missile(shot: Shot, now: Sprites, before: Sprites | None) -> bool:
    falls = [shot.middle - other.middle for other in (before.shots if before else ()) if other.x == shot.x]
    if any(_FALL[0] <= fall <= _FALL[1] for fall in falls):
        return False
    if any(_RISE[0] <= -fall <= _RISE[1] for fall in falls):
        return True
    is_low = _START_TOP <= shot.bottom <= _START_BOTTOM
    return is_low and now.cannon is not None and abs(shot.x - now.cannon) <= _START_BESIDE


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _round(value: float) -> int:
    """Halves upwards, as JavaScript rounds."""
    return math.floor(value + 0.5)
