"""A vision-language model learns CarRacing by reinforcement alone: policy gradient in plain PyTorch, on one core.

    python -m venv VENV && VENV/bin/pip install torch transformers pillow gymnasium matplotlib
    PYTHONPATH=envs/python VENV/bin/python examples/reinforce.py --out runs/reinforce

It begins with `models/pae-lamm-mini`, which sees and cannot play. Every decision is the game's prompt with its
pictures; the answer is one of the action names, drawn by the model's own probabilities of their first tokens. Episodes
of one seed are held against each other (GRPO's advantage, by decision: what came from there on). Written are
`curve.jsonl` and `curve.png`: the mean return of each update's episodes.
"""

import argparse
import json
import pathlib
import time

import agent_gym  # noqa: F401  registers the games
import gymnasium
import numpy as np
import torch
from PIL import Image
from transformers import AutoProcessor, LlavaForConditionalGeneration


class Player:
    """The model as a policy over the action names."""

    def __init__(self, model: str, names: list[str], rate: float) -> None:
        self.processor = AutoProcessor.from_pretrained(model)
        self.model = LlavaForConditionalGeneration.from_pretrained(model, dtype=torch.float32)
        tokenizer = self.processor.tokenizer
        first = [tokenizer(name, add_special_tokens=False)["input_ids"][0] for name in names]
        if len(set(first)) != len(names):
            raise SystemExit(f"the names begin alike for this tokenizer: {dict(zip(names, first, strict=True))}")
        self.first = torch.tensor(first)
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad = "vision_tower" not in name  # what sees stays as it is
        learning = [one for one in self.model.parameters() if one.requires_grad]
        self.optimizer = torch.optim.AdamW(learning, lr=rate, weight_decay=0.0)

    def inputs(self, prompt: str, frames: np.ndarray) -> dict[str, torch.Tensor]:
        content = [{"type": "text", "text": prompt}]
        text = self.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
        pictures = [Image.fromarray(frame) for frame in frames]
        return self.processor(images=pictures, text=text, return_tensors="pt", add_special_tokens=False)

    def log_probabilities(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """[decisions, actions]"""
        logits = self.model(**inputs, logits_to_keep=1).logits[:, -1, :]
        return torch.log_softmax(logits[:, self.first], dim=-1)


def play(env: gymnasium.Env, player: Player, seed: int, decisions: int) -> tuple[list, list[int], list[float]]:
    frames, info = env.reset(seed=seed)
    seen, chosen, rewards = [], [], []
    for _ in range(decisions):
        inputs = player.inputs(info["prompt"], frames)
        with torch.no_grad():
            action = int(torch.distributions.Categorical(logits=player.log_probabilities(inputs)[0]).sample())
        # In words, as a model answers: the harness's parser is part of the game.
        frames, reward, terminated, truncated, info = env.unwrapped.answer(info["actions"][action])
        seen.append(inputs)
        chosen.append(action)
        rewards.append(reward)
        if terminated or truncated:
            break
    return seen, chosen, rewards


def advantages(group: list[list[float]]) -> torch.Tensor:
    """Of every decision: what came from there on, against the other episodes of the seed at the same decision."""
    length = max(map(len, group))
    coming = np.full((len(group), length), np.nan)
    for place, rewards in enumerate(group):
        coming[place, : len(rewards)] = np.cumsum(rewards[::-1])[::-1]
    centred = coming - np.nanmean(coming, axis=0)
    spread = np.nanstd(coming) + 1e-6
    return torch.tensor(np.concatenate([row[~np.isnan(row)] for row in centred / spread]), dtype=torch.float32)


def learn(player: Player, seen: list, chosen: list[int], advantage: torch.Tensor, entropy: float) -> None:
    player.optimizer.zero_grad()
    size = 16
    for start in range(0, len(seen), size):
        batch = {name: torch.cat([one[name] for one in seen[start : start + size]]) for name in seen[start]}
        logs = player.log_probabilities(batch)
        taken = logs.gather(1, torch.tensor(chosen[start : start + size])[:, None])[:, 0]
        chaos = -(logs.exp() * logs).sum(dim=1)
        loss = -(taken * advantage[start : start + size] + entropy * chaos).sum() / len(seen)
        loss.backward()
    torch.nn.utils.clip_grad_norm_([one for one in player.model.parameters() if one.requires_grad], 1.0)
    player.optimizer.step()


def draw(rows: list[dict], path: pathlib.Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.figure(figsize=(6, 3.5))
    pyplot.plot([row["update"] for row in rows], [row["return"] for row in rows])
    pyplot.xlabel("update")
    pyplot.ylabel("mean return of an episode")
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--model", default="models/pae-lamm-mini")
    parser.add_argument("--updates", type=int, default=30)
    parser.add_argument("--episodes", type=int, default=6, help="of one seed, in an update")
    parser.add_argument("--decisions", type=int, default=16, help="of an episode")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--entropy", type=float, default=0.02)
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    env = gymnasium.make("agent/CarRacing-v0")
    player = Player(options.model, env.unwrapped.actions, options.rate)
    rows, began = [], time.monotonic()
    with (options.out / "curve.jsonl").open("w") as curve:
        for update in range(options.updates):
            episodes = [play(env, player, update, options.decisions) for _ in range(options.episodes)]
            seen = [one for episode in episodes for one in episode[0]]
            chosen = [one for episode in episodes for one in episode[1]]
            learn(player, seen, chosen, advantages([episode[2] for episode in episodes]), options.entropy)
            counts = np.bincount(chosen, minlength=len(env.unwrapped.actions)) / len(chosen)
            row = {
                "update": update,
                "return": float(np.mean([sum(episode[2]) for episode in episodes])),
                "actions": dict(zip(env.unwrapped.actions, counts.round(3).tolist(), strict=True)),
                "seconds": round(time.monotonic() - began, 1),
            }
            rows.append(row)
            curve.write(json.dumps(row) + "\n")
            curve.flush()
            print(json.dumps(row), flush=True)
    env.close()
    player.model.save_pretrained(options.out / "model")
    draw(rows, options.out / "curve.png")


if __name__ == "__main__":
    main()
