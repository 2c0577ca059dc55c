"""One environment on the server: an episode's state, and steps that write into a given place."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from agent_envs.frame_skip import SkipFrames
from agent_envs.server.actions import Actions
from agent_envs.server.errors import RequestError, environment_failure
from agent_envs.server.information import information
from agent_envs.server.layers import RawSteps


class HostedEnvironment:
    """An environment in which one episode runs at a time; nothing resets by itself.

    Attributes:
        spec: what a client is told about it.
        observation_shape, observation_dtype, observation_bytes: of the observations written.
    """

    def __init__(
        self, skip: SkipFrames, raw: RawSteps, actions: Actions, spec: dict[str, Any], space: spaces.Box
    ) -> None:
        self._skip = skip
        self._raw = raw
        self._decode_action = actions.decode
        self._running = False
        self._ended = False
        self.spec = spec
        self.observation_shape = space.shape
        self.observation_dtype = space.dtype
        self.observation_bytes = int(np.prod(space.shape)) * space.dtype.itemsize

    @property
    def renders(self) -> bool:
        """Whether pictures of its frames can be asked for."""
        return self.spec["render"] is not None

    @property
    def frames(self) -> np.ndarray:
        """Pictures of the last reset or step, [COUNT, H, W, 3]; valid until the next one."""
        return self._raw.frames

    def reset(self, seed: int, options: dict[str, Any] | None, out: np.ndarray, record: bool) -> dict[str, Any]:
        """Start an episode; its first observation goes into ``out``. Returns ``info`` as JSON.

        Raises:
            RequestError: ``env_failure``.
        """
        self._running = False
        self._ended = False
        self._raw.begin(record, 1)
        self._skip.output = out
        try:
            _, info = self._skip.reset(seed=seed, options=options)
            told = information(info)
        except (Exception, SystemExit) as error:
            raise environment_failure(error, "reset") from error
        self._running = True
        return told

    def step(self, action: Any, out: np.ndarray, record: bool) -> tuple[float, bool, bool, dict[str, Any]]:
        """One decision; the observation goes into ``out``. Returns reward, terminated, truncated, info.

        Raises:
            RequestError: ``episode_over``, ``illegal_action``, ``env_failure``.
        """
        if not self._running:
            raise self._over()
        decoded = self._decode_action(action)
        skip = self._skip
        skip.output = out
        self._raw.begin(record, skip.frames)
        try:
            _, reward, terminated, truncated, info = skip.step(decoded)
            told = information(info)
        except (Exception, SystemExit) as error:
            self._running = False
            self._ended = True
            raise environment_failure(error, "step") from error
        if terminated or truncated:
            self._running = False
            self._ended = True
        return reward, terminated, truncated, told

    def close(self) -> None:
        """Close the environment; a failure in it goes to standard error only."""
        self._running = False
        try:
            self._skip.close()
        except (Exception, SystemExit) as error:
            environment_failure(error, "close")

    def _over(self) -> RequestError:
        return RequestError(
            "episode_over",
            "the episode is over" if self._ended else "no episode has begun",
            expected="`reset` before `step`",
            next="reset the environment: nothing resets by itself",
        )
