"""The tensors of a policy as the chains of layers of an expert package: its layers are what docs/experts.md lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .archive import Archive
from .unpickle import name_of

Layer = dict[str, Any]
ACTIVATIONS = {"Identity": "none", "ReLU": "relu", "Tanh": "tanh", "GELU": "gelu", "ELU": "elu", "SiLU": "silu"}
LIBRARIES = ("stable_baselines3", "sb3_contrib", "agent_envs")
NATURE = ((32, 8, 4), (64, 4, 2), (64, 3, 1))
"""NatureCNN's convolutions: filters, kernel, stride."""


@dataclass
class Chain:
    """Layers in order, and the tensors that they own."""

    name: str
    layers: list[Layer] = field(default_factory=list)
    tensors: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, weight: np.ndarray, bias: np.ndarray, activation: str, **convolution: Any) -> None:
        """A layer of weights."""
        name = f"{self.name}.{sum('name' in layer for layer in self.layers)}"
        kind = "conv2d" if convolution else "dense"
        self.layers.append({"type": kind, "name": name, "activation": activation, **convolution})
        self.tensors |= {f"{name}.weight": np.float32(weight), f"{name}.bias": np.float32(bias)}


def chains_of(archive: Archive) -> dict[str, Chain]:
    """Features, policy, and value where the critic shares the features.

    Raises:
        ValueError: names the part that an expert cannot have.
    """
    _require_library(archive, "policy_class", archive.fields.get("policy_class"))
    return _q_chains(archive) if archive.algorithm in ("dqn", "qrdqn") else _actor_critic_chains(archive)


def _require_library(archive: Archive, setting: str, given: Any) -> None:
    """Whoever wrote a class of his own may compute anything with the tensors that the library's would have."""
    name = name_of(given)
    if name.partition(".")[0] not in LIBRARIES:
        raise ValueError(
            f"{archive.path}: {setting}: expected a class of Stable-Baselines3, got {name}, "
            "which is code of its own: its tensors do not say what it computes"
        )


def _actor_critic_chains(archive: Archive) -> dict[str, Chain]:
    is_shared = archive.policy_settings.get("share_features_extractor", True)
    activation = _activation(archive, "Tanh")
    features = _features(archive, "features_extractor" if is_shared else "pi_features_extractor")
    # Until version 1.8 a few layers could be shared by policy and value.
    _dense(archive, features, "mlp_extractor.shared_net", activation, activation)
    policy = Chain("policy")
    _dense(archive, policy, "mlp_extractor.policy_net", activation, activation)
    _dense(archive, policy, "action_net", "none", "none", is_one=True)
    chains = {"features": features, "policy": policy}
    if is_shared:
        value = chains["value"] = Chain("value")
        _dense(archive, value, "mlp_extractor.value_net", activation, activation)
        _dense(archive, value, "value_net", "none", "none", is_one=True)
    return chains


def _q_chains(archive: Archive) -> dict[str, Chain]:
    """The mean over a QR-DQN's quantiles is folded into the last layer's weights."""
    network = "q_net" if archive.algorithm == "dqn" else "quantile_net"
    features = _features(archive, f"{network}.features_extractor")
    policy = Chain("policy")
    _dense(archive, policy, f"{network}.{network}", _activation(archive, "ReLU"), "none")
    if archive.algorithm == "qrdqn":
        actions = int(archive.action_space.get("n"))
        for name in list(policy.tensors)[-2:]:
            tensor = policy.tensors[name]
            quantiles = tensor.reshape(-1, actions, *tensor.shape[1:]).astype(np.float64)
            policy.tensors[name] = np.float32(quantiles.mean(0))
    return {"features": features, "policy": policy}


def _features(archive: Archive, prefix: str) -> Chain:
    """Convolutions and the layer behind them, of Stable-Baselines3's NatureCNN or of this project's extractor."""
    if f"{prefix}.cnn.0.weight" not in archive.tensors:
        policy = name_of(archive.fields.get("policy_class")).rpartition(".")[2]
        raise ValueError(
            f"{archive.path}: policy: expected a CnnPolicy, which sees pictures, got {policy} without convolutions"
        )
    given = archive.policy_settings.get("features_extractor_class")
    if given is not None:
        _require_library(archive, "features_extractor_class", given)
    extractor = name_of(given).rpartition(".")[2]
    chain = Chain("features")
    for index, (filters, kernel, stride) in enumerate(_convolutions(archive, extractor)):
        weight, bias = _pair(archive, f"{prefix}.cnn.{2 * index}")
        if weight.shape[0] != filters or weight.shape[2:] != (kernel, kernel):
            raise ValueError(
                f"{archive.path}: {prefix}.cnn.{2 * index}: expected {filters} filters of {kernel}x{kernel}, "
                f"got {weight.shape}"
            )
        chain.add(weight, bias, "relu", stride=[stride, stride], padding=[0, 0])
    chain.layers.append({"type": "flatten", "activation": "none"})
    weight, bias = _pair(archive, f"{prefix}.linear.0")
    chain.add(weight, bias, "relu")
    return chain


def _convolutions(archive: Archive, extractor: str) -> tuple[tuple[int, int, int], ...]:
    if extractor in ("NoneType", "NatureCNN"):
        return NATURE
    if extractor == "ConvolutionFeatures":
        settings = archive.policy_settings.get("features_extractor_kwargs") or {}
        return tuple(tuple(int(number) for number in row) for row in settings["convolutions"])  # type: ignore[misc]
    raise ValueError(
        f"{archive.path}: features_extractor_class: expected NatureCNN, got {extractor}, "
        "which is code of its own: its tensors do not say what it computes"
    )


def _dense(archive: Archive, chain: Chain, prefix: str, between: str, last: str, *, is_one: bool = False) -> None:
    """Adds a sequence of layers, ``prefix.0``, ``prefix.2`` and so on, or the one that is called ``prefix``."""
    pattern = re.compile(rf"{re.escape(prefix)}\.(\d+)\.weight")
    numbers = sorted(int(match[1]) for match in map(pattern.fullmatch, archive.tensors) if match)
    names = [prefix] if is_one else [f"{prefix}.{number}" for number in numbers]
    if not is_one and numbers != [2 * index for index in range(len(numbers))]:
        raise ValueError(f"{archive.path}: {prefix}: expected layers and activations in turn, got layers {numbers}")
    for name in names:
        weight, bias = _pair(archive, name)
        chain.add(weight, bias, last if name == names[-1] else between)


def _pair(archive: Archive, name: str) -> tuple[np.ndarray, np.ndarray]:
    for part in ("weight", "bias"):
        if f"{name}.{part}" not in archive.tensors:
            raise ValueError(f"{archive.path}: policy.pth: there is no tensor {name}.{part}")
    return archive.tensors[f"{name}.weight"], archive.tensors[f"{name}.bias"]


def _activation(archive: Archive, default: str) -> str:
    given = archive.policy_settings.get("activation_fn")
    name = default if given is None else name_of(given).rpartition(".")[2]
    if name in ACTIVATIONS and (given is None or isinstance(given, type)):
        return ACTIVATIONS[name]
    raise ValueError(f"{archive.path}: activation_fn: expected one of {', '.join(ACTIVATIONS)}, got {name}")
