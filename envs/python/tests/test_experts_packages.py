"""Exported and imported experts compute what Stable-Baselines3 does; what does not fit is refused by name."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

torch = pytest.importorskip("torch")
stable_baselines3 = pytest.importorskip("stable_baselines3")

from experts_fakes import LAMP, lamp_recipe  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from stable_baselines3.common.torch_layers import NatureCNN  # noqa: E402

from agent_envs.sb3.importing import Game, import_zip  # noqa: E402
from agent_envs.sb3.torch_file import read_tensors  # noqa: E402
from agent_training.experts import export as export_module  # noqa: E402
from agent_training.experts import recipes  # noqa: E402
from agent_training.experts.card import write_card  # noqa: E402
from agent_training.experts.export import export  # noqa: E402
from agent_training.experts.inference import Expert  # noqa: E402
from agent_training.experts.package import weights_hash  # noqa: E402
from agent_training.experts.policy import build_policy, policy_logits  # noqa: E402
from agent_training.experts.sb3_reference import load_zip, reference_outputs  # noqa: E402
from agent_training.experts.train import TrainOptions, train  # noqa: E402

RANDOM = np.random.default_rng(1)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(recipes.RECIPES, "lamp", lamp_recipe)
    train(TrainOptions(game=LAMP, out=tmp_path / "run", total_decisions=128, precision="float32"))
    export(tmp_path / "run", tmp_path / "model", which="last")
    return tmp_path / "model"


def test_an_exported_expert_computes_the_logits_of_its_policy(package: Path) -> None:
    content = torch.load(package.parent / "run" / "checkpoint.pt", weights_only=True)
    policy = build_policy(lamp_recipe())
    policy.load_state_dict(content["policy"])
    observations = RANDOM.integers(0, 256, (9, 2, 12, 12), dtype=np.uint8)
    logits, values = policy_logits(policy, observations)
    expert = Expert.load(package)
    outputs = expert.outputs(observations)
    np.testing.assert_allclose(outputs.policy, logits, atol=1e-6)
    np.testing.assert_allclose(outputs.value, values, atol=1e-6)
    distribution = policy.get_distribution(torch.as_tensor(observations)).distribution
    np.testing.assert_array_equal(expert.act(observations), distribution.logits.argmax(1).numpy())
    config = json.loads((package / "config.json").read_text())
    assert config["provenance"]["decisions"] == 128
    assert [layer["type"] for layer in config["network"]["features"]] == ["conv2d", "conv2d", "flatten", "dense"]


def test_the_card_has_the_row_of_its_own_checkpoint(package: Path) -> None:
    other = {"policy": "random", "checkpoint_sha256": None, "mean": 1.0}
    row = {"seeds": "100000..100001", "episodes": 2, "failed": 0, "mean": 15.0, "interval": None}
    row |= {
        "standard_deviation": 0.0,
        "scores": {"100000": 15, "100001": 15},
        "checkpoint_sha256": weights_hash(package),
    }
    results = package / "results.json"
    results.write_text(json.dumps({"rows": [other, row]}))
    text = write_card(package, package.parent / "run", results).read_text()
    assert "# Expert for Lamp-v0" in text
    assert "| 15.0 | all the same | 0.0 | 15 | 15 | 15 |" in text
    results.write_text(json.dumps({"rows": [other]}))
    with pytest.raises(ValueError, match="expected a row with the score of checkpoint"):
        write_card(package, package.parent / "run", results)


def test_tensors_that_do_not_fit_are_refused_by_name(package: Path) -> None:
    tensors = load_file(package / "model.safetensors")
    for broken, name in (
        ({key: value for key, value in tensors.items() if key != "policy.0.bias"}, "policy.0.bias"),
        (tensors | {"features.1.weight": tensors["features.1.weight"][:, :2].contiguous()}, "features.1.weight"),
        (tensors | {"policy.0.weight": tensors["policy.0.weight"].half()}, "policy.0.weight"),
        (tensors | {"stranger": torch.zeros(1)}, "stranger"),
    ):
        save_file(broken, package / "model.safetensors")
        with pytest.raises(ValueError, match=name.replace(".", r"\.")):
            Expert.load(package)


def test_a_foreign_configuration_is_refused(package: Path) -> None:
    path = package / "config.json"
    path.write_text(path.read_text().replace('"agent-expert"', '"something-else"'))
    with pytest.raises(ValueError, match="format: expected 'agent-expert'"):
        Expert.load(package)


class Pictures(gymnasium.Env):
    """Spaces of a zoo policy and nothing behind them."""

    def __init__(self, shape: tuple[int, ...], actions: gymnasium.Space) -> None:
        self.observation_space = gymnasium.spaces.Box(0, 255, shape, np.uint8)
        self.action_space = actions

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict]:
        return np.zeros(self.observation_space.shape, np.uint8), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        return self.reset()[0], 0.0, True, False, {}


def save_zip(path: Path, algorithm: str, env: gymnasium.Env, **arguments: Any) -> Path:
    library = pytest.importorskip("sb3_contrib") if algorithm == "QRDQN" else stable_baselines3
    kind = getattr(library, algorithm)
    if "DQN" in algorithm:
        arguments["buffer_size"] = 2
    torch.manual_seed(0)
    kind("CnnPolicy", env, device="cpu", **arguments).save(path)
    return path


GAMES = {
    "spaceinvaders": Game("spaceinvaders", "ALE/SpaceInvaders-v5", tuple("abcdef")),
    "carracing": Game("carracing", "CarRacing-v3", tuple("abcde")),
}
ATARI = ((4, 84, 84), gymnasium.spaces.Discrete(6))
STEERING = gymnasium.spaces.Box(np.float32([-1, 0, 0]), np.float32([1, 1, 1]))
CONTINUOUS = {"use_sde": True, "policy_kwargs": {"activation_fn": torch.nn.GELU, "net_arch": {"pi": [32], "vf": [32]}}}


@pytest.mark.parametrize(
    ("algorithm", "game", "spaces", "arguments"),
    [
        ("PPO", "spaceinvaders", ATARI, {}),
        ("A2C", "spaceinvaders", ATARI, {"policy_kwargs": {"share_features_extractor": False}}),
        ("DQN", "spaceinvaders", ATARI, {}),
        ("QRDQN", "spaceinvaders", ATARI, {"policy_kwargs": {"n_quantiles": 7}}),
        ("PPO", "carracing", ((2, 64, 64), STEERING), CONTINUOUS),
    ],
)
def test_an_imported_zip_computes_the_same(
    tmp_path: Path, algorithm: str, game: str, spaces: tuple, arguments: dict
) -> None:
    path = save_zip(tmp_path / "model.zip", algorithm, Pictures(*spaces), **arguments)
    import_zip(path, GAMES[game], tmp_path / "model")
    observations = RANDOM.integers(0, 256, (5, *spaces[0]), dtype=np.uint8)
    expert = Expert.load(tmp_path / "model")
    config = expert.config
    assert config.algorithm == algorithm.lower()
    expected = reference_outputs(load_zip(path), observations)
    np.testing.assert_allclose(expert.outputs(observations).policy, expected, atol=1e-5)
    if config.actions.kind == "continuous":
        theirs, _ = load_zip(path).model.predict(observations, deterministic=True)
        np.testing.assert_allclose(expert.act(observations), theirs, atol=1e-5)


def test_a_zip_for_another_game_is_refused_by_field(tmp_path: Path) -> None:
    wrong_actions = save_zip(tmp_path / "a.zip", "PPO", Pictures((4, 84, 84), gymnasium.spaces.Discrete(4)))
    with pytest.raises(ValueError, match="action_space: expected 6 actions"):
        import_zip(wrong_actions, GAMES["spaceinvaders"], tmp_path / "model")
    car_racing = Game("carracing", "CarRacing-v3", ("left", "right", "gas", "brake"))
    with pytest.raises(ValueError, match="observation_space"):
        import_zip(wrong_actions, car_racing, tmp_path / "model")


def test_a_way_of_seeing_that_is_code_of_its_own_is_refused(tmp_path: Path) -> None:
    class Mine(NatureCNN):
        """Looks like the one that is known, and could compute anything."""

    path = save_zip(tmp_path / "a.zip", "PPO", Pictures(*ATARI), policy_kwargs={"features_extractor_class": Mine})
    with pytest.raises(ValueError, match="Mine, which is code of its own"):
        import_zip(path, GAMES["spaceinvaders"], tmp_path / "model")
    path = save_zip(tmp_path / "b.zip", "PPO", Pictures(*ATARI), policy_kwargs={"activation_fn": torch.nn.LeakyReLU})
    with pytest.raises(ValueError, match=r"activation_fn: expected one of .* got LeakyReLU"):
        import_zip(path, GAMES["spaceinvaders"], tmp_path / "model")


@pytest.mark.parametrize("is_old", [False, True])
def test_tensors_are_read_as_pytorch_reads_them(is_old: bool) -> None:
    plain = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    tensors = {"plain": plain, "turned": plain[:, 1:].transpose(0, 2), "half": plain.half(), "one": torch.tensor(3)}
    buffer = io.BytesIO()
    torch.save(tensors, buffer, _use_new_zipfile_serialization=not is_old)
    read = read_tensors(buffer.getvalue(), "here")
    assert list(read) == list(tensors)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(read[name], tensor.numpy())
        assert read[name].dtype == tensor.numpy().dtype


def test_export_needs_the_extractor_it_knows() -> None:
    with pytest.raises(ValueError, match="features extractor"):
        export_module.feature_modules(torch.nn.Identity())
