"""A training run learns, stops when asked, and goes on from its checkpoint with the same state."""

from __future__ import annotations

import json
import os
import random
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("stable_baselines3")

from experts_fakes import LAMP, LENGTH, lamp_recipe  # noqa: E402

from agent_training.experts import recipes  # noqa: E402
from agent_training.experts.checkpoint import Progress, load_checkpoint, save_checkpoint  # noqa: E402
from agent_training.experts.learner import make_learner, make_vector_env  # noqa: E402
from agent_training.experts.loop import TrainingLoop  # noqa: E402
from agent_training.experts.train import TrainOptions, train  # noqa: E402


@pytest.fixture
def lamp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recipes.RECIPES, "lamp", lamp_recipe)
    monkeypatch.setitem(recipes.RECIPES, "taught-lamp", partial(lamp_recipe, taught=True))


def options(out: Path, **more: object) -> TrainOptions:
    return TrainOptions(**{"game": LAMP, "out": out, "precision": "float32", **more})  # type: ignore[arg-type]


def state_of(path: Path) -> dict:
    return torch.load(path, weights_only=True)


@pytest.mark.usefixtures("lamp")
@pytest.mark.parametrize(("game", "decisions"), [("lamp", 3072), ("taught-lamp", 640)])
def test_it_learns_and_tells_how_far_it_is(tmp_path: Path, game: str, decisions: int) -> None:
    progress = train(options(tmp_path, game=replace(LAMP, name=game), total_decisions=decisions))
    assert progress.decisions == decisions
    assert progress.best_score is not None
    assert progress.best_score > 0.9 * LENGTH
    rows = [json.loads(line) for line in (tmp_path / "progress.jsonl").read_text().splitlines()]
    assert [row["decisions"] for row in rows] == list(range(64, decisions + 1, 64))
    assert {"score", "decisions_per_second", "eta_seconds"} <= rows[-1].keys()
    assert json.loads((tmp_path / "run.json").read_text())["recipe"]["minibatch"] == 32
    assert list((tmp_path / "tensorboard").iterdir())
    assert state_of(tmp_path / "best.pt")["progress"]["best_score"] == progress.best_score


@pytest.mark.usefixtures("lamp")
def test_a_resumed_run_has_the_state_of_the_stopped_one(tmp_path: Path) -> None:
    train(options(tmp_path, total_decisions=256))
    saved = state_of(tmp_path / "checkpoint.pt")
    recipe = lamp_recipe()
    environment = make_vector_env(recipe, run_seed=0, stream=1, workers=0)
    model = make_learner(recipe, environment, run_seed=123, precision="float32")
    progress = load_checkpoint(tmp_path / "checkpoint.pt", "lamp", model)
    assert progress.decisions == 256
    drawn = (torch.rand(3).tolist(), np.random.rand(3).tolist(), random.random())
    for name, tensor in model.policy.state_dict().items():
        assert torch.equal(tensor, saved["policy"][name]), name
    moments = model.policy.optimizer.state_dict()["state"]
    assert moments
    for index, state in moments.items():
        for name, value in state.items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(saved["optimizer"]["state"][index][name])), name
    again = tmp_path / "again.pt"
    load_checkpoint(tmp_path / "checkpoint.pt", "lamp", model)
    save_checkpoint(again, "lamp", model, progress)
    assert torch.equal(state_of(again)["random_torch"], saved["random_torch"])
    assert torch.equal(state_of(again)["random_numpy"]["keys"], saved["random_numpy"]["keys"])
    load_checkpoint(again, "lamp", model)
    assert (torch.rand(3).tolist(), np.random.rand(3).tolist(), random.random()) == drawn


@pytest.mark.usefixtures("lamp")
def test_two_resumes_of_one_checkpoint_are_the_same_run(tmp_path: Path) -> None:
    train(options(tmp_path / "a", total_decisions=256))
    checkpoint = (tmp_path / "a" / "checkpoint.pt").read_bytes()
    ends = []
    for name in ("b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checkpoint.pt").write_bytes(checkpoint)
        progress = train(options(tmp_path / name, total_decisions=512, resume=True))
        assert (progress.decisions, progress.updates, progress.starts) == (512, 8, 2)
        ends.append(state_of(tmp_path / name / "checkpoint.pt")["policy"])
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


@pytest.mark.usefixtures("lamp")
def test_a_signal_leaves_the_state_of_the_last_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def on_step(self: TrainingLoop) -> bool:
        calls.append(1)
        if len(calls) == 16 * 3 + 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return not self.stop_requested

    monkeypatch.setattr(TrainingLoop, "_on_step", on_step)
    before = signal.getsignal(signal.SIGTERM)
    progress = train(options(tmp_path))
    assert (progress.decisions, progress.updates) == (3 * 64, 3)
    assert state_of(tmp_path / "checkpoint.pt")["progress"]["decisions"] == 3 * 64
    assert signal.getsignal(signal.SIGTERM) is before
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.usefixtures("lamp")
def test_what_must_not_be_mixed_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--resume"):
        train(options(tmp_path, resume=True))
    train(options(tmp_path, total_decisions=64))
    with pytest.raises(FileExistsError, match="--resume"):
        train(options(tmp_path, total_decisions=64))
    recipe = lamp_recipe()
    model = make_learner(
        recipe, make_vector_env(recipe, run_seed=0, stream=0, workers=0), run_seed=0, precision="float32"
    )
    with pytest.raises(ValueError, match="game: expected 'carracing', got 'lamp'"):
        load_checkpoint(tmp_path / "checkpoint.pt", "carracing", model)


def test_worker_processes_play_the_same_games() -> None:
    recipe = lamp_recipe(taught=True)
    here = make_vector_env(recipe, run_seed=3, stream=0, workers=0)
    spread = make_vector_env(recipe, run_seed=3, stream=0, workers=2)
    try:
        np.testing.assert_array_equal(here.reset(), spread.reset())
        for decision in range(LENGTH + 3):
            actions = np.arange(4) % 3
            for ours, theirs in zip(here.step(actions)[:3], spread.step(actions)[:3], strict=True):
                np.testing.assert_array_equal(ours, theirs, err_msg=str(decision))
        np.testing.assert_array_equal(here.take_labels(), spread.take_labels())
        assert here.finished == spread.finished
        assert len(here.finished) == 4
    finally:
        here.close()
        spread.close()


def test_progress_survives_its_dictionary() -> None:
    progress = Progress(decisions=5, best_score=1.5)
    assert Progress(**vars(progress)) == progress
