"""What rl-zoo3 does to a frame before its policies see it, by name for ``expert import --preprocessing``.

atari: Stable-Baselines3's AtariWrapper (OpenCV gray and INTER_AREA to 84x84) and a stack of four that starts with
zeros.
carracing: the zoo's PPO CarRacing: INTER_AREA to 64x64 in colour, Gymnasium's gray, a stack of two that starts with
zeros.
The zoo's frame skip is not taken over: every policy here decides once in four raw frames.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from agent_envs.named_file import read_bytes
from agent_envs.preprocessing import AreaResize, Gray, GrayFloat, Preprocessing

OPENCV_GRAY = Gray(weights=(9798, 19235, 3735), shift=15, rounding=1 << 14)

PREPROCESSINGS = {
    "atari": Preprocessing((210, 160, 3), (OPENCV_GRAY, AreaResize(84, 84)), stack=4, reset="zeros"),
    "carracing": Preprocessing((96, 96, 3), (AreaResize(64, 64), GrayFloat()), stack=2, reset="zeros"),
}
_BY_ENVIRONMENT = ((re.compile(r"ALE/|NoFrameskip-v4"), "atari"), (re.compile(r"CarRacing-v"), "carracing"))


def named_preprocessing(env: str, name: str | None) -> Preprocessing:
    """A name above, a JSON file with a description, or (None) the zoo's for the Gymnasium id.

    Raises:
        ValueError: for another name, a file that describes none, or no name where the zoo has none.
    """
    name = name or next((usual for pattern, usual in _BY_ENVIRONMENT if pattern.search(env)), None)
    if name in PREPROCESSINGS:
        return PREPROCESSINGS[name]
    expected = f"one of {', '.join(PREPROCESSINGS)} or a JSON file (docs/experts.md)"
    if name is None:
        raise ValueError(f"--preprocessing: nothing is known of {env}: expected {expected}")
    try:
        content = read_bytes(Path(name), expected=expected)
    except OSError:
        raise ValueError(f"--preprocessing: expected {expected}, got {name!r}") from None
    try:
        return Preprocessing.from_json(json.loads(content))
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise ValueError(f"--preprocessing: {name} describes none: {problem!r}") from None
