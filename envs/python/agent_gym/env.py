"""A game of the harness as a Gymnasium environment: stacked frames, and the prompt of a decision in `info`."""

from typing import Any

import gymnasium
import numpy as np

from .process import GameError, GameProcess

# The harness keeps seeds from here on for measuring.
FIRST_EVALUATION_SEED = 100_000


class GameEnv(gymnasium.Env):
    """Observations are uint8 [frames, height, width, channels], oldest first; actions are indices of the game's names.

    `info` holds `prompt`, with one `<image>` for each frame, `actions`, the names, `step`, and `rejected`: why the last
    answer could not be used, or None. `answer` takes text in the place of `step`'s number and parses it as the harness
    does: where it cannot be used the same is asked again with a reminder, at last the game's fallback is executed.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012  as Gymnasium has it

    def __init__(self, game: str, options: list[str] | None = None, render_mode: str | None = None) -> None:
        self._process = GameProcess(game, options)
        self.hello = self._process.hello
        self.render_mode = render_mode
        self.actions = [action["name"] for action in self.hello["actions"]]
        shape = (self.hello["frames"], *self.hello["shape"])
        self.observation_space = gymnasium.spaces.Box(0, 255, shape, np.uint8)
        self.action_space = gymnasium.spaces.Discrete(len(self.actions))
        self._frames = np.zeros(shape, np.uint8)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Without a seed one below the harness's evaluation seeds is drawn."""
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(FIRST_EVALUATION_SEED)) if seed is None else seed
        turn, self._frames = self._process.ask({"reset": drawn})
        return self._frames, self._info(turn)

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        return self._took({"action": int(action)})

    def answer(self, text: str) -> tuple[np.ndarray, float, bool, bool, dict]:
        """As `step`, with an answer in words."""
        return self._took({"answer": text})

    def render(self) -> np.ndarray | None:
        """The newest frame."""
        return self._frames[-1] if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        self._process.close()

    def _took(self, request: dict[str, Any]) -> tuple[np.ndarray, float, bool, bool, dict]:
        turn, self._frames = self._process.ask(request)
        return self._frames, float(turn["reward"]), turn["terminated"], turn["truncated"], self._info(turn)

    def _info(self, turn: dict[str, Any]) -> dict[str, Any]:
        return {
            "prompt": turn["prompt"],
            "actions": self.actions,
            "step": turn["step"],
            "action": turn["action"],
            "rejected": turn["rejected"],
        }


__all__ = ["GameEnv", "GameError"]
