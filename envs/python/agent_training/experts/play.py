"""Whole games played by a policy, in parallel, one batch of decisions at a time: the measure of every checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing

from .game import Game

Act = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""uint8[n, stack * channels, h, w] to n action indices, or float32[n, k] actions of a continuous game."""


@dataclass(frozen=True)
class Episode:
    """One finished game and its score in the game's own points."""

    seed: int
    score: float
    decisions: int
    terminated: bool


class _Seat:
    """One game in play with its frame stack."""

    def __init__(self, game: Game, preprocessing: Preprocessing) -> None:
        self.game, self.preprocessing = game, preprocessing
        self.stack = np.zeros(preprocessing.observation_shape, np.uint8)

    def start(self, seed: int) -> None:
        self.seed, self.score, self.decisions = seed, 0.0, 0
        frame = self.game.reset(seed)
        frames = self.stack.reshape(-1, *frame.shape)
        frames[:] = 0
        frames[slice(None) if self.preprocessing.reset == "repeat-first" else -1] = frame

    def step(self, action: Any) -> Episode | None:
        frame, step = self.game.step(action)
        self.stack = np.concatenate([self.stack[len(frame) :], frame])
        self.score += step.reward
        self.decisions += 1
        if not (step.terminated or step.truncated):
            return None
        return Episode(self.seed, self.score, self.decisions, step.terminated)


def play_episodes(
    make_game: Callable[[], Game],
    preprocessing: Preprocessing,
    seeds: Sequence[int],
    act: Act,
    *,
    parallel: int = 10,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Episode]:
    """Play each seed to its end; the result is in the order of ``seeds``. ``stopped`` ends early with what is
    finished.
    """
    waiting = list(reversed(seeds))
    seats = [_Seat(make_game(), preprocessing) for _ in range(min(parallel, len(seeds)))]
    finished: dict[int, Episode] = {}
    try:
        for seat in seats:
            seat.start(waiting.pop())
        active = list(seats)
        while active and not stopped():
            actions = act(np.stack([seat.stack for seat in active]))
            still = []
            for seat, action in zip(active, actions, strict=True):
                episode = seat.step(action)
                if episode is not None:
                    finished[episode.seed] = episode
                    if not waiting:
                        continue
                    seat.start(waiting.pop())
                still.append(seat)
            active = still
    finally:
        for seat in seats:
            seat.game.close()
    return [finished[seed] for seed in seeds if seed in finished]
