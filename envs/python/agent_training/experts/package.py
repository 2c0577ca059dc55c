"""An expert on disk: ``config.json`` and ``model.safetensors``, checked against each other on the way in and out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import load_file, save

from agent_envs.atomic import write_atomically
from agent_envs.named_file import MAX_DATA_BYTES, read_text, require_file, sha256_of
from agent_envs.preprocessing import Preprocessing

from .layers import Layer

FORMAT = "agent-expert"
FORMAT_VERSION = 1
CONFIG, WEIGHTS = "config.json", "model.safetensors"


@dataclass(frozen=True)
class Actions:
    """What the policy chain's outputs mean.

    categorical: logits of the named actions. q-values: expected returns of the named actions; both act by the
    highest, the first among equals.
    continuous: one number for each name, squashed by tanh to [-1, 1] and stretched to low..high if ``squash``,
    clipped to low..high if not.
    """

    kind: Literal["categorical", "q-values", "continuous"]
    names: tuple[str, ...]
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    squash: bool = False


@dataclass(frozen=True)
class ExpertConfig:
    """Everything about an expert but its weights."""

    game: str
    algorithm: str
    preprocessing: Preprocessing
    actions: Actions
    features: tuple[Layer, ...]
    policy: tuple[Layer, ...]
    value: tuple[Layer, ...] | None
    value_scale: float | None = None
    """Multiply the value chain's output by this to have it in the game's points."""
    discount: float | None = None
    provenance: dict[str, Any] = field(default_factory=dict)

    def chains(self) -> dict[str, tuple[Layer, ...]]:
        return {"features": self.features, "policy": self.policy} | ({"value": self.value} if self.value else {})

    def to_json(self) -> dict[str, Any]:
        chains = {name: [layer.to_json() for layer in layers] for name, layers in self.chains().items()}
        actions = {key: value for key, value in vars(self.actions).items() if value is not None}
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "game": self.game,
            "algorithm": self.algorithm,
            "preprocessing": self.preprocessing.to_json(),
            "network": chains,
            "actions": actions,
            "value_scale": self.value_scale,
            "discount": self.discount,
            "provenance": self.provenance,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> ExpertConfig:
        for name, expected in (("format", FORMAT), ("format_version", FORMAT_VERSION)):
            if data.get(name) != expected:
                raise ValueError(f"{CONFIG}: {name}: expected {expected!r}, got {data.get(name)!r}")
        network = {name: tuple(Layer.from_json(layer) for layer in layers) for name, layers in data["network"].items()}
        actions = {key: tuple(value) if isinstance(value, list) else value for key, value in data["actions"].items()}
        return ExpertConfig(
            game=data["game"],
            algorithm=data["algorithm"],
            preprocessing=Preprocessing.from_json(data["preprocessing"]),
            actions=Actions(**actions),
            features=network["features"],
            policy=network["policy"],
            value=network.get("value"),
            value_scale=data["value_scale"],
            discount=data["discount"],
            provenance=data["provenance"],
        )


def write_package(out: Path, config: ExpertConfig, tensors: dict[str, torch.Tensor]) -> None:
    """Write both files, the configuration last."""
    plain = {name: tensor.detach().cpu().float().contiguous() for name, tensor in sorted(tensors.items())}
    check_tensors(config, plain, out / WEIGHTS)
    weights = save(plain, metadata={"format": "pt"})
    write_atomically(out / WEIGHTS, lambda temporary: temporary.write_bytes(weights))
    text = json.dumps(config.to_json(), indent=2) + "\n"
    write_atomically(out / CONFIG, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def read_package(directory: Path) -> tuple[ExpertConfig, dict[str, torch.Tensor]]:
    """Read and check both files; a missing, foreign or wrong-shaped tensor is an error that names it."""
    config = ExpertConfig.from_json(json.loads(read_text(directory / CONFIG)))
    if config.preprocessing.normalize is not None:
        raise ValueError(f"{directory}: its observations are normalised, which only `agent play` and `agent eval` do")
    tensors = load_file(require_file(directory / WEIGHTS, MAX_DATA_BYTES))
    check_tensors(config, tensors, directory / WEIGHTS)
    return config, tensors


def weights_hash(directory: Path) -> str:
    """SHA-256 of the weights, the checkpoint's name in result tables."""
    return sha256_of(directory / WEIGHTS)


def check_tensors(config: ExpertConfig, tensors: dict[str, torch.Tensor], where: Path) -> None:
    """Follow the shapes through the network; every tensor must be there, fit, and be used."""
    unused = set(tensors)
    hidden: tuple[int, ...] = ()
    for chain, layers in config.chains().items():
        shape = config.preprocessing.observation_shape if chain == "features" else hidden
        for layer in layers:
            if layer.type == "flatten":
                shape = (int(torch.Size(shape).numel()),)
                continue
            shape = _through(layer, shape, tensors, where)
            unused -= {f"{layer.name}.weight", f"{layer.name}.bias"}
        hidden = shape if chain == "features" else hidden
        if chain == "policy" and shape != (len(config.actions.names),):
            raise ValueError(f"{where}: policy: expected {len(config.actions.names)} outputs, got {shape}")
    if unused:
        raise ValueError(f"{where}: tensors that the configuration does not name: {sorted(unused)}")


def _through(layer: Layer, shape: tuple[int, ...], tensors: dict[str, torch.Tensor], where: Path) -> tuple[int, ...]:
    for name in (f"{layer.name}.weight", f"{layer.name}.bias"):
        if name not in tensors:
            raise ValueError(f"{where}: tensor {name!r} is missing; has {sorted(tensors)}")
        if tensors[name].dtype != torch.float32:
            raise ValueError(f"{where}: tensor {name!r}: expected float32, got {tensors[name].dtype}")
    weight = tensors[f"{layer.name}.weight"]
    rank = 4 if layer.type == "conv2d" else 2
    if weight.ndim != rank or weight.shape[1] != shape[0] or tensors[f"{layer.name}.bias"].shape != weight.shape[:1]:
        raise ValueError(
            f"{where}: tensor '{layer.name}.weight': expected rank {rank}, {shape[0]} inputs, got {tuple(weight.shape)}"
        )
    if layer.type == "dense":
        return (weight.shape[0],)
    assert layer.stride is not None
    assert layer.padding is not None
    spatial = (
        (s + 2 * p - k) // d + 1
        for s, p, k, d in zip(shape[1:], layer.padding, weight.shape[2:], layer.stride, strict=True)
    )
    return (weight.shape[0], *spatial)
