"""PAE-LaMM in PyTorch: CLIP's vision transformer (vision.py), the projector, and a LLaMA-type decoder.

Modules carry the names of the checkpoint's tensors, so that a state dict is the file and the file a state dict. A test
compares what they come to with the network that plays (src/model).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention.bias import causal_lower_right

from agent_envs.named_file import MAX_DATA_BYTES, read_text, require_file

from .vision import VisionModel, merge_heads, split_heads

KeyValue = tuple[Tensor, Tensor]
Cache = list[KeyValue]
"""Keys (already rotated) and values of each layer, [batch, heads, tokens, head size]."""
Rotation = tuple[Tensor, Tensor]
"""Cosine and sine by token, [tokens, head size]."""


class _Projector(nn.Module):
    def __init__(self, given: int, size: int) -> None:
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(given, size), nn.Linear(size, size)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_2(functional.gelu(self.linear_1(x)))


class _Attention(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size, self.heads = config["hidden_size"], config["num_attention_heads"]
        inner = self.heads * config["head_dim"]
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(size, inner, bias=False) for _ in range(3))
        self.o_proj = nn.Linear(inner, size, bias=False)

    def forward(self, x: Tensor, rotation: Rotation, past: KeyValue | None, wanted: int) -> tuple[Tensor, KeyValue]:
        """What the last ``wanted`` tokens take from all."""
        key, value = split_heads(self.k_proj(x), self.heads), split_heads(self.v_proj(x), self.heads)
        query = split_heads(self.q_proj(x[:, -wanted:]), self.heads)
        cosine, sine = rotation
        query, key = _rotate(query, (cosine[-wanted:], sine[-wanted:])), _rotate(key, rotation)
        if past is not None:
            before_key, before_value = (each.to(key.dtype).expand(len(key), -1, -1, -1) for each in past)
            key, value = torch.cat([before_key, key], 2), torch.cat([before_value, value], 2)
        mask = causal_lower_right(query.shape[2], key.shape[2])
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.o_proj(merge_heads(mixed)), (key, value)


class _Mlp(nn.Module):
    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(size, inner, bias=False), nn.Linear(size, inner, bias=False)
        self.down_proj = nn.Linear(inner, size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class _Layer(nn.Module):
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        size, epsilon = config["hidden_size"], config["rms_norm_eps"]
        self.input_layernorm, self.post_attention_layernorm = nn.RMSNorm(size, epsilon), nn.RMSNorm(size, epsilon)
        self.self_attn = _Attention(config)
        self.mlp = _Mlp(size, config["intermediate_size"])

    def forward(self, x: Tensor, rotation: Rotation, past: KeyValue | None, wanted: int) -> tuple[Tensor, KeyValue]:
        attended, cache = self.self_attn(self.input_layernorm(x), rotation, past, wanted)
        x = x[:, -wanted:] + attended
        return x + self.mlp(self.post_attention_layernorm(x)), cache


class VisionLanguageModel(nn.Module):
    """A checkpoint folder in LLaVA layout, as ``models/`` has them."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.config = config
        vision, text = config["vision_config"], config["text_config"]
        self.vision_tower = nn.Module()
        self.vision_tower.vision_model = VisionModel(vision)
        self.multi_modal_projector = _Projector(vision["hidden_size"], text["hidden_size"])
        self.language_model = nn.Module()
        self.language_model.model = nn.Module()
        self.language_model.model.embed_tokens = nn.Embedding(text["vocab_size"], text["hidden_size"])
        self.language_model.model.layers = nn.ModuleList(_Layer(text) for _ in range(text["num_hidden_layers"]))
        self.language_model.model.norm = nn.RMSNorm(text["hidden_size"], text["rms_norm_eps"])
        self.language_model.lm_head = nn.Linear(text["hidden_size"], text["vocab_size"], bias=False)

    @staticmethod
    def load(folder: Path) -> VisionLanguageModel:
        """Weights as float32."""
        model = VisionLanguageModel(json.loads(read_text(folder / "config.json")))
        weights = load_file(require_file(folder / "model.safetensors", MAX_DATA_BYTES))
        model.load_state_dict({name: each.float() for name, each in weights.items()})
        return model

    def save(self, file: Path) -> None:
        """Weights as float16, in a file that replaces an older one as a whole."""
        weights = {name: each.detach().half().cpu().contiguous() for name, each in self.state_dict().items()}
        part = file.with_suffix(".part")
        save_file(weights, part, {"format": "pt"})
        part.replace(file)

    def encoded(self, pixels: Tensor) -> Tensor:
        """What the encoder says of normalised pictures [images, 3, side, side] → [images, patches, size]."""
        layers = self.config["vision_config"]["num_hidden_layers"] + 1 + self.config["vision_feature_layer"]
        return self.vision_tower.vision_model(pixels, layers)

    def projected(self, encoded: Tensor) -> Tensor:
        """In float32 always: what is small in a picture is little in its features."""
        with torch.autocast(encoded.device.type, enabled=False):
            return self.multi_modal_projector(encoded.float())

    def embedded(self, tokens: Tensor) -> Tensor:
        return self.language_model.model.embed_tokens(tokens)

    def decode(self, embeddings: Tensor, past: Cache | None = None, wanted: int | None = None) -> tuple[Tensor, Cache]:
        """Hidden states of the last ``wanted`` of [batch, tokens, size], and keys and values of past and these.

        The past is of the same batch, or of a batch of 1 that is every row's.
        """
        text = self.config["text_config"]
        before = past[0][0].shape[2] if past else 0
        tokens = embeddings.shape[1]
        rotation = _rotation(before, tokens, text["head_dim"], text["rope_theta"], embeddings.device)
        layers = self.language_model.model.layers
        x, cache = embeddings, []
        for i, layer in enumerate(layers):
            # Of the last layer only the keys and values are needed of all.
            asked = wanted or tokens if i == len(layers) - 1 else tokens
            x, own = layer(x, rotation, past[i] if past else None, asked)
            cache.append(own)
        return x, cache

    def logits(self, hidden: Tensor) -> Tensor:
        return self.language_model.lm_head(self.language_model.model.norm(hidden))


def _rotation(first: int, count: int, size: int, theta: float, device: torch.device) -> Rotation:
    frequencies = theta ** -(torch.arange(0, size, 2, device=device, dtype=torch.float32) / size)
    angles = torch.arange(first, first + count, device=device, dtype=torch.float32)[:, None] * frequencies
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def _rotate(x: Tensor, rotation: Rotation) -> Tensor:
    """In float32 throughout: bfloat16 knows the angles of far tokens to a few degrees only."""
    cosine, sine = rotation
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return (x * cosine + turned * sine).to(x.dtype)
