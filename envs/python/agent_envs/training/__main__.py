"""``python -m agent_envs.training``: experts for the games. Results go to files and standard output, narration to standard error."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

GAMES = ("carracing", "spaceinvaders")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_envs.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="learn an expert; stops cleanly on SIGINT and SIGTERM, goes on with --resume")
    train.add_argument("--game", choices=GAMES, required=True)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--total-decisions", type=int, help="rates fall to their last value over these (default: the recipe's)")
    train.add_argument("--resume", action="store_true")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--workers", type=int, default=0, help="processes that host the games; 0: this process")
    train.add_argument("--threads", type=int, default=1, help="threads of the network")
    train.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    train.add_argument("--checkpoint-seconds", type=float, default=180.0)
    train.add_argument("--evaluate-every", type=int, help="decisions between evaluations (default: the recipe's)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    if command == "train":
        from .train import TrainOptions, train

        train(TrainOptions(**options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
