"""A CLIP + LLaMA checkpoint in LLaVA's layout as the two GGUF files that llama.cpp's `llama-server` loads.

python llava_to_gguf.py MODEL_FOLDER TEXT.gguf PROJECTOR.gguf   (needs numpy, safetensors and gguf, all from PyPI)

Two things are not as they stand in the checkpoint, so that llama.cpp computes the same:

- Its rotary embedding turns neighbouring pairs of a head, ours the first half against the second: the rows of the
  queries and keys are put into that order.
- It knows pre-tokenizers by name. `smollm` splits texts as ours does but for numbers in brackets, which are tokens of
  this checkpoint. They become tokens that the user defined, and are found first.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

Tensors = dict[str, np.ndarray]

# Of https://github.com/huggingface/tokenizers: a byte of a token is written as a character that can be seen.
_SEEN = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
_BYTE_OF = {chr(byte): byte for byte in _SEEN} | {
    chr(256 + place): byte for place, byte in enumerate(byte for byte in range(256) if byte not in _SEEN)
}
_NORMAL, _CONTROL, _USER_DEFINED = 1, 3, 4  # gguf.TokenType


def paired(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key projection, [heads * size, in], from halves to neighbouring pairs."""
    rows, width = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, width).swapaxes(1, 2).reshape(rows, width)


