"""A policy's network as data: three chains of layers, written into config.json and run by ``inference.py`` and
``src/expert``.

    features: preprocessed observation -> hidden vector          conv2d, flatten, dense
    policy:   hidden vector -> logits, Q-values or action means  dense
    value:    hidden vector -> expected return, may be absent    dense

A layer of weights named N owns the tensors ``N.weight`` and ``N.bias``, float32, PyTorch's layout: conv2d weight
[filters, channels, kernel height, kernel width], dense weight [units, inputs]. Flatten is channels first: index = (c
* h + y) * w + x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from torch import nn

Activation = Literal["none", "relu", "tanh", "gelu", "elu", "silu"]
ACTIVATIONS: dict[type[nn.Module], Activation] = {
    nn.Identity: "none",
    nn.ReLU: "relu",
    nn.Tanh: "tanh",
    nn.GELU: "gelu",
    nn.ELU: "elu",
    nn.SiLU: "silu",
}


@dataclass(frozen=True)
class Layer:
    """One layer; ``stride`` and ``padding`` ([vertical, horizontal]) belong to conv2d alone, ``name`` to layers of
    weights.
    """

    type: Literal["conv2d", "flatten", "dense"]
    name: str | None = None
    activation: Activation = "none"
    stride: tuple[int, int] | None = None
    padding: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if value is not None}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Layer:
        return Layer(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


@dataclass(frozen=True)
class Chain:
    """Layers of one chain with the modules whose weights they carry."""

    layers: tuple[Layer, ...]
    modules: dict[str, nn.Module]


def chain_of(name: str, modules: list[nn.Module]) -> Chain:
    """Describe a sequence of PyTorch modules; weight layers are numbered ``name.0``, ``name.1`` and so on."""
    layers: list[Layer] = []
    weights: dict[str, nn.Module] = {}
    for module in _flat(modules):
        if isinstance(module, nn.Flatten):
            layers.append(Layer("flatten"))
        elif type(module) in ACTIVATIONS:
            activation = ACTIVATIONS[type(module)]
            if isinstance(module, nn.GELU) and module.approximate != "none":
                raise ValueError(f"{name}: expected the exact GELU, got the approximation {module.approximate!r}")
            if activation != "none":
                layers[-1] = Layer(**{**vars(layers[-1]), "activation": activation})
        elif isinstance(module, nn.Conv2d | nn.Linear):
            tensor = f"{name}.{len(weights)}"
            weights[tensor] = module
            layers.append(_weight_layer(tensor, module))
        else:
            raise ValueError(f"{name}: expected Conv2d, Linear, Flatten or an activation, got {type(module).__name__}")
    return Chain(tuple(layers), weights)


def _weight_layer(tensor: str, module: nn.Conv2d | nn.Linear) -> Layer:
    if module.bias is None:
        raise ValueError(f"{tensor}: expected a bias, got a layer without one")
    if isinstance(module, nn.Linear):
        return Layer("dense", tensor)
    if module.dilation != (1, 1) or module.groups != 1 or isinstance(module.padding, str):
        raise ValueError(f"{tensor}: expected a plain convolution, got {module}")
    return Layer("conv2d", tensor, stride=tuple(module.stride), padding=tuple(module.padding))  # type: ignore[arg-type]


def _flat(modules: list[nn.Module]) -> list[nn.Module]:
    flat: list[nn.Module] = []
    for module in modules:
        flat += _flat(list(module)) if isinstance(module, nn.Sequential) else [module]
    return flat
