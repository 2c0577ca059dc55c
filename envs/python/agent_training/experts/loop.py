"""The training loop's hooks: rates before each rollout, a line after each update, checkpoints, evaluation, a clean
stop.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback

from ..seeds import SELECTION, seed_span
from .checkpoint import Progress, save_checkpoint
from .learner import float32
from .play import Act, play_episodes
from .recipe import Recipe
from .vector import GameVectorEnv

CHECKPOINT = "checkpoint.pt"
BEST = "best.pt"
GAME = "game.json"


class TrainingLoop(BaseCallback):
    """Everything around PPO's rollouts. Files: checkpoint.pt, best.pt, progress.jsonl, evaluations.jsonl."""

    def __init__(
        self,
        recipe: Recipe,
        out: Path,
        progress: Progress,
        *,
        planned: int,
        checkpoint_seconds: float,
        evaluate_every: int,
    ) -> None:
        super().__init__()
        self.recipe, self.out, self.progress, self.planned = recipe, out, progress, planned
        self.checkpoint_seconds, self.evaluate_every = checkpoint_seconds, evaluate_every
        self.stop_requested = False
        self.scores: deque[float] = deque(maxlen=100)
        self._began = self._saved = self._marked = time.monotonic()
        self._marked_decisions = progress.decisions
        self._first = True

    def request_stop(self, *_: Any) -> None:
        """Signal handler: finish the decision at hand, keep the state of the last update."""
        self.stop_requested = True

    def _on_step(self) -> bool:
        return not self.stop_requested

    def _on_rollout_start(self) -> None:
        """Called before each rollout, that is, after each update but the first time."""
        if not self._first:
            self._after_update()
        self._first = False
        rate, entropy = self.recipe.rates(self.progress.decisions, self.planned)
        self.model.lr_schedule = lambda _: rate  # type: ignore[union-attr]
        self.model.ent_coef = entropy  # type: ignore[union-attr]

    def save(self) -> None:
        """Write the resumable state; a rollout that a stop cut short is not counted."""
        now = time.monotonic()
        self.progress.seconds += now - self._began
        self._began = self._saved = now
        save_checkpoint(self.out / CHECKPOINT, self.recipe.game, self.model, self.progress)  # type: ignore[arg-type]

    def _after_update(self) -> None:
        self.progress.decisions = self.num_timesteps
        self.progress.updates += 1
        self._report()
        if self.progress.decisions >= self.progress.next_evaluation:
            self.progress.next_evaluation = self.progress.decisions + self.evaluate_every
            self.evaluate()
        if time.monotonic() - self._saved >= self.checkpoint_seconds:
            self.save()

    def _report(self) -> None:
        environment = self.training_env
        assert isinstance(environment, GameVectorEnv)
        self.scores.extend(score for score, _ in environment.finished)
        environment.finished.clear()
        now, done = time.monotonic(), self.progress.decisions
        rate = (done - self._marked_decisions) / (now - self._marked)
        self._marked, self._marked_decisions = now, done
        logged = self.logger.name_to_value
        row = {
            "decisions": done,
            "update": self.progress.updates,
            "score": round(float(np.mean(self.scores)), 1) if self.scores else None,
            "decisions_per_second": round(rate, 1),
            "eta_seconds": round(max(self.planned - done, 0) / rate),
            **{name: round(float(logged[f"train/{name}"]), 5) for name in _LOGGED if f"train/{name}" in logged},
        }
        if row["score"] is not None:
            self.logger.record("games/score", row["score"])
        self.logger.record("games/decisions_per_second", rate)
        append_line(self.out / "progress.jsonl", row)
        if self.progress.updates % 10 == 1:
            print(
                f"{done:>10,} decisions  score {row['score']}  {rate:.0f}/s  "
                f"{row['eta_seconds'] / 60:.0f} minutes left  entropy {-row.get('entropy_loss', 0):.2f}",
                file=sys.stderr,
                flush=True,
            )

    def evaluate(self) -> None:
        """Greedy games on the selection seeds; keeps the best checkpoint."""
        with float32(self.model):  # type: ignore[arg-type]
            episodes = play_episodes(
                self.recipe.make_game,
                self.recipe.preprocessing,
                SELECTION,
                greedy(self.model),
                stopped=lambda: self.stop_requested,
            )
        if len(episodes) < len(SELECTION):
            return
        mean = float(np.mean([episode.score for episode in episodes]))
        best = self.progress.best_score is None or mean > self.progress.best_score
        if best:
            self.progress.best_score = mean
            save_checkpoint(self.out / BEST, self.recipe.game, self.model, self.progress)  # type: ignore[arg-type]
        row = {"decisions": self.progress.decisions, "mean": round(mean, 2), "best": best,
               "scores": [round(episode.score, 1) for episode in episodes]}  # fmt: skip
        append_line(self.out / "evaluations.jsonl", row)
        self.logger.record("games/held_out_score", mean)
        print(f"held-out seeds {seed_span(SELECTION)}: {mean:.1f}{' (best)' if best else ''}",
              file=sys.stderr, flush=True)  # fmt: skip


_LOGGED = ("entropy_loss", "approx_kl", "clip_fraction", "explained_variance", "learning_rate", "value_loss",
           "imitation_loss", "agreement")  # fmt: skip


def greedy(model: Any) -> Act:
    """The action of the highest logit, for each observation of a batch."""

    def act(observations: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            batch = torch.as_tensor(observations, device=model.device)
            return model.policy.get_distribution(batch).distribution.logits.argmax(1).cpu().numpy()

    return act


def append_line(path: Path, row: dict[str, Any]) -> None:
    """Add one JSON line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
