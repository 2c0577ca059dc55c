"""The sprites of a Space Invaders picture, found by their colours: src/expert/teacher/sprites.ts, number for number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TOP, _BOTTOM = 22, 194
"""The rows between the score and the ground, both included."""
_CANNON_TOP = 185
_SHIP_TOP = 12
SHIP_BOTTOM = 19
"""The mother ship's rows. One that is hit is as purple, but higher."""
_SHIELDS_TOP, _SHIELDS_BOTTOM = 157, 175
_GREEN, _YELLOW, _WHITE = (0x32, 0x84, 0x32), (0x86, 0x86, 0x1D), (0x8E, 0x8E, 0x8E)
_PURPLE, _ORANGE = (0x97, 0x19, 0x7A), (0xB5, 0x53, 0x28)
_INVADER_GAP, _SHOT_GAP = 4, 8
"""Pixels of nothing that part two sprites."""


@dataclass(frozen=True)
class Shot:
    """A vertical stretch of a shot's colour; both ends belong to it."""

    x: int
    top: int
    bottom: int

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Column:
    """A column of invaders: its centre, first and last x and row, and how many it has."""

    x: float
    left: int
    right: int
    top: int
    bottom: int
    invaders: int


@dataclass(frozen=True)
class Sprites:
    """What one picture shows; ``cannon`` and ``ship`` are the x of their centres, None where there is none."""

    cannon: int | None
    shots: tuple[Shot, ...]
    columns: tuple[Column, ...]
    ship: float | None = None
    shields: frozenset[int] = frozenset()
    """Each x at which something is left of a shield."""


def sprites_of(picture: NDArray[np.uint8]) -> Sprites:
    """Read a picture, uint8[210, 160, 3]."""
    field = picture[_TOP : _BOTTOM + 1]
    # One number a pixel: three comparisons instead of nine.
    colours = (field[..., 0].astype(np.uint32) << 16) | (field[..., 1].astype(np.uint32) << 8) | field[..., 2]
    shields = colours[_SHIELDS_TOP - _TOP : _SHIELDS_BOTTOM + 1 - _TOP]
    green = np.flatnonzero((colours[_CANNON_TOP - _TOP :] == _code(_GREEN)).any(0))
    return Sprites(
        cannon=(int(green[0]) + int(green[-1])) // 2 if len(green) else None,
        shots=_shots(colours == _code(_WHITE)),
        columns=_columns(colours == _code(_YELLOW)),
        ship=_ship(picture[_SHIP_TOP - 1 : SHIP_BOTTOM + 1]),
        shields=frozenset(np.flatnonzero((shields == _code(_ORANGE)).any(0)).tolist()),
    )


def _code(colour: tuple[int, int, int]) -> int:
    return colour[0] << 16 | colour[1] << 8 | colour[2]


def _ship(rows: NDArray[np.uint8]) -> float | None:
    purple = (rows == _PURPLE).all(-1)
    at = np.flatnonzero(purple.any(0))
    if len(at) == 0 or purple[0].any() or not purple[1].any():
        return None
    return (int(at[0]) + int(at[-1])) / 2


def _shots(white: NDArray[np.bool_]) -> tuple[Shot, ...]:
    return tuple(
        Shot(int(x), _TOP + top, _TOP + bottom)
        for x in np.flatnonzero(white.any(0))
        for top, bottom in _stretches(np.flatnonzero(white[:, x]), _SHOT_GAP)
    )


def _columns(yellow: NDArray[np.bool_]) -> tuple[Column, ...]:
    columns = []
    for left, right in _stretches(np.flatnonzero(yellow.any(0)), _INVADER_GAP):
        rows = np.flatnonzero(yellow[:, left : right + 1].any(1))
        invaders = len(_stretches(rows, _INVADER_GAP))
        top, bottom = _TOP + int(rows[0]), _TOP + int(rows[-1])
        columns.append(Column((left + right) / 2, left, right, top, bottom, invaders))
    return tuple(columns)


def _stretches(numbers: NDArray[np.intp], gap: int) -> list[tuple[int, int]]:
    """First and last of each run of rising numbers in which none is ``gap`` or more after the one before it."""
    if len(numbers) == 0:
        return []
    starts = np.flatnonzero(np.diff(numbers) >= gap) + 1
    firsts, lasts = [0, *starts], [*(starts - 1), len(numbers) - 1]
    return [(int(numbers[a]), int(numbers[b])) for a, b in zip(firsts, lasts, strict=True)]
