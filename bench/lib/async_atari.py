"""Space Invaders in Gymnasium's ``AsyncVectorEnv``, a process for each, with its ``AtariPreprocessing``.

Reads one JSON object a line: first ``{"count": 8, "full": false}``, then rounds of
``{"seeds": [...], "actions": [[...], ...]}``, each answered with the seconds that its decisions took.
``full`` asks for RGB pictures of the screen's own size; else the wrapper does what it does by default:
gray pictures of 84×84. Episodes that end begin again, as ``AsyncVectorEnv`` does it by itself.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from time import perf_counter
from typing import Any

import ale_py
import gymnasium
import numpy as np
from gymnasium.vector import AsyncVectorEnv
from gymnasium.wrappers import AtariPreprocessing

FULL = {"grayscale_obs": False, "screen_size": (160, 210)}


def make(options: dict[str, Any]) -> gymnasium.Env:
    gymnasium.register_envs(ale_py)
    env = gymnasium.make("ALE/SpaceInvaders-v5", frameskip=1, repeat_action_probability=0.25)
    return AtariPreprocessing(env, frame_skip=4, terminal_on_life_loss=False, **options)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    request = json.loads(sys.stdin.readline())
    count = request["count"]
    environments = AsyncVectorEnv([partial(make, FULL if request["full"] else {})] * count)
    shape = list(environments.single_observation_space.shape)
    print(json.dumps({"shape": shape}), file=answers, flush=True)
    for line in sys.stdin:
        round_ = json.loads(line)
        decisions = [np.array(actions) for actions in round_["actions"]]
        environments.reset(seed=round_["seeds"])
        began = perf_counter()
        for actions in decisions:
            environments.step(actions)
        print(json.dumps({"seconds": perf_counter() - began}), file=answers, flush=True)
    environments.close()


if __name__ == "__main__":
    main()
