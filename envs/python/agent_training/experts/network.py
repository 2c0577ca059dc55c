"""The policy's network: a small stack of convolutions, one hidden layer, linear heads; bfloat16 while learning.

Stable-Baselines3 scales uint8 to [0, 1] before this module and puts its own linear heads behind it. On a CPU with
AVX512-BF16 a
training step of this size takes about half the time of float32; outside learning everything is float32.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from gymnasium.spaces import Box
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import nn

from .recipe import Convolution


class ConvolutionFeatures(BaseFeaturesExtractor):
    """float32[n, channels, h, w] in [0, 1] to float32[n, hidden]."""

    def __init__(self, observation_space: Box, convolutions: Sequence[Sequence[int]], hidden: int) -> None:
        super().__init__(observation_space, hidden)
        channels, *_ = observation_space.shape
        layers: list[nn.Module] = []
        for spec in (Convolution(*c) for c in convolutions):
            layers += [nn.Conv2d(channels, spec.filters, spec.kernel, spec.stride), nn.ReLU()]
            channels = spec.filters
        self.cnn = nn.Sequential(*layers, nn.Flatten())
        with torch.no_grad():
            flat = self.cnn(torch.zeros(1, *observation_space.shape)).shape[1]
        self.linear = nn.Sequential(nn.Linear(flat, hidden), nn.ReLU())
        self.mixed_precision = False

    def forward(self, observations: torch.Tensor) -> torch.Tensor:
        if not self.mixed_precision:
            return self.linear(self.cnn(observations))
        with torch.autocast(observations.device.type, torch.bfloat16):
            return self.linear(self.cnn(observations)).float()
