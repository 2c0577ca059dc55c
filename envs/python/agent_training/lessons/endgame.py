"""``python -m agent_training.lessons.endgame``: pictures down to the last invader, with the teacher's words.

For the tests that hold the teachers of Python and TypeScript to each other (test/expert/lessons-parity.test.ts,
tests/test_lessons.py). The teacher plays; of every number of invaders it sees, the first moments at which the formation
marches are kept, as many as ``--each`` says, with the pictures of their stacks; so are the first at which it aims at
the mother ship on either way, and the first of each action beside a bomb.
"""

from __future__ import annotations

import argparse
import gzip
import json
import struct
from collections import Counter, deque
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .aim import ship_way
from .march import March
from .plan import Plan
from .sprites import Sprites, sprites_of
from .teacher import look, stand_for_ship

Moment = tuple[list[NDArray[np.uint8]], dict]


def _moments(plan: Plan, seed: int, each: int, kept: Counter) -> list[Moment]:
    environment = plan.game.emulator.make_skipping()
    picture, _ = environment.reset(seed=seed)
    stack: deque = deque([(picture, sprites_of(picture))] * plan.game.stack, maxlen=plan.game.stack)
    found: list[Moment] = []
    for _ in range(plan.game.most_decisions):
        seen: list[Sprites] = [sprites for _, sprites in stack]
        sights, action = look(seen)
        invaders, ship = sum(column.invaders for column in seen[-1].columns), _ship_aimed_at(seen)
        marches = invaders > 0 and March.of(seen[-1], seen[:-1]).way != 0
        kinds = [("invaders", invaders)] * marches + [("ship", ship)] * (ship != 0)
        kinds += [("bomb", action)] * (sights[2] != 0)
        if any(kept[kind] < each for kind in kinds):
            kept.update(kinds)
            words = {"invaders": invaders, "ship": ship, "sights": list(sights), "action": action}
            found.append(([frame for frame, _ in stack], words))
        picture, _, terminated, truncated, _ = environment.step(action)
        if terminated or truncated:
            break
        stack.append((picture, sprites_of(picture)))
    environment.close()
    return found


def _ship_aimed_at(seen: list[Sprites]) -> int:
    """1 and -1: at the mother ship, which goes rightwards or leftwards; 0 at something else."""
    now, before = seen[-1], seen[:-1]
    aimed = now.cannon is not None and stand_for_ship(now.cannon, now, before) is not None
    return ship_way(now, before) if aimed else 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent_training.lessons.endgame", description=__doc__)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--each", type=int, default=2, help="moments of each kind")
    parser.add_argument("--out", type=Path, required=True, help="gzip: length of a JSON header, header, pictures")
    given = parser.parse_args()
    plan, kept = Plan.read(given.plan), Counter()
    moments = [moment for seed in given.seeds for moment in _moments(plan, seed, given.each, kept)]
    frames, stacks, places = [], [], {}
    for stack, _ in moments:
        for frame in stack:
            if frame.tobytes() not in places:
                places[frame.tobytes()] = len(frames)
                frames.append(frame)
        stacks.append([places[frame.tobytes()] for frame in stack])
    pictures = np.stack(frames)
    header = {
        "shape": pictures.shape,
        "decisions": [{"stack": s, **w} for s, (_, w) in zip(stacks, moments, strict=True)],
    }
    text = json.dumps(header).encode()
    given.out.write_bytes(gzip.compress(struct.pack("<Q", len(text)) + text + pictures.tobytes(), 9, mtime=0))
    print(json.dumps({"moments": len(moments), "pictures": len(frames), "kinds": len(kept)}))


if __name__ == "__main__":
    main()
