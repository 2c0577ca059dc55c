"""Games of Space Invaders in worker processes: what each decision shows, and what the teacher says of it."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .plan import PatchCode, PlannedGame
from .scene import things_code
from .sprites import sprites_of
from .teacher import look


@dataclass(frozen=True)
class Views:
    """What ``games`` games show at one moment, and what happened on the way there."""

    pictures: NDArray[np.uint8]
    """[games, side, side, 3], resized as the model's preprocessing does."""
    sights: NDArray[np.int64]
    """[games, 3]"""
    actions: NDArray[np.int64]
    """[games], the teacher's."""
    things: NDArray[np.float16]
    """[games, patches, THINGS_SIZE]"""
    is_first: NDArray[np.bool_]
    """[games], whether the picture is the first of its game."""
    scores: NDArray[np.float64]
    """[games], of the game that has just ended; NaN where none has."""


class Game:
    """One game after another; the first begins from ``seed``, the others go on with the emulator's random numbers.

    The teacher plays the first part of the first one, so that games side by side are of different ages.
    """

    def __init__(self, seed: int, side: int, grid: int, game: PlannedGame, code: PatchCode) -> None:
        self._environment = game.emulator.make_skipping()
        self._side, self._grid, self._code = side, grid, code
        self._most_decisions = game.most_decisions
        self._seed: int | None = seed
        self._stack: deque = deque(maxlen=game.stack)
        self._score, self._decisions = 0.0, 0
        self._ahead = int(np.random.default_rng(seed).integers(game.most_ahead + 1))

    def begin(self) -> tuple:
        """The first view of all, as the arrays of ``Views`` have it."""
        view = self._new()
        for _ in range(self._ahead):
            view = self.step(view[2])
        if self._ahead > 0:
            # Who learns neither saw the pictures before nor scored the points: this game's score is nobody's.
            self._stack.extend([self._stack[-1]] * (self._stack.maxlen or 1))
            self._score = np.nan
        return self._view(True, np.nan)

    def _new(self) -> tuple:
        """The first view of a new game."""
        self._picture, _ = self._environment.reset(seed=self._seed)
        self._seed = None
        self._score, self._decisions = 0.0, 0
        self._stack.extend([sprites_of(self._picture)] * (self._stack.maxlen or 1))
        return self._view(True, np.nan)

    def step(self, action: int) -> tuple:
        """The view after an action; of the next game where it ended this one."""
        self._picture, reward, terminated, truncated, _ = self._environment.step(action)
        self._score += float(reward)
        self._decisions += 1
        if terminated or truncated or self._decisions >= self._most_decisions:
            score = self._score
            return (*self._new()[:-1], score)
        self._stack.append(sprites_of(self._picture))
        return self._view(False, np.nan)

    def _view(self, is_first: bool, score: float) -> tuple:
        small = Image.fromarray(self._picture).resize((self._side, self._side), Image.Resampling.BICUBIC)
        sights, action = look(list(self._stack))
        things = things_code(self._stack[-1], self._stack[-2], self._grid, self._code)
        return np.asarray(small), sights, action, things, is_first, score


class Games:
    """Many games over several processes: ``begin`` hands out actions and returns, ``end`` waits for the views."""

    def __init__(
        self, count: int, workers: int, *, first_seed: int, side: int, grid: int, game: PlannedGame, code: PatchCode
    ) -> None:
        self.count = count
        context = multiprocessing.get_context("spawn")
        self._workers = []
        for part in np.array_split(np.arange(count), workers):
            ours, theirs = context.Pipe()
            arguments = (theirs, [first_seed + int(i) for i in part], side, grid, game, code)
            process = context.Process(target=_serve, args=arguments, daemon=True)
            process.start()
            theirs.close()
            self._workers.append((part, ours, process))

    def begin(self, actions: NDArray[np.int64] | None) -> None:
        """Act in every game; None begins them."""
        for part, pipe, _ in self._workers:
            pipe.send(None if actions is None else actions[part])

    def end(self) -> Views:
        """Raises EOFError where a worker died."""
        parts = [pipe.recv() for _, pipe, _ in self._workers]
        return Views(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def close(self) -> None:
        for _, pipe, process in self._workers:
            pipe.close()
            process.join(timeout=5)


def _serve(pipe: Connection, seeds: list[int], side: int, grid: int, game: PlannedGame, code: PatchCode) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the trainer, which closes the pipe
    games = [Game(seed, side, grid, game, code) for seed in seeds]
    try:
        while True:
            actions = pipe.recv()
            if actions is None:
                views = [game.begin() for game in games]
            else:
                views = [game.step(int(action)) for game, action in zip(games, actions, strict=True)]
            pipe.send(tuple(np.array(column) for column in zip(*views, strict=True)))
    except (EOFError, BrokenPipeError):
        pass
