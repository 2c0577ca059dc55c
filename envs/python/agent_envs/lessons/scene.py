"""What stands in each patch of a picture, in values of the projector's output: src/training/play/scene-batch.ts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .sprites import Sprites
from .teacher import bombs_of

START = 59
"""Where the code begins in the decoder's hidden state: CODE.content of src/training/model-start/code-layout.ts."""
STRENGTH = 2.0
_WAVES_X, _WAVES_Y = (2, 1, 1 / 2, 1 / 4), (2, 1, 1 / 2)
PLACE_SIZE = 2 * (len(_WAVES_X) + len(_WAVES_Y))
_KINDS, _THING_SIZE = 3, 3
THINGS_SIZE = _KINDS * _THING_SIZE
SIZE = PLACE_SIZE + THINGS_SIZE
WEIGHTS = np.array([0.5] * PLACE_SIZE + [1.0] * 3 + [3.0] * 3 + [1.0] * 3, np.float32)
"""What a deviation of each value counts."""

_HEIGHT, _WIDTH = 210, 160
_CANNON_ROW, _HALF_INVADER = 190, 4
_BOMBS_FROM = 2 / 3


def place_codes(grid: int) -> NDArray[np.float32]:
    """Cosine and sine of each wave at the middle of each patch, [grid · grid, PLACE_SIZE]."""
    codes = []
    for patch in range(grid * grid):
        column, row = patch % grid + 0.5, patch // grid + 0.5
        turns = [column / grid / wave for wave in _WAVES_X] + [row / grid / wave for wave in _WAVES_Y]
        codes.append([wave(2 * math.pi * turn) for turn in turns for wave in (math.cos, math.sin)])
    return np.array(codes, np.float32) * STRENGTH


def things_code(now: Sprites, before: Sprites | None, grid: int) -> NDArray[np.float16]:
    """For cannon, low bombs and the lowest invaders: a mark, the place beside the patch's middle, and its square.

    Returns [grid · grid, THINGS_SIZE]; where two are in one patch the lower one is told.
    """
    cannon = [] if now.cannon is None else [(float(now.cannon), float(_CANNON_ROW))]
    bombs = [(float(bomb.x), bomb.middle) for bomb in bombs_of(now, before) if bomb.middle >= _BOMBS_FROM * _HEIGHT]
    invaders = [(column.x, float(column.bottom - _HALF_INVADER)) for column in now.columns]
    code = np.zeros((grid * grid, THINGS_SIZE), np.float16)
    for kind, places in enumerate((cannon, bombs, invaders)):
        for x, y in sorted(places, key=lambda place: place[1]):
            column, row = x / _WIDTH * grid, y / _HEIGHT * grid
            beside = 2 * (column - math.floor(column)) - 1
            at = kind * _THING_SIZE
            code[math.floor(row) * grid + math.floor(column), at : at + _THING_SIZE] = STRENGTH * np.array(
                [1, beside, beside * beside]
            )
    return code
