"""A recipe turned into Stable-Baselines3's PPO, and the precision it learns in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.policies import ActorCriticCnnPolicy

from .imitation import TaughtPPO
from .network import ConvolutionFeatures
from .policy import policy_arguments
from .recipe import Recipe
from .vector import GameVectorEnv

Precision = Literal["auto", "float32", "bfloat16"]


def make_vector_env(recipe: Recipe, *, run_seed: int, stream: int, workers: int) -> GameVectorEnv:
    """The training games. ``stream`` differs at each start of the same run, so that a resumed run meets new
    episodes.
    """
    first = np.random.SeedSequence([run_seed, stream]).generate_state(recipe.games)
    return GameVectorEnv(
        recipe.make_training_game,
        recipe.preprocessing,
        len(recipe.action_names),
        recipe.games,
        first_seeds=[int(seed) for seed in first],
        reward_scale=recipe.reward_scale,
        workers=workers,
    )


def make_learner(recipe: Recipe, environment: GameVectorEnv, *, run_seed: int, precision: Precision) -> PPO:
    """PPO with the recipe's network; learning rate and entropy weight are set before each rollout by the loop."""
    model = TaughtPPO(
        ActorCriticCnnPolicy,
        environment,
        learning_rate=recipe.learning_rate[0],
        n_steps=recipe.decisions_per_rollout,
        batch_size=recipe.minibatch,
        n_epochs=recipe.epochs,
        gamma=recipe.discount,
        gae_lambda=recipe.gae_lambda,
        clip_range=recipe.clip_range,
        ent_coef=recipe.entropy[0],
        vf_coef=recipe.value_weight,
        max_grad_norm=recipe.gradient_norm,
        policy_kwargs=policy_arguments(recipe),
        seed=run_seed,
        device="cuda" if torch.cuda.is_available() else "cpu",
    )
    model.imitation = recipe.imitation
    features(model).mixed_precision = _mixed(precision, model.device)
    return model


def features(model: PPO) -> ConvolutionFeatures:
    """The network in front of the policy's linear heads."""
    return model.policy.features_extractor  # type: ignore[return-value]


@contextmanager
def float32(model: PPO) -> Iterator[None]:
    """Evaluation runs as the exported policy will: in float32."""
    network = features(model)
    before, network.mixed_precision = network.mixed_precision, False
    model.policy.set_training_mode(False)
    try:
        yield
    finally:
        network.mixed_precision = before


def _mixed(precision: Precision, device: torch.device) -> bool:
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
