"""The recipes by game name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..game_settings import GameSettings
from . import car_racing, space_invaders
from .recipe import Convolution, Imitation, Recipe


def _car_racing(settings: GameSettings) -> Recipe:
    return Recipe(
        game=settings.name,
        action_names=settings.actions,
        make_game=partial(car_racing.CarRacingGame, settings.emulator),
        make_training_game=partial(car_racing.training_game, settings.emulator),
        preprocessing=car_racing.PREPROCESSING,
        convolutions=(Convolution(32, 5, 2), Convolution(64, 4, 2), Convolution(64, 3, 2)),
        hidden=512,
        games=16,
        epochs=8,
        imitation=Imitation(decisions=700_000, learning_rate=(1e-3, 2e-5), led_share=0.25, memory=80, epochs=5),
        learning_rate=(1e-4, 1e-5),
        entropy=(0.003, 0.0),
        reward_scale=1 / 20,
        decisions_per_rollout=512,
        minibatch=512,
        planned_decisions=1_100_000,
    )


def _space_invaders(settings: GameSettings) -> Recipe:
    return Recipe(
        game=settings.name,
        action_names=settings.actions,
        make_game=partial(space_invaders.SpaceInvadersGame, settings.emulator),
        make_training_game=partial(space_invaders.training_game, settings.emulator),
        preprocessing=space_invaders.PREPROCESSING,
        convolutions=(Convolution(32, 6, 3), Convolution(64, 4, 2), Convolution(64, 3, 1)),
        hidden=512,
        games=32,
        epochs=3,
        imitation=Imitation(decisions=2_400_000, learning_rate=(1e-3, 3e-5), led_share=0.25, memory=40, epochs=5),
        learning_rate=(1.5e-4, 1e-5),
        entropy=(0.005, 0.001),
        reward_scale=1 / 30,
        clip_range=0.1,
        planned_decisions=3_000_000,
    )


RECIPES: dict[str, Callable[[GameSettings], Recipe]] = {"carracing": _car_racing, "spaceinvaders": _space_invaders}


def recipe_of(settings: GameSettings) -> Recipe:
    """The recipe of a game; an unknown name says which there are."""
    if settings.name not in RECIPES:
        raise ValueError(f"game: expected one of {sorted(RECIPES)}, got {settings.name!r}")
    return RECIPES[settings.name](settings)
