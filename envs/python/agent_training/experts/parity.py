"""``parity``: what an expert saw and what Stable-Baselines3 makes of it, for tests of other implementations.

The file is safetensors, gzipped; its metadata name the game and the checkpoint's hash:
    frames        uint8[m, height, width, 3]     distinct RGB observations as the emulator bridge delivers them
    preprocessed  uint8[m, channels, h, w]       the same after the steps of the preprocessing
    stacks        int32[count, stack]            rows of ``frames``, oldest first; -1 is a frame of zeros
    outputs       float32[count, actions]        Stable-Baselines3's logits, Q-values or action means
    actions       int32[count]                   index of the highest output (categorical and q-values)
    values        float32[count]                 the value chain's output in points, where there is one
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from agent_envs.atomic import write_atomically

from ..game_settings import GameSettings
from ..seeds import TEST
from .export import actor_critic_chains, load_tensors
from .inference import Expert
from .package import weights_hash
from .policy import build_policy, policy_logits
from .recipes import recipe_of
from .rgb_game import RgbGame
from .sb3_reference import load_zip, reference_outputs

DEVIATION = 0.15
"""Share of random decisions, so that the recorded observations are not only those of a policy in its groove."""


def write_parity(
    model: Path, game: GameSettings, count: int, out: Path, *, zip_path: Path | None = None, run_length: int = 8
) -> dict[str, int]:
    """Record ``count`` decisions in runs of ``run_length``, evenly thinned out of whole episodes."""
    expert = Expert.load(model)
    if expert.config.game != game.name:
        raise ValueError(f"{model}: game: expected {game.name!r}, got {expert.config.game!r}")
    frames, stacks = _record(expert, game, count, run_length)
    steps = expert.config.preprocessing
    preprocessed = np.stack([steps.frame(frame) for frame in frames])
    with_zeros = np.concatenate([preprocessed, np.zeros_like(preprocessed[:1])])
    observations = with_zeros[stacks].reshape(count, *steps.observation_shape)
    outputs = _reference(expert, game, observations, zip_path)
    tensors = {"frames": frames, "preprocessed": preprocessed, "stacks": stacks, "outputs": outputs}
    if expert.config.actions.kind != "continuous":
        tensors["actions"] = outputs.argmax(1).astype(np.int32)
    values = expert.outputs(observations).value
    if values is not None:
        tensors["values"] = values
    metadata = {"game": game.name, "checkpoint_sha256": weights_hash(model)}
    payload = gzip.compress(save({name: np.ascontiguousarray(t) for name, t in tensors.items()}, metadata), 9, mtime=0)
    write_atomically(out, lambda temporary: temporary.write_bytes(payload))
    return {"count": count, "frames": len(frames), "bytes": len(payload)}


def _reference(expert: Expert, game: GameSettings, observations: np.ndarray, zip_path: Path | None) -> np.ndarray:
    """Outputs by Stable-Baselines3's own policy: of the zip, or rebuilt from the recipe with the package's weights."""
    if zip_path is not None:
        return reference_outputs(load_zip(zip_path), observations)
    if "imported_from" in expert.config.provenance:
        raise ValueError("an imported expert is compared with its zip: pass --zip")
    policy = build_policy(recipe_of(game))
    load_tensors(actor_critic_chains(policy), expert.tensors)
    return policy_logits(policy, observations)[0]


def _record(expert: Expert, settings: GameSettings, count: int, run_length: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct frames uint8[m, h, w, 3] and int32[count, stack] rows of them."""
    config = expert.config
    continuous = config.actions.kind == "continuous"
    game = RgbGame(settings.emulator, config.preprocessing, **({"continuous": True} if continuous else {}))
    random = np.random.default_rng(count)
    known: dict[bytes, int] = {}
    kept: list[np.ndarray] = []
    rows: list[list[int]] = []
    zeros = np.zeros(config.preprocessing.frame_shape, np.uint8)
    stack = config.preprocessing.stack
    gap = 5 * run_length  # decisions between two runs: one episode gives several hundred decisions
    seed, decision = TEST.start, 0
    try:
        while len(rows) < count:
            frame = game.reset(seed)
            older = (frame, game.rgb) if config.preprocessing.reset == "repeat-first" else (zeros, None)
            history: list[tuple[np.ndarray, np.ndarray | None]] = [older] * (stack - 1) + [(frame, game.rgb)]
            over = False
            while not over and len(rows) < count:
                if decision % (run_length + gap) < run_length:
                    rows.append([_row(rgb, known, kept) for _, rgb in history])
                action = expert.act(np.concatenate([seen for seen, _ in history])[None])[0]
                if random.random() < DEVIATION and not continuous:
                    action = random.integers(len(config.actions.names))
                frame, step = game.step(action)
                history = [*history[1:], (frame, game.rgb)]
                decision += 1
                over = step.terminated or step.truncated
            seed += 1
    finally:
        game.close()
    return np.stack(kept), np.asarray(rows, np.int32)


def _row(rgb: np.ndarray | None, known: dict[bytes, int], kept: list[np.ndarray]) -> int:
    if rgb is None:
        return -1
    key = rgb.tobytes()
    if key not in known:
        known[key] = len(kept)
        kept.append(rgb)
    return known[key]
