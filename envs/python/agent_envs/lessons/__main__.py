"""``python -m agent_envs.lessons``: teaches models Space Invaders, on a GPU where there is one.

Stages in order; each is given as NAME=UPDATES[,BATCH[,PEAK]];
UPDATES may be a number of seconds, 90s. What is drawn anew before its first stage is as in
configs/training/play-spaceinvaders-*.yaml: the projector before ``patches``, the decoder before ``picture``.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from .memory import DrawRules
from .network import VisionLanguageModel
from .school import School, Settings
from .student import Stage, Student
from .telling import Tellings

_STAGES = {
    "patches": Stage("patches", updates=4000, batch=256, peak=0.002, projector=1.0),
    "picture": Stage("picture", updates=6000, batch=256, peak=0.001, projector=0.3),
    "prompt": Stage("prompt", updates=12000, batch=96, peak=0.0006, projector=0.3),
}
_DRAWN_ANEW = {"patches": "projector", "picture": "language"}


def _stage(text: str) -> Stage:
    name, _, rest = text.partition("=")
    if name not in _STAGES:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(_STAGES)}, got {name!r}")
    default = _STAGES[name]
    updates, batch, peak = (*rest.split(","), *[""] * 3)[:3]
    return replace(
        default,
        updates=default.updates if updates.endswith("s") else int(updates or default.updates),
        seconds=float(updates[:-1]) if updates.endswith("s") else None,
        batch=int(batch or default.batch),
        peak=float(peak or default.peak),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent_envs.lessons", description=__doc__)
    parser.add_argument("--tellings", type=Path, required=True, help="as scripts/write-tellings.mjs writes them")
    parser.add_argument("--init", type=Path, nargs="+", required=True, help="checkpoint folders, taught side by side")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stages", type=_stage, nargs="+", default=list(_STAGES.values()))
    parser.add_argument("--games", type=int, default=Settings.games)
    parser.add_argument("--workers", type=int, default=Settings.workers)
    parser.add_argument("--moments", type=int, default=Settings.moments)
    parser.add_argument("--first-moments", type=int, default=Settings.first_moments)
    parser.add_argument("--seed", type=int, default=Settings.seed)
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
            for student in students:
                if stage.name in _DRAWN_ANEW:
                    # The same numbers for every student: they differ in what they began with alone.
                    student.draw_anew(_DRAWN_ANEW[stage.name], torch.Generator().manual_seed(given.seed))
            school.teach(stage, DrawRules())
    finally:
        school.close()


if __name__ == "__main__":
    main()
