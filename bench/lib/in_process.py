"""The emulators without a bridge: steps the environments that the server would host, in this process.

Reads one JSON object a line: first the fields of ``make`` and ``count``, then rounds of
``{"seeds": [...], "actions": [[...], ...]}``, each answered with the seconds that its decisions took; where there are no
decisions, with those that the first resets took. A reset of the
Arcade Learning Environment loads its cartridge, as Gymnasium does; the server has a quicker way.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter

import numpy as np


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    from agent_envs.server.make_request import MakeRequest
    from agent_envs.server.making import make

    request = json.loads(sys.stdin.readline())
    count = request.pop("count")
    environments = [make(MakeRequest.of(request)) for _ in range(count)]
    for environment in environments:
        vars(environment._skip.unwrapped).pop("load_game", None)
    first = environments[0]
    observations = np.empty((count, *first.observation_shape), first.observation_dtype)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        round_ = json.loads(line)
        seeds, decisions = round_["seeds"], round_["actions"]
        began = perf_counter()
        for environment, seed, row in zip(environments, seeds, observations, strict=True):
            environment.reset(seed, None, row, False)
        if decisions:
            began = perf_counter()
        for actions in decisions:
            for index, (environment, action, row) in enumerate(zip(environments, actions, observations, strict=True)):
                _, terminated, truncated, _ = environment.step(action, row, False)
                if terminated or truncated:
                    seeds[index] += 1000
                    environment.reset(seeds[index], None, row, False)
        print(json.dumps({"seconds": perf_counter() - began}), file=answers, flush=True)


if __name__ == "__main__":
    main()
