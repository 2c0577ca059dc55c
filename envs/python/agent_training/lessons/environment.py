"""The game's environment, as the plan says."""

from __future__ import annotations

import ale_py
import gymnasium

from agent_envs.frame_skip import SkipFrames

from .plan import Emulator

gymnasium.register_envs(ale_py)


def make_environment(emulator: Emulator) -> SkipFrames:
    base = gymnasium.make(emulator.env, **emulator.kwargs)
    return SkipFrames(base, emulator.frame_skip, max_pool=emulator.max_pool)
