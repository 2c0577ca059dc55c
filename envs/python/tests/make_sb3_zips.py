"""Writes test/expert/fixtures/sb3: zips as Stable-Baselines3 saves them, and what its policies answer on frames.

    python tests/make_sb3_zips.py        with the packages of requirements-train.lock

Networks are tiny and untrained: what is tested is the way from a frame to an answer.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import sb3_contrib
import stable_baselines3
import torch
from gymnasium.spaces import Box, Discrete
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack, VecNormalize, VecTransposeImage

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent_envs.preprocessing import Preprocessing
from agent_training.experts.network import ConvolutionFeatures
from agent_training.experts.sb3_reference import LoadedModel, reference_outputs

OUT = Path(__file__).parents[3] / "test" / "expert" / "fixtures" / "sb3"
PREPROCESSING = {
    "input_shape": [24, 24, 3],
    "steps": [{"op": "box", "rows": 2, "columns": 2}],
    "stack": 2,
    "reset": "zeros",
}
STEPS = Preprocessing.from_json(PREPROCESSING)
FRAMES = np.random.default_rng(11).integers(0, 256, (10, *STEPS.input_shape), np.uint8)
FRAMES[3] = 0  # a dark picture is no missing one: normalised, its zeros become something else
SMALL = {
    "features_extractor_class": ConvolutionFeatures,
    "features_extractor_kwargs": {"convolutions": [(4, 4, 2)], "hidden": 8},
    "net_arch": [6],
}


FUNCTIONS = ("lr_schedule", "clip_range", "clip_range_vf", "exploration_schedule")


class Frames(gymnasium.Env):
    """Shows the recorded frames, preprocessed, in [height, width, channels]."""

    def __init__(self, actions: gymnasium.Space, prepare: Callable[[np.ndarray], np.ndarray] | None = None) -> None:
        self.prepare = prepare or (lambda picture: picture)
        shown = self.prepare(self.picture(0))
        high = 255 if shown.max() > 1 else 1
        self.observation_space = Box(0, high, shown.shape, shown.dtype.type)
        self.action_space = actions
        self.at = 0

    @staticmethod
    def picture(at: int) -> np.ndarray:
        return STEPS.frame(FRAMES[at]).transpose(1, 2, 0)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict]:
        self.at = 0
        return self.prepare(self.picture(0)), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        self.at += 1
        return self.prepare(self.picture(self.at)), 0.0, False, False, {}


FOUR = Discrete(4)
STEERING = Box(np.float32([-1, 0, 0]), np.float32([1, 1, 1]))


def stacked(actions: gymnasium.Space = FOUR) -> Any:
    return VecTransposeImage(VecFrameStack(DummyVecEnv([lambda: Frames(actions)]), 2))


def with_moments(normalized: VecNormalize) -> VecNormalize:
    """Moments as of a long training, and no more of them."""
    random = np.random.default_rng(5)
    shape = normalized.obs_rms.mean.shape
    normalized.obs_rms.mean, normalized.obs_rms.var = random.uniform(60, 200, shape), random.uniform(1e-3, 4000, shape)
    normalized.training = False
    normalized.save(str(OUT / "vecnormalize.pkl"))
    return normalized


def normalized_frames() -> Any:
    single = VecTransposeImage(DummyVecEnv([lambda: Frames(FOUR)]))
    return VecFrameStack(with_moments(VecNormalize(single)), 2, channels_order="first")


def normalized_stack() -> Any:
    return with_moments(VecNormalize(stacked()))


def normalized_bytes() -> Any:
    """As until version 1.6: the space still says bytes, and the policy divides what was normalised by 255."""
    env = normalized_stack()
    env.observation_space = stacked().observation_space
    return env


def unit_floats() -> Any:
    """Pictures that the environment itself divides by 255."""

    def unit(picture: np.ndarray) -> np.ndarray:
        return (picture.astype(np.float32) / np.float32(255)).transpose(2, 0, 1)

    return VecFrameStack(DummyVecEnv([lambda: Frames(FOUR, unit)]), 2, channels_order="first")


CASES: dict[str, tuple[str, Callable[[], Any], dict[str, Any]]] = {
    "ppo": ("PPO", stacked, {"policy_kwargs": {**SMALL, "activation_fn": torch.nn.GELU}}),
    "trpo": ("TRPO", stacked, {"policy_kwargs": SMALL}),
    "a2c-apart": ("A2C", stacked, {"policy_kwargs": {**SMALL, "share_features_extractor": False}}),
    "dqn": ("DQN", stacked, {"policy_kwargs": SMALL}),
    "qrdqn": ("QRDQN", lambda: stacked(Discrete(4, start=1)), {"policy_kwargs": {**SMALL, "n_quantiles": 5}}),
    "maskable": ("MaskablePPO", stacked, {"policy_kwargs": SMALL}),
    "unit-floats": ("PPO", unit_floats, {"policy_kwargs": {**SMALL, "normalize_images": False}}),
    "normalized-frames": ("PPO", normalized_frames, {"policy_kwargs": {**SMALL, "normalize_images": False}}),
    "normalized-stack": ("PPO", normalized_stack, {"policy_kwargs": {**SMALL, "normalize_images": False}}),
    "normalized-bytes": ("PPO", normalized_bytes, {"policy_kwargs": SMALL}),
    "continuous": ("PPO", lambda: stacked(STEERING), {"use_sde": True, "policy_kwargs": SMALL}),
}
REFUSED: dict[str, tuple[str, str, Callable[[], Any], dict[str, Any]]] = {
    "recurrent": (
        "RecurrentPPO",
        "CnnLstmPolicy",
        stacked,
        {"policy_kwargs": {**SMALL, "lstm_hidden_size": 4}},
    ),
    "sac": ("SAC", "CnnPolicy", lambda: stacked(STEERING), {"policy_kwargs": SMALL}),
    "vectors": ("PPO", "MlpPolicy", lambda: DummyVecEnv([lambda: gymnasium.make("CartPole-v1")]), {}),
}


def made(algorithm: str, policy: str, env: Any, arguments: dict[str, Any]) -> Any:
    torch.manual_seed(3)
    kind = getattr(stable_baselines3, algorithm, None) or getattr(sb3_contrib, algorithm)
    if algorithm in ("DQN", "QRDQN", "SAC"):
        arguments = {**arguments, "buffer_size": 2}
    return kind(policy, env, device="cpu", **arguments)


def save(model: Any, name: str, *, old: bool = False) -> None:
    """Packed, without the optimizer, the machine's facts, and functions (whose pickles name files of this machine).

    ``old``: the tensors are in the layout before PyTorch 1.6.
    """
    buffer = io.BytesIO()
    model.save(buffer)
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(OUT / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in saved.namelist():
            if "optimizer" in entry or entry == "system_info.txt":
                continue
            content = saved.read(entry)
            if entry == "data":
                fields = json.loads(content)
                content = json.dumps(fields | {name: None for name in FUNCTIONS if name in fields}).encode()
            if old and entry == "policy.pth":
                stream = io.BytesIO()
                torch.save(model.policy.state_dict(), stream, _use_new_zipfile_serialization=False)
                content = stream.getvalue()
            packed.writestr(zipfile.ZipInfo(entry, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def with_spaces_of_gym(model: Any) -> None:
    """The spaces as gym 0.21 pickled them: its module names, and ``shape`` in the state."""
    for name in ("gym", "gym.spaces"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["gym"].__version__ = "0.21.0"  # type: ignore[attr-defined]
    for space, module, fields in (
        ("observation_space", "box", ("dtype", "shape", "low", "high")),
        ("action_space", "discrete", ("dtype", "shape", "n")),
    ):
        known = getattr(model, space)
        kind = type(type(known).__name__, (), {"__module__": f"gym.spaces.{module}"})
        sys.modules[kind.__module__] = types.ModuleType(kind.__module__)
        setattr(sys.modules[kind.__module__], kind.__name__, kind)
        old = kind()
        vars(old).update({field: getattr(known, field) for field in fields} | {"np_random": np.random.RandomState(3)})
        setattr(model, space, old)


def golden(algorithm: str, model: Any, env: Any) -> dict[str, Any]:
    """What the policy sees and answers at each of the frames."""
    observations = [env.reset()]
    observations += [env.step([env.action_space.sample()])[0] for _ in FRAMES[1:]]
    seen = np.concatenate(observations)
    model.policy.set_training_mode(False)
    package = {"QRDQN": "qrdqn", "DQN": "dqn"}.get(algorithm, "ppo")
    actions, _ = model.policy.predict(seen, deterministic=True)
    return {
        "outputs": reference_outputs(LoadedModel(package, model), seen).tolist(),
        "actions": actions.tolist(),
        "seen_sha256": hashlib.sha256(np.float32(seen).tobytes()).hexdigest(),
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    answers = {}
    for name, (algorithm, make, arguments) in CASES.items():
        env = make()
        model = made(algorithm, "CnnPolicy", env, arguments)
        answers[name] = golden(algorithm, model, env)
        model._last_obs = env.reset()
        save(model, name)
        if (statistics := OUT / "vecnormalize.pkl").exists():
            statistics.rename(OUT / f"{name}.pkl")
    old = made("A2C", "CnnPolicy", stacked(), {"policy_kwargs": SMALL})
    answers["old-gym"] = golden("A2C", old, stacked())
    with_spaces_of_gym(old)
    save(old, "old-gym", old=True)
    for name, (algorithm, policy, make, arguments) in REFUSED.items():
        save(made(algorithm, policy, make(), arguments), name)
    frames = base64.b64encode(FRAMES.tobytes()).decode()
    file = {"preprocessing": PREPROCESSING, "frames": frames, "cases": answers}
    (OUT / "golden.json").write_text(json.dumps(file, indent=1) + "\n")


if __name__ == "__main__":
    main()
