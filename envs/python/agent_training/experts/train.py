"""``train``: learn an expert for one game, from the beginning or from the last checkpoint."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import torch
from stable_baselines3.common.logger import configure

from agent_envs.atomic import write_atomically
from agent_envs.named_file import MAX_DATA_BYTES, require_file

from ..game_settings import GameSettings
from .checkpoint import Progress, load_checkpoint
from .learner import Precision, make_learner, make_vector_env
from .loop import CHECKPOINT, GAME, TrainingLoop
from .recipe import Recipe
from .recipes import recipe_of


@dataclass(frozen=True)
class TrainOptions:
    """What the command line can choose; the rest is the recipe's."""

    game: GameSettings
    out: Path
    total_decisions: int | None = None
    resume: bool = False
    seed: int = 0
    workers: int = 0
    threads: int = 1
    precision: Precision = "auto"
    checkpoint_seconds: float = 180.0
    evaluate_every: int | None = None


def train(options: TrainOptions) -> Progress:
    """Run until the planned decisions are done or a signal asks to stop; either way the state is on disk afterwards."""
    recipe = recipe_of(options.game)
    checkpoint = options.out / CHECKPOINT
    if checkpoint.exists() and not options.resume:
        raise FileExistsError(f"{checkpoint} exists: pass --resume to go on with it, or another --out")
    if options.resume and not checkpoint.exists():
        raise FileNotFoundError(f"--resume: no {CHECKPOINT} in {options.out}")
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    planned = options.total_decisions or recipe.planned_decisions

    stream = _peek_starts(checkpoint) if options.resume else 0
    environment = make_vector_env(recipe, run_seed=options.seed, stream=stream, workers=options.workers)
    model = make_learner(recipe, environment, run_seed=options.seed, precision=options.precision)
    progress = load_checkpoint(checkpoint, recipe.game, model) if options.resume else Progress()
    progress.starts += 1
    model.num_timesteps = progress.decisions
    model.set_logger(configure(str(options.out / "tensorboard"), ["tensorboard"]))
    _write_manifest(options, recipe, planned)
    loop = TrainingLoop(
        recipe,
        options.out,
        progress,
        planned=planned,
        checkpoint_seconds=options.checkpoint_seconds,
        evaluate_every=options.evaluate_every or recipe.evaluate_every,
    )
    previous = {name: signal.signal(name, loop.request_stop) for name in (signal.SIGINT, signal.SIGTERM)}
    print(
        f"{recipe.game}: {progress.decisions:,} of {planned:,} decisions done, {model.device}, {recipe.games} games, "
        f"bfloat16 {model.policy.features_extractor.mixed_precision}",
        file=sys.stderr,
    )
    try:
        remaining = planned - progress.decisions
        if remaining > 0:
            model.learn(remaining, callback=loop, log_interval=1, reset_num_timesteps=False)
        if not loop.stop_requested and remaining > 0:
            loop._after_update()  # the last update has no rollout behind it that would report it
            loop.evaluate()
        loop.save()
    finally:
        environment.close()
        for name, handler in previous.items():
            signal.signal(name, handler)
    print(f"{'stopped' if loop.stop_requested else 'done'} at {progress.decisions:,} decisions", file=sys.stderr)
    return progress


def _peek_starts(checkpoint: Path) -> int:
    content = torch.load(require_file(checkpoint, MAX_DATA_BYTES), map_location="cpu", weights_only=True)
    return int(content["progress"]["starts"])


def _write_manifest(options: TrainOptions, recipe: Recipe, planned: int) -> None:
    """run.json: what was asked for, what it resolved to, with which packages; game.json: the game's settings."""
    resolved = {key: value for key, value in asdict(recipe).items() if not key.startswith("make_")}
    content = {
        "format_version": 1,
        "options": {key: value for key, value in vars(options).items() if key != "out"} | {"game": recipe.game},
        "planned_decisions": planned,
        "recipe": resolved | {"preprocessing": recipe.preprocessing.to_json()},
        "packages": {name: version(name) for name in ("stable-baselines3", "torch", "gymnasium", "ale-py", "numpy")},
    }
    for name, value in (("run.json", content), (GAME, options.game.to_json())):
        text = json.dumps(value, indent=2) + "\n"
        write_atomically(options.out / name, partial(Path.write_text, data=text, encoding="utf-8"))
