"""An episode as a conversation: the game asks with pictures, whoever plays answers in words.

For libraries that train models on conversations; `agent_verifiers` is one such environment. docs/trainers.md
"""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from .process import GameProcess

PLACE = "<image>"


class Conversation:
    """One episode at a time. Messages are those of OpenAI's chat, pictures PNG in data URLs.

    `turns` holds one entry for each answer: `action` (its index, None where nothing was executed), `reward`, and
    `rejected` (why the answer could not be used, or None). An answer that cannot be used is asked for again with the
    game's reminder, at last the game's fallback is executed.
    """

    def __init__(self, game: str, options: list[str] | None = None, max_decisions: int | None = None) -> None:
        self._process = GameProcess(game, options)
        self.actions = [action["name"] for action in self._process.hello["actions"]]
        self.max_decisions = max_decisions
        self.turns: list[dict[str, Any]] = []
        self.ending: str | None = None

    def begin(self, seed: int) -> dict[str, Any]:
        """The first question of the seed's episode."""
        self.turns, self.ending = [], None
        turn, frames = self._process.ask({"reset": seed})
        return question(turn["prompt"], frames)

    def answer(self, text: str) -> dict[str, Any] | None:
        """The next question; None where the episode is over, and `ending` says by what."""
        turn, frames = self._process.ask({"answer": text})
        self.turns.append({name: turn[name] for name in ("action", "reward", "rejected")})
        if turn["terminated"] or turn["truncated"]:
            self.ending = "terminated" if turn["terminated"] else "truncated"
        elif self.max_decisions is not None and len(self.rewards) >= self.max_decisions:
            self.ending = "max_decisions"
        return question(turn["prompt"], frames) if self.ending is None else None

    @property
    def rewards(self) -> list[float]:
        """By decision: of the answers that were executed, and of fallbacks."""
        return [float(turn["reward"]) for turn in self.turns if turn["action"] is not None]

    def close(self) -> None:
        self._process.close()


def question(prompt: str, frames: np.ndarray) -> dict[str, Any]:
    """The user's message: texts and pictures in the prompt's order, of uint8 [frames, height, width, channels]."""
    texts = prompt.split(PLACE)
    content: list[dict[str, Any]] = []
    for place, text in enumerate(texts):
        if text:
            content.append({"type": "text", "text": text})
        if place < len(texts) - 1:
            content.append({"type": "image_url", "image_url": {"url": data_url(frames[place])}})
    return {"role": "user", "content": content}


def data_url(frame: np.ndarray) -> str:
    """uint8 [height, width, 1 or 3] as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(frame[..., 0] if frame.shape[-1] == 1 else frame).save(buffer, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
