"""A slice of the training games in a process of its own: observations in shared memory, the rest over a pipe."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing

from .game import Game
from .slice import GameSlice, SliceStep

_START_SECONDS = 120
_STEP_SECONDS = 300


class SliceWorker:
    """Same calls as ``GameSlice``; ``begin_*`` returns at once, ``end_*`` waits."""

    def __init__(
        self,
        make_game: Callable[[], Game],
        preprocessing: Preprocessing,
        first_seeds: tuple[int, ...],
        reward_scale: float,
    ) -> None:
        shape = (len(first_seeds), *preprocessing.observation_shape)
        self._memory = SharedMemory(create=True, size=int(np.prod(shape)))
        self._observations: NDArray[np.uint8] = np.ndarray(shape, np.uint8, self._memory.buf)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, self._memory.name, make_game, preprocessing, first_seeds, reward_scale)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def begin_reset(self) -> None:
        self._pipe.send(None)

    def end_reset(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        (labels,) = self._receive(_START_SECONDS)
        return self._observations.copy(), labels

    def begin_step(self, actions: NDArray[np.int64]) -> None:
        self._pipe.send(actions)

    def end_step(self) -> SliceStep:
        labels, rewards, dones, infos = self._receive(_STEP_SECONDS)
        return SliceStep(self._observations.copy(), labels, rewards, dones, infos)

    def close(self) -> None:
        self._pipe.close()
        self._process.join(timeout=5)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._memory.close()
        self._memory.unlink()

    def _receive(self, seconds: float) -> tuple:
        if not self._pipe.poll(seconds):
            raise TimeoutError(f"game worker {self._process.pid}: no answer within {seconds} s")
        try:
            return self._pipe.recv()
        except EOFError as error:
            raise RuntimeError(f"game worker {self._process.pid} died, exit code {self._process.exitcode}") from error


def _serve(
    pipe: Connection,
    memory_name: str,
    make_game: Callable[[], Game],
    preprocessing: Preprocessing,
    first_seeds: tuple[int, ...],
    reward_scale: float,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the trainer, which closes the pipe when it has saved
    memory = SharedMemory(name=memory_name)
    shared = np.ndarray((len(first_seeds), *preprocessing.observation_shape), np.uint8, memory.buf)
    games = GameSlice(make_game, preprocessing, first_seeds, reward_scale)
    try:
        while True:
            actions = pipe.recv()
            if actions is None:
                shared[:], labels = games.end_reset()
                pipe.send((labels,))
                continue
            games.begin_step(actions)
            step = games.end_step()
            shared[:] = step.observations
            pipe.send((step.labels, step.rewards, step.dones, step.infos))
    except (EOFError, BrokenPipeError):
        pass
    finally:
        games.close()
        del shared
        memory.close()
