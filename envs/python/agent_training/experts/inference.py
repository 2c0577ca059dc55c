"""An exported expert run with PyTorch alone: what ``src/expert`` does in TypeScript, to record parity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from .layers import Layer
from .package import ExpertConfig, read_package

_ACTIVATIONS = {
    "none": lambda x: x,
    "relu": functional.relu,
    "tanh": torch.tanh,
    "gelu": functional.gelu,
    "elu": functional.elu,
    "silu": functional.silu,
}


@dataclass(frozen=True)
class Outputs:
    """float32[n, actions] and float32[n] in the game's points (None without a value chain)."""

    policy: NDArray[np.float32]
    value: NDArray[np.float32] | None


class Expert:
    """Weights and configuration; stateless, batched."""

    def __init__(self, config: ExpertConfig, tensors: dict[str, torch.Tensor]) -> None:
        self.config, self.tensors = config, tensors

    @staticmethod
    def load(directory: Path) -> Expert:
        return Expert(*read_package(directory))

    def outputs(self, observations: NDArray[np.uint8]) -> Outputs:
        """uint8[n, stack * channels, h, w] to logits (or Q-values, or action means) and values."""
        expected = self.config.preprocessing.observation_shape
        if observations.dtype != np.uint8 or observations.shape[1:] != expected:
            raise ValueError(
                f"observations: expected uint8[n, {expected}], got {observations.dtype}{observations.shape}"
            )
        with torch.no_grad():
            scaled = torch.from_numpy(observations).float() * self.config.preprocessing.scale
            hidden = self._run(self.config.features, scaled)
            policy = self._run(self.config.policy, hidden).numpy()
            if not self.config.value:
                return Outputs(policy, None)
            value = self._run(self.config.value, hidden)[:, 0] * (self.config.value_scale or 1.0)
            return Outputs(policy, value.numpy())

    def act(self, observations: NDArray[np.uint8]) -> NDArray[Any]:
        """The index of the highest output of each observation, int64[n]; float32[n, k] within bounds if continuous."""
        policy, actions = self.outputs(observations).policy, self.config.actions
        if actions.kind != "continuous":
            return policy.argmax(1)
        low, high = np.float32(actions.low), np.float32(actions.high)
        if actions.squash:
            return low + np.float32(0.5) * (np.tanh(policy) + np.float32(1)) * (high - low)
        return policy.clip(low, high)

    def _run(self, layers: tuple[Layer, ...], values: torch.Tensor) -> torch.Tensor:
        for layer in layers:
            if layer.type == "flatten":
                values = values.flatten(1)
                continue
            weight, bias = self.tensors[f"{layer.name}.weight"], self.tensors[f"{layer.name}.bias"]
            if layer.type == "dense":
                values = functional.linear(values, weight, bias)
            else:
                values = functional.conv2d(values, weight, bias, layer.stride, layer.padding)  # type: ignore[arg-type]
            values = _ACTIVATIONS[layer.activation](values)
        return values
