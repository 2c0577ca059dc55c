"""``python -m agent_envs.lessons``: teaches models Space Invaders, on a GPU where there is one (docs/training.md).

Writes ``curve.jsonl``, and each model's weights as ``NAME.safetensors`` after every stage.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from .memory import DrawRules
from .network import VisionLanguageModel
from .school import School, Settings
from .stages import STAGES, Stage
from .student import Student
from .telling import Tellings


def _stage(text: str) -> Stage:
    """``NAME``, or ``NAME=UPDATES`` with another number of updates."""
    name, _, updates = text.partition("=")
    stage = next((stage for stage in STAGES if stage.name == name), None)
    if stage is None or not (updates or "1").isdigit():
        names = ", ".join(stage.name for stage in STAGES)
        raise argparse.ArgumentTypeError(f"expected NAME or NAME=UPDATES with a name of {names}, got {text!r}")
    return replace(stage, updates=int(updates)) if updates else stage


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent_envs.lessons", description=__doc__)
    parser.add_argument("--tellings", type=Path, required=True, help="as scripts/write-tellings.mjs writes them")
    parser.add_argument("--init", type=Path, nargs="+", required=True, help="checkpoint folders, taught side by side")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stages", type=_stage, nargs="+", default=list(STAGES), metavar="NAME[=UPDATES]")
    parser.add_argument("--batch", type=int, help="decisions an update learns from (default: the stage's)")
    for name in ("games", "workers", "moments", "first_moments", "seed"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(Settings, name))
    given = parser.parse_args()

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_float32_matmul_precision("high")
    tellings = Tellings.read(given.tellings, device)
    students = [Student(path.name, VisionLanguageModel.load(path), tellings, device) for path in given.init]
    settings = Settings(
        games=given.games,
        workers=given.workers,
        moments=given.moments,
        first_moments=given.first_moments,
        seed=given.seed,
    )
    given.out.mkdir(parents=True, exist_ok=True)
    school = School(students, tellings, given.out, settings, device)
    try:
        for stage in given.stages:
            school.teach(replace(stage, batch=given.batch or stage.batch), DrawRules())
    finally:
        school.close()


if __name__ == "__main__":
    main()
