"""Stable-Baselines3's policy object of a recipe, without games: to export from and to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium.spaces import Box, Discrete
from stable_baselines3.common.policies import ActorCriticCnnPolicy, ActorCriticPolicy, BasePolicy

from .network import ConvolutionFeatures
from .recipe import Recipe


def policy_arguments(recipe: Recipe) -> dict[str, Any]:
    """Keyword arguments of ``ActorCriticCnnPolicy`` for a recipe's network."""
    return {
        "net_arch": [],
        "features_extractor_class": ConvolutionFeatures,
        "features_extractor_kwargs": {"convolutions": [tuple(c) for c in recipe.convolutions], "hidden": recipe.hidden},
    }


def build_policy(recipe: Recipe) -> ActorCriticCnnPolicy:
    """An untrained policy on the CPU, in float32."""
    space = Box(0, 255, recipe.preprocessing.observation_shape, np.uint8)
    policy = ActorCriticCnnPolicy(space, Discrete(len(recipe.action_names)), lambda _: 0.0, **policy_arguments(recipe))
    policy.set_training_mode(False)
    return policy


def policy_logits(policy: ActorCriticPolicy, observations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stable-Baselines3's own logits (or action means) float32[n, outputs] and values float32[n]."""
    with torch.no_grad():
        batch = torch.as_tensor(observations)
        # Asked through the base class: the actor-critic's own method returns two features where they are not shared.
        features = BasePolicy.extract_features(policy, batch, policy.pi_features_extractor)
        # The distribution takes the log-sum off its logits: the action net's own output is what a port computes.
        logits = policy.action_net(policy.mlp_extractor.forward_actor(features))
        return logits.numpy(), policy.predict_values(batch)[:, 0].numpy()
