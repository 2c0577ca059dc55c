"""A pygame surface whose pixels are a NumPy array: drawn by one, read by the other, never copied between."""

from __future__ import annotations

import numpy as np
import pygame


class Buffer:
    """``surface`` and ``pixels``, an array (height, width, 4) of uint8 in RGBX order, share their memory."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self.surface = pygame.image.frombuffer(self.pixels, (width, height), "RGBX")