def text_tensors(tensors: Tensors, config: dict[str, Any]) -> Tensors:
    """The language model's tensors by llama.cpp's names, float32."""
    text = config["text_config"]
    found = {"token_embd.weight": tensors["language_model.model.embed_tokens.weight"]}
    found["output_norm.weight"] = tensors["language_model.model.norm.weight"]
    found["output.weight"] = tensors["language_model.lm_head.weight"]
    names = {
        "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    heads = {"attn_q": text["num_attention_heads"], "attn_k": text["num_key_value_heads"]}
    for layer in range(text["num_hidden_layers"]):
        for ours, theirs in names.items():
            weight = tensors[f"language_model.model.layers.{layer}.{ours}.weight"]
            found[f"blk.{layer}.{theirs}.weight"] = paired(weight, heads[theirs]) if theirs in heads else weight
    return _float32(found)


def vision_tensors(tensors: Tensors, config: dict[str, Any]) -> Tensors:
    """The vision encoder's and connector's tensors by the names of llama.cpp's clip, float32."""
    tower = "vision_tower.vision_model."
    found = {
        "v.class_embd": tensors[f"{tower}embeddings.class_embedding"],
        "v.patch_embd.weight": tensors[f"{tower}embeddings.patch_embedding.weight"],
        "v.position_embd.weight": tensors[f"{tower}embeddings.position_embedding.weight"],
    }
    for kind in ("weight", "bias"):
        found[f"v.pre_ln.{kind}"] = tensors[f"{tower}pre_layrnorm.{kind}"]
        found[f"mm.0.{kind}"] = tensors[f"multi_modal_projector.linear_1.{kind}"]
        found[f"mm.2.{kind}"] = tensors[f"multi_modal_projector.linear_2.{kind}"]
    names = {
        "layer_norm1": "ln1",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.out_proj": "attn_out",
        "layer_norm2": "ln2",
        "mlp.fc1": "ffn_up",
        "mlp.fc2": "ffn_down",
    }
    for layer in range(config["vision_config"]["num_hidden_layers"]):
        for ours, theirs in names.items():
            for kind in ("weight", "bias"):
                found[f"v.blk.{layer}.{theirs}.{kind}"] = tensors[f"{tower}encoder.layers.{layer}.{ours}.{kind}"]
    return _float32(found)


def _float32(tensors: Tensors) -> Tensors:
    return {name: np.ascontiguousarray(tensor, dtype=np.float32) for name, tensor in tensors.items()}


def vocabulary(tokenizer: dict[str, Any]) -> tuple[list[str], list[int], list[str]]:
    """Tokens by number, their kinds, and the merges, out of a tokenizer.json."""
    model = tokenizer["model"]
    added = {token["content"]: token["special"] for token in tokenizer["added_tokens"]}
    tokens, kinds = [], []
    for token in sorted(model["vocab"], key=model["vocab"].__getitem__):
        if token in added:
            tokens.append(token)
            kinds.append(_CONTROL if added[token] else _USER_DEFINED)
        elif re.search(r"\d", token) and len(token) > 1:
            tokens.append(bytes(_BYTE_OF[character] for character in token).decode())
            kinds.append(_USER_DEFINED)
        else:
            tokens.append(token)
            kinds.append(_NORMAL)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    return tokens, kinds, merges


def refuse_unlike(config: dict[str, Any]) -> None:
    """Raises ValueError where llama.cpp's LLaVA would compute something else."""
    vision, text = config["vision_config"], config["text_config"]
    for where, got, wanted in (
        ("vision_config.model_type", vision["model_type"], "clip_vision_model"),
        ("vision_config.hidden_act", vision["hidden_act"], "quick_gelu"),
        ("text_config.model_type", text["model_type"], "llama"),
        ("projector_hidden_act", config["projector_hidden_act"], "gelu"),
        ("vision_feature_layer", config["vision_feature_layer"], -2),
        ("vision_feature_select_strategy", config["vision_feature_select_strategy"], "default"),
    ):
        if got != wanted:
            raise ValueError(f"config.json, {where}: expected {wanted!r}, got {got!r}; llama.cpp has nothing else")


def write_text(out: Path, folder: Path, config: dict[str, Any], tensors: Tensors) -> None:
    """The language model with its tokenizer and chat template."""
    import gguf

    text = config["text_config"]
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_name(folder.name)
    writer.add_context_length(text["max_position_embeddings"])
    writer.add_embedding_length(text["hidden_size"])
    writer.add_block_count(text["num_hidden_layers"])
    writer.add_feed_forward_length(text["intermediate_size"])
    writer.add_head_count(text["num_attention_heads"])
    writer.add_head_count_kv(text["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(text["rms_norm_eps"])
    writer.add_rope_dimension_count(text["head_dim"])
    writer.add_rope_freq_base(text["rope_theta"])
    writer.add_vocab_size(text["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    tokens, kinds, merges = vocabulary(json.loads((folder / "tokenizer.json").read_text("utf8")))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(text["bos_token_id"])
    writer.add_eos_token_id(text["eos_token_id"])
    writer.add_pad_token_id(text["pad_token_id"])
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template((folder / "chat_template.jinja").read_text("utf8"))
    _write(writer, text_tensors(tensors, config))


def write_vision(out: Path, folder: Path, config: dict[str, Any], tensors: Tensors) -> None:
    """The vision encoder and the connector: what llama.cpp calls `mmproj`."""
    import gguf

    vision = config["vision_config"]
    picture = json.loads((folder / "preprocessor_config.json").read_text("utf8"))
    writer = gguf.GGUFWriter(out, "clip")
    writer.add_type(gguf.GGUFType.MMPROJ)
    writer.add_name(folder.name)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("mlp")
    writer.add_vision_image_size(vision["image_size"])
    writer.add_vision_patch_size(vision["patch_size"])
    writer.add_vision_embedding_length(vision["hidden_size"])
    writer.add_vision_feed_forward_length(vision["intermediate_size"])
    writer.add_vision_projection_dim(config["text_config"]["hidden_size"])
    writer.add_vision_block_count(vision["num_hidden_layers"])
    writer.add_vision_head_count(vision["num_attention_heads"])
    writer.add_vision_attention_layernorm_eps(vision["layer_norm_eps"])
    writer.add_vision_image_mean(picture["image_mean"])
    writer.add_vision_image_std(picture["image_std"])
    writer.add_vision_use_gelu(False)
    _write(writer, vision_tensors(tensors, config))


def _write(writer: Any, tensors: Tensors) -> None:
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit("usage: python llava_to_gguf.py MODEL_FOLDER TEXT.gguf PROJECTOR.gguf")
    from safetensors.numpy import load_file

    folder, text, projector = map(Path, sys.argv[1:])
    config = json.loads((folder / "config.json").read_text("utf8"))
    refuse_unlike(config)
    tensors = load_file(folder / "model.safetensors")
    write_text(text, folder, config, tensors)
    write_vision(projector, folder, config, tensors)


if __name__ == "__main__":
    main()
