"""The recipes by game name."""

from __future__ import annotations

from . import car_racing, space_invaders
from .recipe import Convolution, Imitation, Recipe

CAR_RACING = Recipe(
    game="carracing",
    make_game=car_racing.CarRacingGame,
    make_training_game=car_racing.training_game,
    preprocessing=car_racing.PREPROCESSING,
    action_names=car_racing.ACTION_NAMES,
    convolutions=(Convolution(16, 5, 2), Convolution(32, 4, 2), Convolution(32, 3, 2)),
    hidden=256,
    games=16,
    decisions_per_rollout=128,
    minibatch=256,
    epochs=8,
    learning_rate=(3e-4, 1e-5),
    entropy=(0.01, 0.001),
    reward_scale=1 / 20,
    evaluate_every=100_000,
    planned_decisions=2_000_000,
)

SPACE_INVADERS = Recipe(
    game="spaceinvaders",
    make_game=space_invaders.SpaceInvadersGame,
    make_training_game=space_invaders.training_game,
    preprocessing=space_invaders.PREPROCESSING,
    action_names=space_invaders.ACTION_NAMES,
    convolutions=(Convolution(32, 6, 3), Convolution(64, 4, 2), Convolution(64, 3, 1)),
    hidden=512,
    games=32,
    decisions_per_rollout=128,
    minibatch=256,
    epochs=3,
    imitation=Imitation(decisions=1_000_000, learning_rate=(1e-3, 3e-5), led_share=0.25, memory=40, epochs=5),
    learning_rate=(1.5e-4, 1e-5),
    entropy=(0.005, 0.001),
    reward_scale=1 / 30,
    clip_range=0.1,
    evaluate_every=100_000,
    planned_decisions=3_000_000,
)

RECIPES = {recipe.game: recipe for recipe in (CAR_RACING, SPACE_INVADERS)}


def recipe_of(game: str) -> Recipe:
    """The recipe of a game; an unknown name says which there are."""
    try:
        return RECIPES[game]
    except KeyError:
        raise ValueError(f"game: expected one of {sorted(RECIPES)}, got {game!r}") from None
