"""``evaluate``: an exported expert on named seeds, one row with mean and interval, failures counted."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from agent_envs.atomic import write_atomically

from .inference import Expert
from .package import weights_hash
from .play import Episode, play_episodes
from .recipes import recipe_of
from .rgb_game import RgbGame
from .statistics import mean_interval


def parse_seeds(text: str) -> list[int]:
    """``7``, ``1,2,5`` or ``100000..100049`` (both ends included)."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("..")
        seeds += range(int(first), int(last or first) + 1)
    if not seeds or len(set(seeds)) != len(seeds):
        raise ValueError(f"seeds: expected distinct seeds such as 100000..100049, got {text!r}")
    return seeds


def evaluate(model: Path, game: str, seeds: list[int], *, threads: int = 1, out: Path | None = None) -> dict[str, Any]:
    """Play each seed to its end with the highest output; returns (and writes) ``{"rows": [...]}``."""
    torch.set_num_threads(threads)
    expert = Expert.load(model)
    if expert.config.game != game:
        raise ValueError(f"{model}: game: expected {game!r}, got {expert.config.game!r}")
    config = expert.config
    continuous = config.actions.kind == "continuous"
    expected = recipe_of(game).action_names
    if not continuous and config.actions.names != expected:
        raise ValueError(f"{model}: actions: expected {expected}, got {config.actions.names}")

    def make_game() -> RgbGame:
        return RgbGame(game, config.preprocessing, config.actions.names, continuous=continuous)

    episodes = play_episodes(make_game, config.preprocessing, seeds, expert.act)
    result = {"rows": [summary(model, game, seeds, episodes)]}
    if out is not None:
        text = json.dumps(result, indent=2) + "\n"
        write_atomically(out, lambda temporary: temporary.write_text(text, encoding="utf-8"))
    return result


def summary(model: Path, game: str, seeds: list[int], episodes: list[Episode]) -> dict[str, Any]:
    """One row. An episode that did not finish is counted as failed and has no score."""
    scores = [episode.score for episode in episodes]
    interval = mean_interval(scores)
    return {
        "game": game,
        "policy": "expert",
        "episodes": len(seeds),
        "failed": len(seeds) - len(episodes),
        "mean": round(float(np.mean(scores)), 2),
        "interval": interval and [round(end, 2) for end in interval],
        "standard_deviation": round(float(np.std(scores, ddof=1)), 2) if len(scores) > 1 else None,
        "seeds": f"{min(seeds)}..{max(seeds)}",
        "checkpoint_sha256": weights_hash(model),
        "packages": {name: version(name) for name in ("gymnasium", "ale-py", "torch", "numpy")},
        "scores": {str(episode.seed): round(episode.score, 2) for episode in episodes},
        "decisions": {str(episode.seed): episode.decisions for episode in episodes},
    }
