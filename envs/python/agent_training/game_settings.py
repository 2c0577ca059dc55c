"""A game's settings of configs/games, as TypeScript hands them over (src/training/game-settings.ts)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium

from agent_envs.frame_skip import SkipFrames
from agent_envs.named_file import read_text
from agent_envs.server import catalog


@dataclass(frozen=True)
class Emulator:
    """How the game's environments are made: `emulator` of configs/games."""

    env: str
    frame_skip: int
    max_pool: bool
    kwargs: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def from_json(given: dict[str, Any]) -> Emulator:
        return Emulator(given["env"], given["frameSkip"], given["maxPool"], dict(given.get("kwargs", {})))

    def to_json(self) -> dict[str, Any]:
        return {"env": self.env, "kwargs": self.kwargs, "frameSkip": self.frame_skip, "maxPool": self.max_pool}

    def make(self, **more: Any) -> gymnasium.Env:
        """One environment without its frame skip; CarRacing is the fast equal. ``more`` goes before ``kwargs``."""
        spec = catalog.find(self.env, plain=False)
        return gymnasium.make(spec, disable_env_checker=True, **(self.kwargs | more))

    def make_skipping(self, **more: Any) -> SkipFrames:
        """One environment, a step of which is one decision."""
        return SkipFrames(self.make(**more), self.frame_skip, max_pool=self.max_pool)


@dataclass(frozen=True)
class GameSettings:
    name: str
    actions: tuple[str, ...]
    emulator: Emulator

    @staticmethod
    def read(file: Path) -> GameSettings:
        given = json.loads(read_text(file))
        return GameSettings(given["name"], tuple(given["actions"]), Emulator.from_json(given["emulator"]))

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "actions": list(self.actions), "emulator": self.emulator.to_json()}
