"""An environment that misbehaves on request, to test what the bridge makes of it.

Registered as ``Bridge/Fault-v0``. The observation is a function of seed and actions, unless asked otherwise.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces


class FaultEnv(gymnasium.Env):
    """Counts steps of an episode, and fails at the one named.

    Args:
        fault: ``raise``, ``exit`` (status 3), ``kill`` (as ``kill -9``) or ``hang``; happens in step ``at`` (from 1),
            or in reset for 0.
        marker: a file; the fault happens only if it does not exist yet, and makes it.
        births: a file that grows by a byte for every such environment made; observations depend on its length.
        at_most: no more of them than this can be made.
        deaths: a file that grows by a byte for every such environment closed.
        seconds: how long a step takes.
        dtype, length: of the observation.
        box: actions are two floats in [-1, 1] instead of one of three.
        episode: steps until it terminates.
    """

    metadata: ClassVar = {"render_modes": ["rgb_array"], "render_fps": 30}

    def __init__(
        self,
        fault: str | None = None,
        at: int = -1,
        marker: str | None = None,
        births: str | None = None,
        at_most: int = 1000,
        deaths: str | None = None,
        seconds: float = 0.0,
        dtype: str = "float64",
        length: int = 5,
        box: bool = False,
        episode: int = 10,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self.observation_space = spaces.Box(0, 200, (length,), np.dtype(dtype).type)
        self.action_space = spaces.Box(-1, 1, (2,), np.float32) if box else spaces.Discrete(3)
        self._fault, self._at, self._marker = fault, at, marker
        self._births = 0
        if births is not None:
            with Path(births).open("ab") as file:
                file.write(b".")
                self._births = file.tell()
        if self._births > at_most:
            raise RuntimeError("no more of these")
        self._deaths = deaths
        self._seconds = seconds
        self._episode = episode
        self._state = 0.0
        self._count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self._count = 0
        self._state = float(self.np_random.integers(100))
        if options:
            self._state += float(options.get("add", 0))
        self._maybe_fail()
        return self._observation(), {"options": options or {}}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        self._count += 1
        self._maybe_fail()
        if self._seconds > 0:
            time.sleep(self._seconds)
        self._state = (self._state * 3 + float(np.sum(action)) + float(self.np_random.integers(10))) % 200
        ended = self._count >= self._episode
        return self._observation(), self._state / 7, ended, False, {"count": self._count, "text": "é"}

    def render(self) -> np.ndarray:
        return np.full((4, 6, 3), self._count, np.uint8)

    def close(self) -> None:
        if self._deaths is not None:
            with Path(self._deaths).open("ab") as file:
                file.write(b".")

    def _observation(self) -> np.ndarray:
        state = (self._state + self._births) % 200
        return np.full(self.observation_space.shape, state, self.observation_space.dtype)

    def _maybe_fail(self) -> None:
        if self._count != self._at or self._fault is None:
            return
        if self._marker is not None:
            if Path(self._marker).exists():
                return
            Path(self._marker).touch()
        print(f"about to {self._fault} at step {self._count}", file=sys.stderr, flush=True)
        if self._fault == "raise":
            raise RuntimeError("the engine is on fire")
        if self._fault == "exit":
            os._exit(3)
        if self._fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._fault == "hang":
            time.sleep(3600)


class DictEnv(gymnasium.Env):
    """Spaces that the bridge cannot play."""

    observation_space = spaces.Dict({"a": spaces.Discrete(2)})
    action_space = spaces.Discrete(2)


gymnasium.register("Bridge/Fault-v0", FaultEnv)
gymnasium.register("Bridge/Dict-v0", DictEnv)
