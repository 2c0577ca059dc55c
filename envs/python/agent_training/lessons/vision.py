"""CLIP's vision transformer, as far as its features are used."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class _VisionAttention(nn.Module):
    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (split_heads(each(x), self.heads) for each in (self.q_proj, self.k_proj, self.v_proj))
        return self.out_proj(merge_heads(functional.scaled_dot_product_attention(query, key, value)))


class _VisionMlp(nn.Module):
    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(size, inner), nn.Linear(inner, size)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.fc1(x)
        return self.fc2(inner * torch.sigmoid(1.702 * inner))


class _VisionLayer(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(size, epsilon), nn.LayerNorm(size, epsilon)
        self.self_attn = _VisionAttention(size, config["num_attention_heads"])
        self.mlp = _VisionMlp(size, config["intermediate_size"])

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class _VisionEmbeddings(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size, patch = config["hidden_size"], config["patch_size"]
        self.class_embedding = nn.Parameter(torch.zeros(size))
        self.patch_embedding = nn.Conv2d(3, size, patch, patch, bias=False)
        self.position_embedding = nn.Embedding((config["image_size"] // patch) ** 2 + 1, size)

    def forward(self, pixels: Tensor) -> Tensor:
        patches = self.patch_embedding(pixels).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(len(pixels), 1, -1)
        return torch.cat([first, patches], 1) + self.position_embedding.weight


class VisionModel(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.embeddings = _VisionEmbeddings(config)
        self.pre_layrnorm, self.post_layernorm = nn.LayerNorm(size, epsilon), nn.LayerNorm(size, epsilon)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(_VisionLayer(config) for _ in range(config["num_hidden_layers"]))

    def forward(self, pixels: Tensor, layers: int) -> Tensor:
        """States of patches after the first ``layers``: [images, 3, side, side] → [images, patches, size]."""
        x = self.pre_layrnorm(self.embeddings(pixels))
        for layer in self.encoder.layers[:layers]:
            x = layer(x)
        return x[:, 1:]


def split_heads(x: Tensor, heads: int) -> Tensor:
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)
