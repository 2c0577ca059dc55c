"""A plan as `agent train lessons` writes it, of the shipped recipe's numbers, small enough for a test."""

from __future__ import annotations

import json
from pathlib import Path

PATCHES = 144

PLAN = {
    "recipe": {
        "seed": 1,
        "games": {"count": 4, "workers": 1, "most_decisions": 4000, "most_ahead": 0},
        "memory": {"moments": 12, "first_moments": 3, "updates_a_moment": 2},
        "teacher_share": 0.25,
        "noise": 0.15,
        "draw": {"balance": 0.3, "complete": 0.4},
        "blur": [1, 1, 0],
        "patches": {
            "waves": {"x": [2, 1, 0.5, 0.25], "y": [2, 1, 0.5]},
            "strength": 2,
            "place_weight": 0.5,
            "kinds": {
                "cannon": {"weight": 1, "from_row": 0},
                "bombs": {"weight": 3, "from_row": 140},
                "invaders": {"weight": 1, "from_row": 0},
            },
        },
        "stages": [
            {
                "name": name,
                "updates": 2,
                "batch": 2,
                "peak": peak,
                "projector": 0.3,
                "warmup": 100,
                "floor": 0.05,
                **anew,
            }
            for name, peak, anew in (
                ("patches", 0.002, {"anew": "projector"}),
                ("picture", 0.001, {"anew": "language"}),
                ("prompt", 0.0006, {}),
            )
        ],
    },
    "game": {
        "name": "spaceinvaders",
        "actions": ["noop", "fire", "right", "left", "right+fire", "left+fire"],
        "frames": 4,
        "emulator": {
            "env": "ALE/SpaceInvaders-v5",
            "kwargs": {"frameskip": 1, "repeat_action_probability": 0.25},
            "frameSkip": 4,
            "maxPool": True,
        },
    },
    "tellings": {
        "begin": [1],
        "image_token": 3,
        "patches": PATCHES,
        "preprocessing": {"mean": [0.5, 0.5, 0.5], "deviation": [0.25, 0.25, 0.25], "side": 96},
        "sights": [[first + value for value in range(256)] for first in (555, 811, 1067)],
        "tellings": [
            {
                "prompt": [1, 4, 30, *([3] * PATCHES), 31, *([3] * PATCHES), *([3] * PATCHES), *([3] * PATCHES), 32],
                "answers": [[40, 2], [41, 2], [42, 2], [43, 2], [42, 54, 41, 2], [43, 54, 41, 2]],
            }
        ],
    },
    "patches_from": 59,
}


def write_plan(folder: Path) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(PLAN))
    return file
