"""What rl-zoo3 does to a frame before its policies see it, by name for ``import --preprocessing``.

atari: Stable-Baselines3's AtariWrapper (OpenCV gray and INTER_AREA to 84x84) and a stack of four that starts with
zeros.
carracing: the zoo's PPO CarRacing: INTER_AREA to 64x64 in colour, Gymnasium's gray, a stack of two that starts with
zeros.
The zoo's frame skip is not taken over: every policy here decides once in four raw frames.
"""

from __future__ import annotations

import json
from pathlib import Path

from .preprocessing import AreaResize, Gray, GrayFloat, Preprocessing

OPENCV_GRAY = Gray(weights=(9798, 19235, 3735), shift=15, rounding=1 << 14)

PREPROCESSINGS = {
    "atari": Preprocessing((210, 160, 3), (OPENCV_GRAY, AreaResize(84, 84)), stack=4, reset="zeros"),
    "carracing": Preprocessing((96, 96, 3), (AreaResize(64, 64), GrayFloat()), stack=2, reset="zeros"),
}
DEFAULTS = {"spaceinvaders": "atari", "carracing": "carracing"}


def named_preprocessing(game: str, name: str | None) -> Preprocessing:
    """A name above, a JSON file with a description, or (None) the zoo's for the game."""
    name = name or DEFAULTS[game]
    if name in PREPROCESSINGS:
        return PREPROCESSINGS[name]
    if not Path(name).is_file():
        raise ValueError(f"--preprocessing: expected one of {sorted(PREPROCESSINGS)} or a JSON file, got {name!r}")
    return Preprocessing.from_json(json.loads(Path(name).read_text(encoding="utf-8")))
