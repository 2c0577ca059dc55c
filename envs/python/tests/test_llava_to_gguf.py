"""examples/llava_to_gguf.py: what it changes between a checkpoint and llama.cpp's files. No server is needed."""

import json
import runpy
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
CONVERT = runpy.run_path(str(ROOT / "examples" / "llava_to_gguf.py"))
CHECKPOINT = ROOT / "models" / "frozen-carracing"


def rotated_by_halves(heads: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """The rotary embedding of a LLaMA in transformers: the first half of a head against the second."""
    first, second = np.split(heads, 2, axis=-1)
    return np.concatenate(
        [first * np.cos(angles) - second * np.sin(angles), second * np.cos(angles) + first * np.sin(angles)], axis=-1
    )


def rotated_by_pairs(heads: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """llama.cpp's: even entries against the odd ones beside them."""
    even, odd = heads[..., 0::2], heads[..., 1::2]
    pairs = [even * np.cos(angles) - odd * np.sin(angles), odd * np.cos(angles) + even * np.sin(angles)]
    return np.stack(pairs, axis=-1).reshape(heads.shape)


def test_queries_and_keys_meet_as_before_under_the_other_rotary_embedding() -> None:
    random = np.random.default_rng(0)
    count, size, width = 3, 8, 5
    query, key = random.normal(size=(2, count * size, width))
    states = random.normal(size=(2, width))
    angles = random.normal(size=(2, size // 2))

    def products(rows: tuple[np.ndarray, np.ndarray], rotated) -> np.ndarray:
        ends = [rotated((w @ s).reshape(count, size), a) for w, s, a in zip(rows, states, angles, strict=True)]
        return (ends[0] * ends[1]).sum(axis=-1)

    paired = CONVERT["paired"]
    ours = products((query, key), rotated_by_halves)
    theirs = products((paired(query, count), paired(key, count)), rotated_by_pairs)
    np.testing.assert_allclose(theirs, ours)
    assert not np.allclose(products((query, key), rotated_by_pairs), ours)


def config_of(checkpoint: Path) -> dict:
    return json.loads((checkpoint / "config.json").read_text("utf8"))


def test_every_tensor_of_a_checkpoint_has_its_place() -> None:
    config = config_of(CHECKPOINT)
    with (CHECKPOINT / "model.safetensors").open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        names = json.loads(file.read(length))
    names.pop("__metadata__", None)
    tensors = {name: np.zeros(entry["shape"], np.float16) for name, entry in names.items()}
    vision = CONVERT["vision_tensors"](tensors, config)
    text = CONVERT["text_tensors"](tensors, config)
    # But for weight and bias of the norm behind the last layer: the features are those of the layer before.
    assert len(vision) + len(text) == len(tensors) - 2
    assert {array.dtype for array in [*vision.values(), *text.values()]} == {np.dtype(np.float32)}


def test_numbers_in_brackets_are_found_before_the_text_is_split() -> None:
    tokens, kinds, merges = CONVERT["vocabulary"](json.loads((CHECKPOINT / "tokenizer.json").read_text("utf8")))
    kind = dict(zip(tokens, kinds, strict=True))
    normal, control, user_defined = 1, 3, 4
    assert len(tokens) == 1792
    assert tokens[:4] == ["<pad>", "<s>", "</s>", "<image>"]
    assert kind["<|assistant|>"] == control
    assert kind[" [reconstruct]"] == kind[" loc: [70"] == kind[",48] rgb: "] == user_defined
    assert kind["7"] == kind["Ġsteer"] == normal
    assert "Ġ t" in merges


def test_what_llama_cpp_would_compute_otherwise_is_refused() -> None:
    config = config_of(CHECKPOINT)
    CONVERT["refuse_unlike"](config)
    config["vision_config"]["hidden_act"] = "gelu"
    with pytest.raises(ValueError, match=r"vision_config\.hidden_act: expected 'quick_gelu', got 'gelu'"):
        CONVERT["refuse_unlike"](config)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "usage: examples/llama-server.sh FOLDER"),
        ((str(ROOT / "runs" / "llama"),), "expected a folder outside of the checkout"),
        (("{}/llama", "{}/no-model"), "no checkpoint in one file here"),
    ],
)
def test_the_script_refuses_before_it_builds(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    given = [argument.format(tmp_path) for argument in arguments]
    ran = subprocess.run([ROOT / "examples" / "llama-server.sh", *given], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert message in ran.stderr
    assert not any(tmp_path.iterdir())
    assert not (ROOT / "runs" / "llama").exists()
