"""Where to stand: aim.ts, mother-ship.ts and cannon.ts of src/expert/teacher, number for number."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .march import March, lowest_of, sign
from .sprites import SHIP_BOTTOM, Column, Sprites

LEFT_END, MIDDLE, RIGHT_END = 37, 78, 119
CANNON_SPEED, _MISSILE_SPEED = 2, 8
FIRE_REACH = 2
_MISSILE_BESIDE, _MUZZLE = 1, 172

_HORIZON, _HIT_REACH = 80, 3
_FLIGHT_COST, _WAY_COST = 0.3, 0.05
_LOW_FROM, _LOW_COST = 140, 0.1

_SHIP_SPEED, _MOST_WAIT, _IN_THE_WAY = 1, 12, 5


def aim(cannon: int, now: Sprites, march: March) -> int:
    """x to stand at for an invader; the cannon's own where nothing is left."""
    lowest = lowest_of(now)
    best, stand_at = math.inf, cannon
    for column in now.columns:
        hit = _hit(column, cannon, march)
        if hit is None:
            continue
        wait, flight, stand = hit
        cost = wait + _FLIGHT_COST * flight + _WAY_COST * abs(stand - cannon)
        cost += _LOW_COST * max(lowest - _LOW_FROM, 0) * (lowest - column.bottom)
        if cost < best:
            best, stand_at = cost, stand
    return stand_at


def aim_at_ship(cannon: int, now: Sprites, before: Sequence[Sprites], march: March) -> int | None:
    """x to stand at for the mother ship; None where no ship is seen to move, and where none can be hit soon."""
    way = ship_way(now, before)
    if now.ship is None or way == 0:
        return None
    flight = _flight_to(SHIP_BOTTOM)
    for wait in range(_MOST_WAIT + 1):
        stand = rounded(now.ship + way * _SHIP_SPEED * (wait + flight) - _MISSILE_BESIDE)
        if not LEFT_END <= stand <= RIGHT_END or not _is_reached(stand, cannon, wait):
            continue
        missile = stand + _MISSILE_BESIDE
        if missile in now.shields:
            continue
        passes = [(c.x, wait + _flight_to(row)) for c in now.columns for row in (c.bottom, c.top)]
        if all(abs(x + march.after(decisions)[0] - missile) > _IN_THE_WAY for x, decisions in passes):
            return stand
    return None


def rounded(value: float) -> int:
    """Halves upwards, as JavaScript rounds."""
    return math.floor(value + 0.5)


def _hit(column: Column, cannon: int, march: March) -> tuple[int, float, int] | None:
    """Decisions until the shot and of the flight, and x to stand at."""
    for wait in range(_HORIZON):
        _, soon = march.after(wait + _flight_to(column.bottom))
        flight = _flight_to(column.bottom + soon)
        across, _ = march.after(wait + flight)
        x = column.x + across - _MISSILE_BESIDE
        stand = min(max(rounded(x), LEFT_END), RIGHT_END)
        if abs(x - stand) <= _HIT_REACH and _is_reached(stand, cannon, wait):
            return wait, flight, stand
    return None


def _flight_to(row: int) -> float:
    return max(_MUZZLE - row, 0) / _MISSILE_SPEED + 1


def _is_reached(stand: int, cannon: int, decisions: int) -> bool:
    return abs(stand - cannon) <= CANNON_SPEED * decisions + FIRE_REACH


def ship_way(now: Sprites, before: Sequence[Sprites]) -> int:
    """1 rightwards, -1 leftwards, 0 where it is not seen."""
    for picture in reversed(before):
        if picture.ship is not None and now.ship is not None and picture.ship != now.ship:
            return sign(now.ship - picture.ship)
    return 0
