"""``python -m agent_training.experts``: experts for the games. Results go to files and standard output, narration to
standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

GAME = "the game's settings: game.json of a run, as `agent train expert` writes it"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_training.experts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train", help="learn an expert; stops cleanly on SIGINT and SIGTERM, goes on with --resume"
    )
    train.add_argument("--game", type=Path, required=True, help=GAME)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument(
        "--total-decisions", type=int, help="rates fall to their last value over these (default: the recipe's)"
    )
    train.add_argument("--resume", action="store_true")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--workers", type=int, default=0, help="processes that host the games; 0: this process")
    train.add_argument("--threads", type=int, default=1, help="threads of the network")
    train.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    train.add_argument("--checkpoint-seconds", type=float, default=180.0)
    train.add_argument("--evaluate-every", type=int, help="decisions between evaluations (default: the recipe's)")

    export = commands.add_parser("export", help="a run's best checkpoint as config.json and model.safetensors")
    export.add_argument("--run", type=Path, required=True)
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--which", choices=("best", "last"), default="best")

    parity = commands.add_parser(
        "parity", help="observations with Stable-Baselines3's outputs, to test other implementations"
    )
    parity.add_argument("--model", type=Path, required=True)
    parity.add_argument("--game", type=Path, required=True, help=GAME)
    parity.add_argument("--count", type=int, default=1000)
    parity.add_argument("--out", type=Path, required=True)
    parity.add_argument(
        "--zip", type=Path, help="the zip of an imported expert, which you trust: loading it can run its code"
    )

    card = commands.add_parser("card", help="write the model card from a run and an evaluation")
    card.add_argument("--model", type=Path, required=True)
    card.add_argument("--run", type=Path, required=True)
    card.add_argument("--evaluation", type=Path, required=True, help="results.json of `agent eval`")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed with the reason on standard error, 2 wrong usage."""
    options = vars(_parser().parse_args(arguments))
    command = options.pop("command")
    try:
        result = _COMMANDS[command](options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the training had its own handler
        print("error: interrupted", file=sys.stderr)
        return 130
    if result is not None:
        print(json.dumps(result))
    return 0


def _train(options: dict[str, Any]) -> Any:
    from ..game_settings import GameSettings
    from .train import TrainOptions, train

    return vars(train(TrainOptions(**options | {"game": GameSettings.read(options["game"])})))


def _export(options: dict[str, Any]) -> Any:
    from .export import export

    return export(options["run"], options["out"], which=options["which"]).provenance


def _parity(options: dict[str, Any]) -> Any:
    from ..game_settings import GameSettings
    from .parity import write_parity

    options["zip_path"], options["game"] = options.pop("zip"), GameSettings.read(options["game"])
    return write_parity(**options)


def _card(options: dict[str, Any]) -> Any:
    from .card import write_card

    return {"card": str(write_card(options["model"], options["run"], options["evaluation"]))}


# The heavy packages load inside, so that --help answers at once.
_COMMANDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "train": _train,
    "export": _export,
    "parity": _parity,
    "card": _card,
}


if __name__ == "__main__":
    sys.exit(main())
