"""What stands in each patch of a picture, in values of the projector's output, as the plan says."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .plan import PatchCode
from .sprites import Sprites
from .teacher import bombs_of

_THING_SIZE = 3
"""A mark, the place beside the patch's middle, and the square of that."""
THINGS_SIZE = 3 * _THING_SIZE
"""Of cannon, bombs and invaders."""

_HEIGHT, _WIDTH = 210, 160
_CANNON_ROW, _HALF_INVADER = 190, 4


def place_codes(grid: int, code: PatchCode) -> NDArray[np.float32]:
    """Cosine and sine of each wave at the middle of each patch, [grid · grid, place size]."""
    codes = []
    for patch in range(grid * grid):
        column, row = patch % grid + 0.5, patch // grid + 0.5
        turns = [column / grid / wave for wave in code.waves_x] + [row / grid / wave for wave in code.waves_y]
        codes.append([wave(2 * math.pi * turn) for turn in turns for wave in (math.cos, math.sin)])
    return np.array(codes, np.float32) * code.strength


def things_code(now: Sprites, before: Sprites | None, grid: int, code: PatchCode) -> NDArray[np.float16]:
    """For cannon, low bombs and the lowest invaders: a mark, the place beside the patch's middle, and its square.

    Returns [grid · grid, THINGS_SIZE]; where two are in one patch the lower one is told.
    """
    cannon = [] if now.cannon is None else [(float(now.cannon), float(_CANNON_ROW))]
    bombs = [(float(bomb.x), bomb.middle) for bomb in bombs_of(now, before)]
    invaders = [(column.x, float(column.bottom - _HALF_INVADER)) for column in now.columns]
    values = np.zeros((grid * grid, THINGS_SIZE), np.float16)
    for kind, (places, from_row) in enumerate(zip((cannon, bombs, invaders), code.from_rows, strict=True)):
        for x, y in sorted((place for place in places if place[1] >= from_row), key=lambda place: place[1]):
            column, row = x / _WIDTH * grid, y / _HEIGHT * grid
            beside = 2 * (column - math.floor(column)) - 1
            at = kind * _THING_SIZE
            values[math.floor(row) * grid + math.floor(column), at : at + _THING_SIZE] = code.strength * np.array(
                [1, beside, beside * beside]
            )
    return values
