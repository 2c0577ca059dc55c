"""CarRacing as ``gymnasium.make`` gives it, in this process, with a plain frame-skip loop.

Arguments: frames a decision, decisions. The first line out holds the actions of a scripted driver; then every line in,
a list of actions, is played on from where the last ended, and answered with the seconds that it took.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter

import gymnasium


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    from side_by_side import SEED, driven_actions

    from agent_envs.car_racing.verify import plain_skip

    frames, decisions = int(sys.argv[1]), int(sys.argv[2])
    env = gymnasium.make("CarRacing-v3", continuous=False)
    env.reset(seed=SEED)
    print(json.dumps({"seed": SEED, "actions": driven_actions(decisions, frames)}), file=answers, flush=True)
    for line in sys.stdin:
        actions = json.loads(line)
        began = perf_counter()
        for action in actions:
            plain_skip(env, action, frames)
        print(json.dumps({"seconds": perf_counter() - began}), file=answers, flush=True)


if __name__ == "__main__":
    main()
