"""A vision-language model learns CarRacing by reinforcement alone, in plain PyTorch on one core.

    python -m venv VENV && VENV/bin/pip install torch torchvision transformers pillow gymnasium matplotlib
    PYTHONPATH=envs/python VENV/bin/python examples/reinforce.py --out runs/reinforce

It begins with `models/pae-lamm-mini`, which sees and cannot play: it only ever steers. Every decision is the game's
prompt with its pictures; the answer is one of the action names, drawn by the model's own probabilities of their first
tokens. Nothing but the game's rewards is learnt from.

The protocol, written down before it was run:

- Episodes are the first 16 decisions of a track. The same four tracks (seeds 0 to 3) are played in every update, four
  episodes each. Drawn at a temperature of 3, because the model gives gas, brake and nothing a six-hundredth each.
- A decision's advantage is the reward from there on, less the mean of the four episodes of its track at the same
  decision, by the spread of all (GRPO's groups, by decision). An update is four steps of the policy's gradient, each
  of a quarter of the decisions. The vision tower stays as it is, so what it sees of a picture is computed once.
- Measured before the first update and behind the last one on ten other tracks (seeds 50,000 to 50,009), with the
  likeliest action each time. Beside it stand two that see nothing: a random player and one always on the gas.

Rate and the plain gradient were chosen in three tries of two to four updates; with PPO's clipped ratio (0.2) in its
place the model still only steered.

Written are `curve.jsonl`, `curve.png` and the model. `cpu` counts processor seconds of this process, `seconds` the
clock's.
"""

import argparse
import json
import pathlib
import time
from collections.abc import Callable

import agent_gym  # noqa: F401  registers the games
import gymnasium
import numpy as np
import torch
from PIL import Image
from transformers import AutoProcessor, DynamicCache, LlavaForConditionalGeneration

DECISIONS = 16
TRACKS = range(4)
EPISODES = 4  # of a track, in an update
HELD_OUT = range(50_000, 50_010)
TEMPERATURE = 3.0
PARTS = 4  # steps of an update


