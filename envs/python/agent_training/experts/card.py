"""``card``: the model card of an exported expert, every figure of it from the run's and the evaluation's own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from agent_envs.atomic import write_atomically
from agent_envs.named_file import MAX_DATA_BYTES, read_text

from ..game_settings import GameSettings
from .loop import GAME
from .package import ExpertConfig, read_package, weights_hash

_CURVE_ROWS = 12


def write_card(model: Path, run: Path, evaluation: Path) -> Path:
    """Write ``README.md`` beside the weights; returns its path."""
    config, tensors = read_package(model)
    row = _row_of(weights_hash(model), evaluation)
    parameters = sum(tensor.numel() for tensor in tensors.values())
    sections = [
        _head(config, GameSettings.read(run / GAME).emulator.env, parameters),
        _result(row),
        _recipe(config),
        _curve(_lines(run / "progress.jsonl"), _lines(run / "evaluations.jsonl")),
        _use(config),
    ]
    path = model / "README.md"
    text = "\n".join(sections)
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return path


def _row_of(checkpoint: str, evaluation: Path) -> dict[str, Any]:
    rows = json.loads(read_text(evaluation))["rows"]
    for row in rows:
        if row["checkpoint_sha256"] == checkpoint and row["mean"] is not None:
            return row
    raise ValueError(f"{evaluation}: expected a row with the score of checkpoint {checkpoint}, got {len(rows)} others")


def _head(config: ExpertConfig, env: str, parameters: int) -> str:
    front = "---\nlicense: apache-2.0\ntags: [reinforcement-learning, stable-baselines3, gymnasium]\n---\n"
    return f"""{front}
# Expert for {env}

A convolutional policy of {parameters:,} parameters ({config.algorithm.upper()}) that plays from pixels. It gives
demonstrations, labels what other policies meet, and is the upper row of every comparison on the same seeds.
Files, preprocessing and tensor names: `docs/experts.md`.
"""


def _result(row: dict[str, Any]) -> str:
    scores = list(row["scores"].values())
    interval = "all the same" if row["interval"] is None else "{:.1f} to {:.1f}".format(*row["interval"])
    return f"""## Score on held-out seeds

Greedy, seeds {row["seeds"]}, never trained on and not used to choose the checkpoint:
{row["episodes"]} episodes, {row["failed"]} failed.

| mean | 95 % interval | standard deviation | lowest | median | highest |
|---|---|---|---|---|---|
| {row["mean"]:.1f} | {interval} | {row["standard_deviation"]:.1f} | {min(scores):.0f} | \
{np.median(scores):.0f} | {max(scores):.0f} |

Weights: SHA-256 `{row["checkpoint_sha256"]}`.
"""


def _recipe(config: ExpertConfig) -> str:
    made = config.provenance
    recipe = made["recipe"]
    taught = recipe.get("imitation")
    hours = f"{made['training_hours']:.2f} hours by the clock on a shared core"
    stages = f"{made['decisions']:,} decisions of four raw frames, {hours}"
    convolutions = ", ".join(f"{f} filters {k}x{k} stride {s}" for f, k, s in recipe["convolutions"])
    return f"""## Recipe

{stages}; {made["planned_decisions"]:,} planned.
{_stages(taught, made["decisions"] - recipe["games"] * recipe["decisions_per_rollout"])}
| | |
|---|---|
| network | {convolutions}, dense {recipe["hidden"]}, linear heads |
| PPO | {recipe["games"]} games, {recipe["decisions_per_rollout"]} decisions a rollout, \
minibatch {recipe["minibatch"]}, \
{recipe["epochs"]} epochs, clip {recipe["clip_range"]}, discount {recipe["discount"]}, GAE {recipe["gae_lambda"]} |
| learning rate, entropy weight | {recipe["learning_rate"]}, {recipe["entropy"]} (first and last, linear) |
| training seeds | {made["training_seeds"]} |
| checkpoint chosen on seeds | {made["selection_seeds"]} (mean {made["selection_score"]:.1f}) |
| packages | {", ".join(f"{name} {version}" for name, version in made["packages"].items())} |
"""


def _stages(taught: dict[str, Any] | None, last_began: int) -> str:
    """How the policy was learned, as far as it got. ``last_began``: decisions before the last rollout, which belongs to
    the stage that it began in.
    """
    if not taught:
        return "PPO from random weights, without demonstrations.\n"
    imitation = "imitation of a scripted player\n(DAgger: the learner plays, the teacher says what it would do)"
    if last_began < taught["decisions"]:
        return f"All of it is {imitation}.\nPPO is planned to follow after {taught['decisions']:,} decisions.\n"
    return f"The first {taught['decisions']:,} decisions are {imitation};\nPPO follows.\n"


def _curve(progress: list[dict[str, Any]], evaluations: list[dict[str, Any]]) -> str:
    picks = np.unique(np.linspace(0, len(progress) - 1, _CURVE_ROWS).astype(int)) if progress else []
    training = "\n".join(f"| {progress[i]['decisions']:,} | {progress[i]['score']} |" for i in picks)
    selection = "\n".join(f"| {row['decisions']:,} | {row['mean']} |" for row in evaluations)
    return f"""## Curve

Mean score of the last 100 training games (actions drawn, not greedy; games given up early count as they ended):

| decisions | score |
|---|---|
{training}

Greedy mean on the twenty selection seeds:

| decisions | score |
|---|---|
{selection}
"""


def _use(config: ExpertConfig) -> str:
    return f"""## Use

    ./agent play --game {config.game} --policy expert

Trained further from `runs/reference/expert-training/{config.game}` (see `docs/experts.md`).
"""


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read_text(path, MAX_DATA_BYTES).splitlines()]
