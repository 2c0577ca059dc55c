"""The one file that `agent train lessons` hands over (src/training/lessons/plan.ts): none of it is typed here again."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent_envs.named_file import read_text

from ..game_settings import Emulator


@dataclass(frozen=True)
class PlannedGame:
    emulator: Emulator
    actions: int
    stack: int
    """Frames that a model is shown at once."""
    most_decisions: int
    """After these a game is begun anew: a player that learns little yet may never end one."""
    most_ahead: int
    """Decisions, at most, that the teacher has played in a game before the first moment."""


@dataclass(frozen=True)
class PatchCode:
    """What stands in each patch of a picture, in values of the projector's output."""

    start: int
    """Where the code begins in the decoder's hidden state."""
    waves_x: tuple[float, ...]
    waves_y: tuple[float, ...]
    strength: float
    from_rows: tuple[int, int, int]
    """Cannon, bombs and invaders are told from these rows on."""
    weights: NDArray[np.float32]
    """What a deviation of each value counts."""

    @property
    def place_size(self) -> int:
        return 2 * (len(self.waves_x) + len(self.waves_y))


@dataclass(frozen=True)
class Stage:
    """What is learnt from: ``patches``, the newest ``picture`` alone, or the whole ``prompt``."""

    name: str
    updates: int
    batch: int
    """Decisions an update learns from."""
    peak: float
    """The highest learning rate."""
    projector: float
    """What the projector's rate is multiplied by."""
    warmup: int
    floor: float
    anew: str | None = None
    """What is drawn anew before the first update."""

    def rate(self, update: int) -> float:
        """A linear rise, then half a cosine down to the floor."""
        if update < self.warmup:
            return self.peak * (update + 1) / self.warmup
        progress = (update - self.warmup) / max(self.updates - self.warmup, 1)
        return self.peak * (self.floor + (1 - self.floor) * (1 + math.cos(math.pi * min(progress, 1))) / 2)


@dataclass(frozen=True)
class DrawRules:
    """How decisions are drawn."""

    balance: float
    """0: every decision alike; 1: every action of the teacher as often as the others."""
    complete: float
    """Part of the draws in which every sight is there."""


@dataclass(frozen=True)
class Settings:
    """What is the same in all stages."""

    games: int
    """Side by side."""
    workers: int
    moments: int
    """How many moments are remembered."""
    first_moments: int
    """How many there are before the first update."""
    updates_a_moment: int
    teacher_share: float
    """Part of the games that the teacher leads in the last stage."""
    noise: float
    """Part of the teacher's decisions in which chance acts."""
    seed: int


@dataclass(frozen=True)
class Plan:
    game: PlannedGame
    patches: PatchCode
    stages: tuple[Stage, ...]
    draw: DrawRules
    settings: Settings
    blur: tuple[float, ...]
    """Deviations of the targets of cannon, stand and bomb."""
    tellings: dict[str, Any]
    """What the models are told, as tokens: read by ``Tellings``."""

    @staticmethod
    def read(file: Path) -> Plan:
        given = json.loads(read_text(file))
        recipe, game = given["recipe"], given["game"]
        return Plan(
            game=PlannedGame(
                emulator=Emulator.from_json(game["emulator"]),
                actions=len(game["actions"]),
                stack=game["frames"],
                most_decisions=recipe["games"]["most_decisions"],
                most_ahead=recipe["games"]["most_ahead"],
            ),
            patches=_patch_code(recipe["patches"], given["patches_from"]),
            stages=tuple(Stage(**stage) for stage in recipe["stages"]),
            draw=DrawRules(**recipe["draw"]),
            settings=Settings(
                games=recipe["games"]["count"],
                workers=recipe["games"]["workers"],
                **recipe["memory"],
                teacher_share=recipe["teacher_share"],
                noise=recipe["noise"],
                seed=recipe["seed"],
            ),
            blur=tuple(recipe["blur"]),
            tellings=given["tellings"],
        )


def _patch_code(given: dict[str, Any], start: int) -> PatchCode:
    kinds = [given["kinds"][name] for name in ("cannon", "bombs", "invaders")]
    waves_x, waves_y = tuple(given["waves"]["x"]), tuple(given["waves"]["y"])
    places = 2 * (len(waves_x) + len(waves_y))
    weights = [given["place_weight"]] * places + [kind["weight"] for kind in kinds for _ in range(3)]
    return PatchCode(
        start=start,
        waves_x=waves_x,
        waves_y=waves_y,
        strength=given["strength"],
        from_rows=tuple(kind["from_row"] for kind in kinds),
        weights=np.array(weights, np.float32),
    )
