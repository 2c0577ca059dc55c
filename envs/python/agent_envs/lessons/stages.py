"""What is learnt from, one after another: configs/training/play-spaceinvaders*.yaml for a device that does hundreds of
times as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    name: str
    """``patches``, ``picture`` or ``prompt``."""
    updates: int
    batch: int
    """Decisions an update learns from."""
    peak: float
    """The highest learning rate."""
    projector: float
    """What the projector's rate is multiplied by."""
    drawn_anew: str | None = None
    """What is drawn anew before the first update."""
    warmup: int = 100
    floor: float = 0.05

    def rate(self, update: int) -> float:
        """A linear rise, then half a cosine down to the floor."""
        if update < self.warmup:
            return self.peak * (update + 1) / self.warmup
        progress = (update - self.warmup) / max(self.updates - self.warmup, 1)
        return self.peak * (self.floor + (1 - self.floor) * (1 + math.cos(math.pi * min(progress, 1))) / 2)


STAGES = (
    Stage("patches", updates=2224, batch=512, peak=0.002, projector=1.0, drawn_anew="projector"),
    Stage("picture", updates=1877, batch=512, peak=0.001, projector=0.3, drawn_anew="language"),
    Stage("prompt", updates=2505, batch=160, peak=0.0006, projector=0.3),
)
