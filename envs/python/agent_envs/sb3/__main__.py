"""``python -m agent_envs.sb3 ZIP``: an expert package of a Stable-Baselines3 zip; prints its origin as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .importing import Game, import_zip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_envs.sb3", description=__doc__)
    parser.add_argument("zip", type=Path)
    parser.add_argument("--game", required=True, help="its name")
    parser.add_argument("--env", required=True, help="its Gymnasium id")
    parser.add_argument("--actions", type=json.loads, required=True, help="JSON list of their names, by index")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preprocessing", help="atari, carracing or a JSON file (default: rl-zoo3's for the game)")
    parser.add_argument("--statistics", type=Path, help="vecnormalize.pkl, where observations were normalised")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 failed with the reason on standard error, 2 wrong usage."""
    options = vars(_parser().parse_args(arguments))
    game = Game(options.pop("game"), options.pop("env"), options.pop("actions"))
    try:
        provenance = import_zip(options.pop("zip"), game, options.pop("out"), **options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(provenance))
    return 0


if __name__ == "__main__":
    sys.exit(main())