class Player:
    """The model as a policy over the action names."""

    def __init__(self, model: str, env: gymnasium.Env, rate: float) -> None:
        self.processor = AutoProcessor.from_pretrained(model)
        self.model = LlavaForConditionalGeneration.from_pretrained(model, dtype=torch.float32)
        tokenizer = self.processor.tokenizer
        first = [tokenizer(name, add_special_tokens=False)["input_ids"][0] for name in env.unwrapped.actions]
        if len(set(first)) != len(first):
            raise SystemExit(f"the names begin alike for this tokenizer: {first}")
        self.first = torch.tensor(first)
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad = "vision_tower" not in name
        self.learning = [one for one in self.model.parameters() if one.requires_grad]
        self.optimizer = torch.optim.AdamW(self.learning, lr=rate, weight_decay=0.0)
        frames, info = env.reset(seed=0)
        self.prompt, self.ids = info["prompt"], self.tokens(info["prompt"], frames)
        self.begin = int((self.ids == self.model.config.image_token_id).nonzero()[0])

    def tokens(self, prompt: str, frames: np.ndarray) -> torch.Tensor:
        content = [{"type": "text", "text": prompt}]
        text = self.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True)
        pictures = [Image.fromarray(frame) for frame in frames]
        return self.processor(images=pictures, text=text, return_tensors="pt")["input_ids"][0]

    @torch.no_grad()
    def see(self, frame: np.ndarray) -> torch.Tensor:
        """What the vision tower makes of a picture: [patches, width]."""
        pixels = self.processor.image_processor(Image.fromarray(frame), return_tensors="pt")["pixel_values"]
        states = self.model.model.vision_tower(pixels, output_hidden_states=True).hidden_states
        return states[self.model.config.vision_feature_layer][0, 1:]

    def beginning(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Keys and values, by layer, of the prompt up to its first picture: the same in every decision."""
        cache = DynamicCache()
        self.model.model.language_model(
            inputs_embeds=self.model.get_input_embeddings()(self.ids[None, : self.begin]), cache=cache
        )
        return [(layer.keys, layer.values) for layer in cache.layers]

    def log_probabilities(self, seen: torch.Tensor, beginning: list) -> torch.Tensor:
        """Of the actions, [decisions, actions], for what was seen: [decisions, frames, patches, width]."""
        count, ids = len(seen), self.ids[self.begin :]
        cache = DynamicCache()
        for layer, (keys, values) in enumerate(beginning):
            cache.update(keys.expand(count, -1, -1, -1), values.expand(count, -1, -1, -1), layer)
        pictures = self.model.model.multi_modal_projector(seen.flatten(0, 1))
        words = self.model.get_input_embeddings()(ids).expand(count, -1, -1)
        places = (ids == self.model.config.image_token_id)[None, :, None].expand_as(words)
        states = self.model.model.language_model(inputs_embeds=words.masked_scatter(places, pictures), cache=cache)
        logits = self.model.lm_head(states.last_hidden_state[:, -1])[:, self.first]
        return torch.log_softmax(logits / TEMPERATURE, dim=-1)

    def learn(self, batch: dict[str, torch.Tensor], entropy: float) -> None:
        for rows in torch.randperm(len(batch["chosen"])).chunk(PARTS):
            self.optimizer.zero_grad()
            logs = self.log_probabilities(batch["seen"][rows], self.beginning())
            taken = logs.gather(1, batch["chosen"][rows, None])[:, 0]
            chaos = -(logs.exp() * logs).sum(dim=1)
            (-(taken * batch["advantage"][rows] + entropy * chaos).mean()).backward()
            torch.nn.utils.clip_grad_norm_(self.learning, 1.0)
            self.optimizer.step()


def play(env: gymnasium.Env, player: Player, seed: int, greedy: bool) -> dict[str, list]:
    """One episode: what was seen, chosen, and what that brought."""
    frames, info = env.reset(seed=seed)
    views = [player.see(frames[-1])] * len(frames)
    episode: dict[str, list] = {"seen": [], "chosen": [], "rewards": []}
    with torch.no_grad():
        beginning = player.beginning()
        for _ in range(DECISIONS):
            assert info["prompt"] == player.prompt
            seen = torch.stack(views)
            logs = player.log_probabilities(seen[None], beginning)[0]
            action = int(logs.argmax() if greedy else torch.distributions.Categorical(logits=logs).sample())
            # In words, as a model answers: the harness's parser is part of the game.
            frames, reward, terminated, truncated, info = env.unwrapped.answer(info["actions"][action])
            views = [*views[1:], player.see(frames[-1])]
            for name, value in zip(episode, [seen, action, reward], strict=True):
                episode[name].append(value)
            if terminated or truncated:
                break
    return episode


def advantages(group: list[list[float]]) -> list[np.ndarray]:
    """Of every decision: what came from there on, less the group's mean at the same decision."""
    coming = np.full((len(group), DECISIONS), np.nan)
    for place, rewards in enumerate(group):
        coming[place, : len(rewards)] = np.cumsum(rewards[::-1])[::-1]
    centred = coming - np.nanmean(coming, axis=0)
    return [row[: len(rewards)] for row, rewards in zip(centred, group, strict=True)]


def batch_of(groups: list[list[dict[str, list]]]) -> dict[str, torch.Tensor]:
    episodes = [episode for group in groups for episode in group]
    advantage = [row for group in groups for row in advantages([episode["rewards"] for episode in group])]
    flat = torch.tensor(np.concatenate(advantage), dtype=torch.float32)
    return {
        "seen": torch.stack([one for episode in episodes for one in episode["seen"]]),
        "chosen": torch.tensor([one for episode in episodes for one in episode["chosen"]]),
        "advantage": flat / (flat.std() + 1e-6),
    }


def measured(env: gymnasium.Env, player: Player, words: str) -> dict:
    episodes = [play(env, player, seed, greedy=True) for seed in HELD_OUT]
    return {"measured": words, **summary(env, episodes)}


def summary(env: gymnasium.Env, episodes: list[dict[str, list]]) -> dict:
    names, chosen = env.unwrapped.actions, [one for episode in episodes for one in episode["chosen"]]
    parts = np.bincount(chosen, minlength=len(names)) / len(chosen)
    returns = [round(sum(episode["rewards"]), 2) for episode in episodes]
    actions = dict(zip(names, parts.round(3).tolist(), strict=True))
    return {"return": round(float(np.mean(returns)), 3), "returns": returns, "actions": actions}


def blind(env: gymnasium.Env, words: str, choose: Callable[[], int]) -> dict:
    """A player that sees nothing, on the tracks held out."""
    episodes = []
    for seed in HELD_OUT:
        env.reset(seed=seed)
        chosen = [choose() for _ in range(DECISIONS)]
        episodes.append({"chosen": chosen, "rewards": [env.step(action)[1] for action in chosen]})
    return {"measured": words, **summary(env, episodes)}


def draw(rows: list[dict], path: pathlib.Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    curve = [row for row in rows if "update" in row]
    pyplot.figure(figsize=(6, 3.5))
    pyplot.plot([row["update"] for row in curve], [row["return"] for row in curve], label="played to learn from")
    for row in rows:
        if "measured" in row:
            place = {"before": 0, "after": len(curve)}.get(row["measured"])
            if place is None:
                pyplot.axhline(row["return"], linestyle=":", color="grey")
                pyplot.text(0, row["return"], row["measured"], color="grey")
            else:
                pyplot.plot(place, row["return"], "o", color="black")
                pyplot.text(place, row["return"], row["measured"], ha="right" if place else "left")
    pyplot.xlabel("update")
    pyplot.ylabel("mean return of 16 decisions")
    pyplot.tight_layout()
    pyplot.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--model", default="models/pae-lamm-mini")
    parser.add_argument("--updates", type=int, default=24)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--entropy", type=float, default=0.01)
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    env = gymnasium.make("agent/CarRacing-v0")
    player = Player(options.model, env, options.rate)
    random = np.random.default_rng(1)
    rows, began = [], time.monotonic()
    with (options.out / "curve.jsonl").open("w") as curve:

        def write(row: dict) -> None:
            row = {**row, "seconds": round(time.monotonic() - began, 1), "cpu": round(time.process_time(), 1)}
            rows.append(row)
            curve.write(json.dumps(row) + "\n")
            curve.flush()
            print(json.dumps(row), flush=True)

        names = env.unwrapped.actions
        write(blind(env, "random", lambda: int(random.integers(len(names)))))
        write(blind(env, "always gas", lambda: names.index("gas")))
        write(measured(env, player, "before"))
        for update in range(options.updates):
            groups = [[play(env, player, seed, greedy=False) for _ in range(EPISODES)] for seed in TRACKS]
            write({"update": update, **summary(env, [one for group in groups for one in group])})
            player.learn(batch_of(groups), options.entropy)
        write(measured(env, player, "after"))
    env.close()
    player.model.save_pretrained(options.out / "model")
    draw(rows, options.out / "curve.png")


if __name__ == "__main__":
    main()
