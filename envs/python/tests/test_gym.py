"""The games by `gymnasium.make`: what the harness shows and asks, and its parser, reminders and fallback."""

import json
import os
import subprocess
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import agent_gym

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def carracing():
    with_game = gymnasium.make("agent/CarRacing-v0")
    yield with_game
    with_game.close()


def test_the_stack_the_prompt_and_the_actions(carracing):
    frames, info = carracing.reset(seed=7)
    assert carracing.observation_space.contains(frames)
    assert frames.shape == (2, 96, 96, 3)
    assert (frames[0] == frames[1]).all()
    assert info["actions"] == ["nothing", "right", "left", "gas", "brake"]
    shown = subprocess.run([ROOT / "agent", "games", "carracing", "--json"], capture_output=True, check=True)
    assert info["prompt"] == json.loads(shown.stdout)["prompt"]
    assert info["prompt"].count("<image>") == 2
    following, reward, terminated, truncated, info = carracing.step(3)
    assert (following[0] == frames[1]).all()
    assert (terminated, truncated, info["step"], info["action"]) == (False, False, 1, 3)
    assert reward != 0


def test_the_same_as_the_environment_itself(carracing):
    rewards, last = [], None
    carracing.reset(seed=3)
    for action in [3, 3, 1, 3, 2]:
        last, reward, *_ = carracing.step(action)
        rewards.append(reward)
    plain = gymnasium.make("CarRacing-v3", continuous=False)
    frame, _ = plain.reset(seed=3)
    expected = []
    for action in [3, 3, 1, 3, 2]:
        total = 0.0
        for _ in range(4):
            frame, reward, *_ = plain.step(action)
            total += reward
        expected.append(total)
    plain.close()
    assert rewards == pytest.approx(expected, abs=1e-9)
    assert (last[-1] == frame).all()


def test_space_invaders():
    env = gymnasium.make("agent/SpaceInvaders-v0", render_mode="rgb_array")
    frames, info = env.reset(seed=5)
    assert env.observation_space.contains(frames)
    assert frames.shape == (4, 210, 160, 3)
    assert info["actions"] == ["noop", "fire", "right", "left", "right+fire", "left+fire"]
    assert env.action_space.n == 6
    shown = subprocess.run([ROOT / "agent", "games", "spaceinvaders", "--json"], capture_output=True, check=True)
    assert info["prompt"] == json.loads(shown.stdout)["prompt"]
    assert info["prompt"].count("<image>") == 4
    actions = [1, 4, 4, 5, 1, 0] * 12
    played = [env.step(action) for action in actions]
    assert sum(reward for _, reward, *_ in played) > 0  # some invader is hit
    assert (played[-1][0][-1] != frames[-1]).any()
    assert (env.render() == played[-1][0][-1]).all()
    env.reset(seed=5)
    again = [env.step(action) for action in actions]
    assert all((one[0] == other[0]).all() and one[1] == other[1] for one, other in zip(played, again, strict=True))
    *_, info = env.unwrapped.answer("Move right and fire!")
    assert (info["actions"][info["action"]], info["rejected"]) == ("right+fire", None)
    env.close()


def test_answers_in_words(carracing):
    game = carracing.unwrapped
    carracing.reset(seed=1)
    *_, info = game.answer("I would steer left here.")
    assert (info["action"], info["rejected"], info["step"]) == (2, None, 1)
    _, reward, *_, info = game.answer("fly away")
    assert (reward, info["action"], info["step"]) == (0, None, 1)
    assert info["rejected"] is not None
    assert info["prompt"].endswith("Action:")
    assert "That was no action" in info["prompt"]
    *_, info = game.answer("fly away again")
    assert (info["action"], info["step"]) == (0, 2)
    assert info["rejected"] is not None


def test_a_file_of_ones_own_and_ways_of_playing(tmp_path):
    text = (ROOT / "configs/games/carracing.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(
        text.replace("name: carracing", "name: mine").replace("\nframes: 2", "\nframes: 3")
    )
    env = gymnasium.make("agent/Game-v0", game=str(tmp_path / "mine.yaml"))
    frames, info = env.reset(seed=5)
    assert frames.shape == (3, 96, 96, 3)
    assert info["prompt"].count("<image>") == 3
    env.close()


def test_who_leaves_the_pipe_ends_the_game_without_a_word():
    command = [ROOT / "agent", "turns", "--game", "carracing"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as game:
        assert json.loads(game.stdout.readline())["name"] == "carracing"
        game.stdout.close()
        game.stdin.write(b'{"reset": 1}\n' * 5)
        game.stdin.close()
        assert game.wait(timeout=60) == 0
        assert b"error" not in game.stderr.read()  # a build before the start says what it does


def test_what_is_refused(carracing):
    carracing.reset(seed=1)
    with pytest.raises(agent_gym.GameError, match="no such action"):
        carracing.unwrapped.step(17)
    with pytest.raises(agent_gym.GameError, match="nosuchgame"):
        gymnasium.make("agent/Game-v0", game="nosuchgame")
    frames, _ = carracing.reset(seed=1)
    assert np.asarray(frames).any()
    assert "AGENT_COMMAND" not in os.environ
