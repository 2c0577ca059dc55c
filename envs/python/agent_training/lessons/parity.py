"""``python -m agent_training.lessons.parity``: what teacher and model of this package make of recorded pictures.

For the tests of those that play (test/expert/lessons-parity.test.ts, tests/test_lessons.py). The pictures are those of
test/expert/fixtures/spaceinvaders-parity.safetensors.gz; the file is JSON, a list of decisions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load
from torch import Tensor

from agent_envs.named_file import MAX_DATA_BYTES, read_bytes

from .network import VisionLanguageModel
from .plan import Plan
from .scene import things_code
from .sprites import sprites_of
from .student import Student
from .teacher import look
from .telling import IGNORED, Tellings

_DECIMALS = 6


def _scores(student: Student, tellings: Tellings, stacks: Tensor, features: Tensor, numbers: Tensor) -> Tensor:
    """Log-probabilities of the names behind the numbers told, [rows, actions]."""
    told = tellings.all[0]
    words = torch.stack([sight[numbers[:, place]] for place, sight in enumerate(tellings.sights)], 1)
    past, begun = student.begun(stacks, features, told)
    scores = []
    for name in told.answers:
        tokens = name[name != IGNORED].expand(len(stacks), -1)
        given = torch.cat([begun, student.model.embedded(torch.cat([words, tokens[:, :-1]], 1))], 1)
        hidden, _ = student.model.decode(given, past, tokens.shape[1])
        found = student.model.logits(hidden).log_softmax(-1).gather(2, tokens[..., None])[..., 0]
        scores.append(found.sum(1))
    return torch.stack(scores, 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m agent_training.lessons.parity", description=__doc__)
    for name in ("pictures", "plan", "model", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()

    recorded = load(gzip.decompress(read_bytes(given.pictures, MAX_DATA_BYTES)))
    frames = recorded["frames"]
    # The expert's first stacks begin with black pictures (-1), which the teacher and the models never see.
    stacks = [stack.tolist() for stack in recorded["stacks"] if stack.min() >= 0]
    sprites = [sprites_of(frame) for frame in frames]
    device = torch.device("cpu")
    plan = Plan.read(given.plan)
    tellings = Tellings.read(plan.tellings, device)
    model = VisionLanguageModel.load(given.model)
    student = Student(given.model, model, tellings, device, plan, mixed_precision=False)
    size, grid = (tellings.side, tellings.side), math.isqrt(tellings.patches)
    small = np.stack([np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC)) for frame in frames])
    with torch.no_grad():
        features, rows = student.encoded(torch.from_numpy(small)), torch.tensor(stacks)
        numbers, actions = student.play(rows, features)
        scores = _scores(student, tellings, rows, features, numbers)

    decisions = []
    for i, stack in enumerate(stacks):
        shown = [sprites[frame] for frame in stack]
        sights, action = look(shown)
        things = things_code(shown[-1], shown[-2], grid, plan.patches)
        decisions.append(
            {
                "stack": stack,
                "teacher": {"sights": sights, "action": action},
                "things": [[int(at), round(float(things.flat[at]), 3)] for at in np.flatnonzero(things)],
                "model": {
                    "numbers": numbers[i].tolist(),
                    "action": int(actions[i]),
                    "scores": [round(score, _DECIMALS) for score in scores[i].tolist()],
                },
            }
        )
    given.out.write_text(json.dumps(decisions) + "\n")


if __name__ == "__main__":
    main()
