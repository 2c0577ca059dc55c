"""Feeds a chat export to TRL's own collator with a checkpoint's own processor and takes a step of training with it, and
LLaVA's form of it to LLaMA-Factory's own reader.

For developers; the tests hold the rows against what a player is asked, because TRL brings PyTorch along:

    python -m venv VENV && VENV/bin/pip install trl==1.16.0 datasets torchvision omegaconf
    VENV/bin/pip install --no-deps llamafactory==0.9.5 peft torchaudio      # it asks for an older transformers
    ./agent datasets export DATASET --format chat --out CHAT
    VENV/bin/python scripts/check-chat.py CHAT models/pae-lamm-carracing
"""

import json
import pathlib
import sys
import types

import datasets
import torch
import transformers
import trl
from llamafactory.data.converter import SharegptDatasetConverter
from llamafactory.data.parser import DatasetAttr
from transformers import AutoProcessor, LlavaForConditionalGeneration
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

ROWS = 8


def main(chat: str, model: str) -> None:
    folder = pathlib.Path(chat)
    processor = AutoProcessor.from_pretrained(model)
    # The collator adds no special tokens, and PAE-LaMM's template leaves the BOS to its tokenizer.
    processor.chat_template = "{{ bos_token }}" + processor.chat_template
    rows = datasets.load_dataset("json", data_files=str(folder / "train.jsonl"), split="train")
    rows = rows.add_column("names", rows["images"])
    rows = rows.map(lambda row: {"images": [str(folder / name) for name in row["images"]]})
    rows = rows.cast_column("images", datasets.List(datasets.Image()))
    collator = DataCollatorForVisionLanguageModeling(processor)
    network = LlavaForConditionalGeneration.from_pretrained(model, dtype=torch.float32)
    # Rows of a step stand together: every so many, to see different labels.
    chosen = [rows[place] for place in range(0, len(rows), max(1, len(rows) // ROWS))][:ROWS]
    batch = collator([dict(row) for row in chosen])
    for place, row in enumerate(chosen):
        check_row(row, batch["input_ids"][place][batch["attention_mask"][place] == 1], processor)
    assert batch["pixel_values"].shape[0] == sum(len(row["images"]) for row in chosen)
    loss = network(**batch).loss
    loss.backward()
    assert torch.isfinite(loss)
    as_completions(chosen, processor, network)
    check_llava(folder, rows)
    versions = f"trl {trl.__version__}, transformers {transformers.__version__}"
    print(f"{versions}: {len(chosen)} of {len(rows)} rows, loss {loss:.3f}")


def check_row(row: dict, ids: torch.Tensor, processor: transformers.ProcessorMixin) -> None:
    """What the collator made of it: one BOS, a place for every patch of every picture, the answer at the end."""
    tokenizer = processor.tokenizer
    assert int(ids[0]) == tokenizer.bos_token_id
    assert (ids == tokenizer.bos_token_id).sum() == 1
    patches = (ids == processor.image_token_id).sum() / len(row["images"])
    size = processor.image_processor.crop_size["height"] // processor.patch_size
    assert patches == size * size, patches
    text = tokenizer.decode(ids, skip_special_tokens=True)
    assert text.rstrip().endswith(row["messages"][1]["content"][0]["text"]), text[-80:]


def as_completions(chosen: list[dict], processor: transformers.ProcessorMixin, network: torch.nn.Module) -> None:
    """The same rows in TRL's other form: only the answer is learnt."""
    pairs = [
        {"prompt": row["messages"][:1], "completion": row["messages"][1:], "images": row["images"]} for row in chosen
    ]
    batch = DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)(pairs)
    for row, labels in zip(chosen, batch["labels"], strict=True):
        answer = processor.tokenizer.decode(labels[labels != -100], skip_special_tokens=True).strip()
        assert answer == row["messages"][1]["content"][0]["text"], answer
    assert torch.isfinite(network(**batch).loss)


def check_llava(folder: pathlib.Path, rows: datasets.Dataset) -> None:
    """Every conversation in LLaVA's form, read as LLaMA-Factory reads it, is the one in TRL's form."""
    attributes = DatasetAttr("file", "chat", formatting="sharegpt", images="image")
    reader = SharegptDatasetConverter(attributes, types.SimpleNamespace(media_dir=str(folder)))
    entries = json.loads((folder / "train.llava.json").read_text())
    messages, names = rows["messages"], rows["names"]
    assert len(entries) == len(rows)
    for place, entry in enumerate(entries):
        read = reader(entry)
        asked, answered = messages[place]
        text = "".join(part.get("text") or "<image>" for part in asked["content"])
        assert read["_prompt"] == [{"role": "user", "content": text}]
        assert read["_response"] == [{"role": "assistant", "content": answered["content"][0]["text"]}]
        assert read["_images"] == [str(folder / name) for name in names[place]]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
