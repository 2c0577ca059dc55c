"""``python -m agent_envs.lessons``: teaches models Space Invaders, on a GPU where there is one (docs/training.md).

Writes ``curve.jsonl``, and beside it each model as a checkpoint folder after every stage. The result goes to standard
output, narration to standard error. SIGINT ends it with what was learnt so far.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import torch

from .memory import DrawRules
from .network import VisionLanguageModel
from .school import School, Settings
from .stages import STAGES, Stage
from .student import Student
from .telling import Tellings

_SETTINGS = ("games", "workers", "moments", "first_moments", "seed")


def _stage(text: str) -> Stage:
    """``NAME``, or ``NAME=UPDATES`` with another number of updates."""
    name, _, updates = text.partition("=")
    stage = next((stage for stage in STAGES if stage.name == name), None)
    if stage is None or not (updates or "1").isdigit():
        names = ", ".join(stage.name for stage in STAGES)
        raise argparse.ArgumentTypeError(f"expected NAME or NAME=UPDATES with a name of {names}, got {text!r}")
    return replace(stage, updates=int(updates)) if updates else stage


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_envs.lessons", description=__doc__)
    parser.add_argument("--tellings", type=Path, required=True, help="as `agent train lessons` writes them")
    parser.add_argument("--init", type=Path, nargs="+", required=True, help="checkpoint folders, taught side by side")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stages", type=_stage, nargs="+", default=list(STAGES), metavar="NAME[=UPDATES]")
    parser.add_argument("--batch", type=int, help="decisions an update learns from (default: the stage's)")
    for name in _SETTINGS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(Settings, name))
    return parser


def _teach(given: argparse.Namespace) -> None:
    names = [path.resolve().name for path in given.init]
    if len(set(names)) < len(names):
        raise ValueError(
            f"--init: expected folders of different names, which are the results' too; got {', '.join(names)}"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_float32_matmul_precision("high")
    tellings = Tellings.read(given.tellings, device)
    students = [Student(path, VisionLanguageModel.load(path), tellings, device) for path in given.init]
    settings = Settings(**{name: getattr(given, name) for name in _SETTINGS})
    given.out.mkdir(parents=True, exist_ok=True)
    school = School(students, tellings, given.out, settings, device)
    try:
        for stage in given.stages:
            school.teach(replace(stage, batch=given.batch or stage.batch), DrawRules())
    except KeyboardInterrupt:
        school.save()
    finally:
        school.close()
    print(json.dumps({"models": [str(given.out / student.name) for student in students]}))


def main() -> int:
    """0 done or stopped, 1 failed with the reason on standard error, 2 wrong usage."""
    given = _parser().parse_args()
    try:
        _teach(given)
    except (ValueError, OSError, EOFError) as error:
        print(f"error: {error or 'a process that hosts games has died'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
