"""The peer of bench/model.ts: transformers on PyTorch eager, the same weights, prompt and threads.

Reads a plan as JSON from standard input and writes the milliseconds of each quantity, and the scores of the answers to
prove that the same was computed, as JSON to standard output.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from transformers import DynamicCache, LlavaForConditionalGeneration


def median_ms(action: Callable[[], object], repeats: int) -> float:
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


class Peer:
    """A decision as transformers makes it: one forward pass over prompt and answers padded to a batch."""

    def __init__(self, plan: dict[str, Any]) -> None:
        torch.set_num_threads(plan["threads"])
        self.plan = plan
        self.model = LlavaForConditionalGeneration.from_pretrained(plan["folder"], dtype=torch.float32).eval()
        self.prompt = torch.tensor([plan["prompt"]])
        side = self.model.config.vision_config.image_size
        pixels = torch.tensor(plan["pixels"], dtype=torch.float32).reshape(-1, side, side, 3)
        self.pixels = pixels.permute(0, 3, 1, 2).contiguous()
        longest = max(map(len, plan["answers"]))
        self.answers = torch.tensor([ids + [0] * (longest - len(ids)) for ids in plan["answers"]])

    @torch.inference_mode()
    def decide(self) -> list[float]:
        """Both pictures and the prompt in one pass, its cache repeated for the answers, their log-probabilities."""
        output = self.model(input_ids=self.prompt, pixel_values=self.pixels, use_cache=True, logits_to_keep=1)
        cache: DynamicCache = output.past_key_values
        cache.batch_repeat_interleave(len(self.answers))
        later = self.model(input_ids=self.answers[:, :-1], past_key_values=cache).logits
        first = output.logits[:, -1:].expand(len(self.answers), -1, -1)
        probabilities = torch.cat([first, later], dim=1).log_softmax(-1)
        picked = probabilities.gather(2, self.answers.unsqueeze(-1)).squeeze(-1)
        return [picked[i, : len(ids)].sum().item() for i, ids in enumerate(self.plan["answers"])]

    def train(self) -> None:
        """Forward and backward over a batch, and one step of AdamW."""
        batch = self.plan["batch"]
        answer = self.plan["answers"][0]
        ids = torch.tensor([self.plan["prompt"] + answer] * batch)
        labels = ids.clone()
        labels[:, : len(self.plan["prompt"])] = -100
        pixels = self.pixels.repeat(batch, 1, 1, 1)
        self.optimizer.zero_grad()
        self.model(input_ids=ids, pixel_values=pixels, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()


def main() -> None:
    plan = json.load(sys.stdin)
    peer = Peer(plan)
    result: dict[str, Any] = {"scores": peer.decide(), "decision": median_ms(peer.decide, plan["repeats"])}
    if plan["batch"] > 0:
        peer.optimizer = torch.optim.AdamW(peer.model.parameters(), lr=1e-4)
        result["train"] = median_ms(peer.train, plan["trainRepeats"])
    result["versions"] = {"torch": torch.__version__}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
