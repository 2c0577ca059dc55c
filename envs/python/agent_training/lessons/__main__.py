"""``python -m agent_training.lessons``: teaches models Space Invaders, on a GPU where there is one (docs/training.md).

Writes ``curve.jsonl``, and beside it each model as a checkpoint folder after every stage. The result goes to standard
output, narration to standard error. SIGINT ends it with what was learnt so far.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from .network import VisionLanguageModel
from .plan import Plan
from .school import School
from .student import Student
from .telling import Tellings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_training.lessons", description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="as `agent train lessons` writes it")
    parser.add_argument("--init", type=Path, nargs="+", required=True, help="checkpoint folders, taught side by side")
    parser.add_argument("--out", type=Path, required=True)
    return parser


def _teach(given: argparse.Namespace) -> None:
    names = [path.resolve().name for path in given.init]
    if len(set(names)) < len(names):
        raise ValueError(
            f"--init: expected folders of different names, which are the results' too; got {', '.join(names)}"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_float32_matmul_precision("high")
    plan = Plan.read(given.plan)
    tellings = Tellings.read(plan.tellings, device)
    students = [Student(path, VisionLanguageModel.load(path), tellings, device, plan) for path in given.init]
    given.out.mkdir(parents=True, exist_ok=True)
    school = School(students, tellings, given.out, plan, device)
    try:
        for stage in plan.stages:
            school.teach(stage)
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
