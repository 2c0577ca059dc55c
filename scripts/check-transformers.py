"""Opens checkpoints with Hugging Face's transformers 5 as anybody would: processor, chat, pipeline, a batch of two.

For developers; not part of the tests, which check the files and the token ids without it:

    python -m venv VENV && VENV/bin/pip install transformers torch torchvision pillow
    VENV/bin/python scripts/check-transformers.py models/pae-lamm-mini models/clip-objects
    VENV/bin/python scripts/check-transformers.py --save AGAIN models/pae-lamm-mini

With --save it writes what it opened into the folder AGAIN, with the names and files of that version;
`agent ask --model AGAIN` must answer as before. `test/model/fixtures/save_again.mjs` keeps a tiny one for the tests.
"""

import sys
from typing import Any

import PIL.Image
import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer, pipeline

QUESTIONS = ("Which colour is the car?", "Go?")


def picture(side: int, shade: int) -> PIL.Image.Image:
    image = PIL.Image.new("RGB", (side, side), (shade, 60, 200))
    image.paste((20, 220, shade), (side // 3, 0, side // 2, side))
    return image


def chat(question: str, image: PIL.Image.Image) -> list[dict]:
    parts = [{"type": "image", "image": image}, {"type": "text", "text": question}]
    return [{"role": "user", "content": parts}]


def check_clip(folder: str) -> str:
    context = AutoConfig.from_pretrained(folder).text_config.max_position_embeddings
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.model_max_length == context, tokenizer.model_max_length
    ids = tokenizer("a red car " * 100, truncation=True, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        features = AutoModel.from_pretrained(folder).get_text_features(input_ids=ids)
    return f"{ids.shape[1]} tokens of a long caption, {type(features).__name__}"


def check_model(folder: str, save: str | None) -> str:
    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    first, side = processor.tokenizer.bos_token_id, model.config.vision_config.image_size
    chats = [chat(question, picture(side, 80 * i)) for i, question in enumerate(QUESTIONS)]
    alone = []
    for messages in chats:
        shown = {"add_generation_prompt": True}
        whole = processor.apply_chat_template(messages, tokenize=True, return_dict=True, return_tensors="pt", **shown)
        text = processor.apply_chat_template(messages, **shown)
        apart = processor(images=[messages[0]["content"][0]["image"]], text=text, return_tensors="pt")
        assert whole["input_ids"].tolist() == apart["input_ids"].tolist(), "rendered and then tokenised it is another"
        assert whole["input_ids"][0].tolist().count(first) == 1, "not one first token"
        alone.append(continued(processor, model, whole))
    batch = processor.apply_chat_template(
        chats,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        add_generation_prompt=True,
        processor_kwargs={"padding": True},
    )
    assert continued(processor, model, batch) == [text for texts in alone for text in texts], "a batch says another"
    answers = pipeline("image-text-to-text", model=model, processor=processor)
    said = [answers(text=messages, generate_kwargs={"max_new_tokens": 12, "do_sample": False})[0] for messages in chats]
    assert [answer["generated_text"][-1]["content"] for answer in said] == [texts[0] for texts in alone], said
    if save:
        processor.save_pretrained(save)
        model.save_pretrained(save)
    return repr([texts[0] for texts in alone])


def continued(processor: Any, model: Any, inputs: dict[str, Any]) -> list[str]:
    with torch.no_grad():
        tokens = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    return processor.batch_decode(tokens[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)


def main(arguments: list[str]) -> None:
    save = arguments.pop(1) if arguments[:1] == ["--save"] else None
    folders = arguments[1:] if save else arguments
    for folder in folders:
        is_clip = AutoConfig.from_pretrained(folder).model_type == "clip"
        print(folder, check_clip(folder) if is_clip else check_model(folder, save))
    print(f"transformers {transformers.__version__}: {len(folders)} opened")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
