"""``export``: the best checkpoint of a run as an expert package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

from agent_envs.named_file import MAX_DATA_BYTES, read_text, require_file

from ..game_settings import GameSettings
from ..seeds import SELECTION, TRAINING, seed_span
from .layers import Chain, chain_of
from .loop import BEST, CHECKPOINT, GAME
from .package import Actions, ExpertConfig, write_package
from .policy import build_policy
from .recipes import recipe_of


def export(run: Path, out: Path, *, which: str = "best") -> ExpertConfig:
    """``which``: "best" on the selection seeds, or "last"."""
    path = run / (BEST if which == "best" else CHECKPOINT)
    content = torch.load(require_file(path, MAX_DATA_BYTES), map_location="cpu", weights_only=True)
    recipe = recipe_of(GameSettings.read(run / GAME))
    policy = build_policy(recipe)
    policy.load_state_dict(content["policy"])
    chains = actor_critic_chains(policy)
    config = ExpertConfig(
        game=recipe.game,
        algorithm="ppo",
        preprocessing=recipe.preprocessing,
        actions=Actions("categorical", recipe.action_names),
        features=chains["features"].layers,
        policy=chains["policy"].layers,
        value=chains["value"].layers if "value" in chains else None,
        value_scale=1 / recipe.reward_scale,
        discount=recipe.discount,
        provenance=_provenance(run, content["progress"], which),
    )
    write_package(out, config, tensors_of(chains))
    return config


def actor_critic_chains(policy: ActorCriticPolicy) -> dict[str, Chain]:
    """Features, policy and value; without value where the critic has features of its own."""
    extractor = policy.features_extractor if policy.share_features_extractor else policy.pi_features_extractor
    chains = {
        "features": chain_of("features", feature_modules(extractor)),
        "policy": chain_of("policy", [policy.mlp_extractor.policy_net, policy.action_net]),
    }
    if policy.share_features_extractor:
        chains["value"] = chain_of("value", [policy.mlp_extractor.value_net, policy.value_net])
    return chains


def feature_modules(extractor: BaseFeaturesExtractor) -> list[torch.nn.Module]:
    """The convolutions and the layer behind them of this project's extractor or Stable-Baselines3's NatureCNN."""
    missing = [name for name in ("cnn", "linear") if not hasattr(extractor, name)]
    if missing:
        raise ValueError(f"features extractor: expected NatureCNN's parts, {type(extractor).__name__} has no {missing}")
    return [extractor.cnn, extractor.linear]


def tensors_of(chains: dict[str, Chain]) -> dict[str, torch.Tensor]:
    """All tensors by the names of ``layers.py``."""
    return {
        f"{name}.{kind}": getattr(module, kind)
        for chain in chains.values()
        for name, module in chain.modules.items()
        for kind in ("weight", "bias")
    }


def load_tensors(chains: dict[str, Chain], tensors: dict[str, torch.Tensor]) -> None:
    """The way back: copy named tensors into the modules of the chains."""
    with torch.no_grad():
        for name, parameter in tensors_of(chains).items():
            parameter.copy_(tensors[name])


def _provenance(run: Path, progress: dict[str, Any], which: str) -> dict[str, Any]:
    manifest = json.loads(read_text(run / "run.json"))
    return {
        "checkpoint": which,
        "decisions": progress["decisions"],
        "updates": progress["updates"],
        "training_hours": round(progress["seconds"] / 3600, 3),
        "selection_score": progress["best_score"],
        "selection_seeds": seed_span(SELECTION),
        "training_seeds": seed_span(TRAINING),
        "planned_decisions": manifest["planned_decisions"],
        "run_seed": manifest["options"]["seed"],
        "recipe": manifest["recipe"],
        "packages": manifest["packages"],
    }
