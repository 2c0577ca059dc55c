"""Slips: now and then chance acts in a player's place for a moment, in training only.

Who always does the right thing never meets what lies off its way. A teacher that knows the way back can label that,
and a policy that learnt it finds back by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Slips:
    """How often one begins, as a probability of each decision, and how many decisions it may last, each as likely."""

    begin: float
    lengths: tuple[int, ...]


class SlipDraws:
    """The slips of several games played side by side. In each one action, drawn anew, is held while it lasts."""

    def __init__(self, games: int, actions: int, seeds: Sequence[int]) -> None:
        self._random = np.random.default_rng([*seeds])
        self._actions = actions
        self._held: NDArray[np.int64] = np.zeros(games, np.int64)
        self._left: NDArray[np.int64] = np.zeros(games, np.int64)

    def take_over(self, actions: NDArray[np.int64], slips: Slips | None) -> NDArray[np.int64]:
        """What is done instead of ``actions``, int64[games]; these themselves without slips."""
        if slips is None:
            return actions
        games = len(self._left)
        begins = (self._left == 0) & (self._random.random(games) < slips.begin)
        self._held = np.where(begins, self._random.integers(self._actions, size=games), self._held)
        self._left = np.where(begins, self._random.choice(slips.lengths, size=games), self._left)
        slipping = self._left > 0
        self._left = self._left - slipping
        return np.where(slipping, self._held, actions)
