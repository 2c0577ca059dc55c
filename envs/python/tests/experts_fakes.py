"""A game of a few pixels that is learned at once, and a recipe that trains on it in a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import Preprocessing
from agent_training.experts.game import NO_LABEL, GameStep
from agent_training.experts.recipe import Convolution, Imitation, Recipe
from agent_training.game_settings import Emulator, GameSettings

PREPROCESSING = Preprocessing(input_shape=(12, 12, 1), steps=(), stack=2)
ACTION_NAMES = ("dark", "bright", "never")
LENGTH = 10


class LampGame:
    """The frame is dark or bright; saying which pays one point. Ends after ``LENGTH`` decisions."""

    preprocessing = PREPROCESSING
    seed_every_episode = True

    def __init__(self, *, taught: bool = False) -> None:
        self.taught = taught

    def reset(self, seed: int | None) -> NDArray[np.uint8]:
        self.random, self.decisions = np.random.default_rng(seed), 0
        return self._frame()

    def step(self, action: int) -> tuple[NDArray[np.uint8], GameStep]:
        self.decisions += 1
        reward = float(action == self.bright)
        return self._frame(), GameStep(reward, self.decisions == LENGTH, False)

    def teach(self) -> int:
        return int(self.bright) if self.taught else NO_LABEL

    def close(self) -> None:
        pass

    def _frame(self) -> NDArray[np.uint8]:
        self.bright = bool(self.random.integers(2))
        return np.full((1, 12, 12), 200 if self.bright else 20, np.uint8)


LAMP = GameSettings("lamp", ACTION_NAMES, Emulator("Lamp-v0", 1, False))


def taught_game() -> LampGame:
    return LampGame(taught=True)


def lamp_recipe(_: GameSettings = LAMP, *, taught: bool = False) -> Recipe:
    return Recipe(
        game="lamp",
        make_game=LampGame,
        make_training_game=taught_game if taught else LampGame,
        preprocessing=PREPROCESSING,
        action_names=ACTION_NAMES,
        convolutions=(Convolution(4, 4, 4), Convolution(4, 2, 1)),
        hidden=16,
        games=4,
        decisions_per_rollout=16,
        minibatch=32,
        epochs=4,
        imitation=Imitation(decisions=512, learning_rate=(1e-2, 1e-2), led_share=0.25, memory=3, epochs=4)
        if taught
        else None,
        learning_rate=(5e-3, 5e-3),
        entropy=(0.0, 0.0),
        reward_scale=1.0,
        evaluate_every=10**9,
        planned_decisions=4096,
    )
