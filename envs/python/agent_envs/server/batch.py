"""A batch of environments that reset and step together, their observations end to end in one buffer."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

import numpy as np

from agent_envs.server.errors import RequestError, unknown_environment
from agent_envs.server.hosted import HostedEnvironment
from agent_envs.server.lane import Place
from agent_envs.server.protocol import float_or_name

Outcome = tuple[dict[str, Any], list[Any]]
"""A reply's fields and its binary parts."""


class Batch:
    """Environments in the order of a request; ``None`` stands for a handle that is not known.

    Meant to be kept for the next request with the same handles: buffer and rows are made once.
    The parts of an outcome are valid until the batch is used again.
    """

    def __init__(self, environments: list[HostedEnvironment | None], place: Place | None = None) -> None:
        """Observations go into ``place``, or without one into a buffer of the batch's own.

        Raises:
            RequestError: ``invalid_field`` where they do not fit there.
        """
        self.environments = environments
        sizes = [0 if environment is None else environment.observation_bytes for environment in environments]
        size = sum(sizes)
        buffer = np.empty(size, np.uint8) if place is None else place.take(size)
        if buffer is None:
            raise RequestError(
                "invalid_field",
                "the observations do not fit into the shared memory",
                expected=f"{size} bytes from the place named on",
                got=f"place {place.start} of {len(place.memory)} bytes",
            )
        self._buffer = buffer
        self._rows: list[np.ndarray | None] = []
        offset = 0
        for environment, size in zip(environments, sizes, strict=True):
            piece = self._buffer[offset : offset + size]
            self._rows.append(
                None
                if environment is None
                else piece.view(environment.observation_dtype).reshape(environment.observation_shape)
            )
            offset += size

    def reset(self, seeds: list[int], options: list[dict[str, Any] | None], record: bool) -> Outcome:
        """Start an episode in each environment."""

        def reset_one(environment: HostedEnvironment, index: int, row: np.ndarray) -> dict[str, Any]:
            return {"info": environment.reset(seeds[index], options[index], row, record)}

        return self._run(reset_one, record)

    def step(self, actions: list[Any], record: bool) -> Outcome:
        """One decision in each environment."""

        def step_one(environment: HostedEnvironment, index: int, row: np.ndarray) -> dict[str, Any]:
            reward, terminated, truncated, info = environment.step(actions[index], row, record)
            return {
                "reward": reward if math.isfinite(reward) else float_or_name(reward),
                "terminated": terminated,
                "truncated": truncated,
                "info": info,
            }

        return self._run(step_one, record)

    def _run(self, act: Callable[[HostedEnvironment, int, np.ndarray], dict[str, Any]], record: bool) -> Outcome:
        results: list[dict[str, Any]] = []
        written: list[np.ndarray] = []
        pictures: list[np.ndarray] = []
        elapsed = 0
        for index, (environment, row) in enumerate(zip(self.environments, self._rows, strict=True)):
            try:
                if environment is None:
                    raise unknown_environment()
                began = perf_counter_ns()
                try:
                    result = act(environment, index, row)
                finally:
                    elapsed += perf_counter_ns() - began
            except RequestError as error:
                results.append({"error": error.envelope()})
                continue
            if record:
                frames = environment.frames
                result["frames"] = list(frames.shape[:3])
                pictures.append(frames)
            written.append(row)
            results.append(result)
        parts: list[Any] = [self._buffer if len(written) == len(self._rows) else self._closed_up(written)]
        if record:
            parts.append(pictures[0] if len(pictures) == 1 else _end_to_end(pictures))
        return {"results": results, "elapsed_us": elapsed // 1000}, parts

    def _closed_up(self, rows: list[np.ndarray]) -> np.ndarray:
        """Some of the rows, moved to the beginning of the buffer."""
        content = np.frombuffer(_end_to_end(rows), np.uint8)
        self._buffer[: len(content)] = content
        return self._buffer[: len(content)]


def _end_to_end(arrays: list[np.ndarray]) -> bytes:
    return b"".join(array.tobytes() for array in arrays)
