"""What the trainer needs of a game: preprocessed frames in, one action index out, at the decision rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing

NO_LABEL = -1


@dataclass(frozen=True)
class GameStep:
    """What one decision brought.

    ``reward`` is the game's own score. ``shaped`` is what the learner is paid for, where that differs.
    ``life_lost`` and ``cut`` end a training episode without ending the game's (cut: it goes nowhere, start anew).
    """

    reward: float
    terminated: bool
    truncated: bool
    life_lost: bool = False
    cut: bool = False
    shaped: float | None = None


class Game(Protocol):
    """One emulator. Frames are uint8[channels, h, w], equal to ``preprocessing.frame`` of the RGB observation."""

    preprocessing: Preprocessing
    seed_every_episode: bool

    def reset(self, seed: int | None) -> NDArray[np.uint8]: ...

    def step(self, action: Any) -> tuple[NDArray[np.uint8], GameStep]: ...

    def teach(self) -> int:
        """What this game's teacher would do now, ``NO_LABEL`` without one; called once before each step."""
        ...

    def close(self) -> None: ...
