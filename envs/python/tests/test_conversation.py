"""An episode as a conversation: what it asks, and what answers come to, is the environment's own."""

import base64
import io

import gymnasium
import numpy as np
import pytest
from PIL import Image

import agent_gym  # noqa: F401  registers the games
from agent_gym.conversation import Conversation

ANSWERS = ["gas", "I would steer left here.", "fly away", "gas", "fly away", "fly away again", "gas"]
EXECUTED = ["gas", "left", None, "gas", None, "nothing", "gas"]


LAKE = """
name: lake
title: Frozen Lake
emulator: { env: FrozenLake-v1, kwargs: { is_slippery: false }, observation: render }
frames: 1
actions:
  - { name: left, description: go left }
  - { name: down, description: go down }
answers: { retries: 1, fallback: left, on_error: fail }
prompt: { instructions: Reach the gift. }
"""


@pytest.fixture(scope="module")
def conversation():
    game = Conversation("carracing", max_decisions=5)
    yield game
    game.close()


def pictures(message):
    urls = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    assert all(url.startswith("data:image/png;base64,") for url in urls)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))) for url in urls]


def test_questions_rewards_reminders_and_fallback_are_the_games(conversation):
    env = gymnasium.make("agent/CarRacing-v0")
    frames, info = env.reset(seed=7)
    question = conversation.begin(7)
    for answer, executed in zip(ANSWERS, EXECUTED, strict=True):
        assert question["role"] == "user"
        assert "".join(part.get("text", "<image>") for part in question["content"]) == info["prompt"]
        assert (np.stack(pictures(question)) == frames).all()
        frames, reward, *_, info = env.unwrapped.answer(answer)
        question = conversation.answer(answer)
        turn = conversation.turns[-1]
        assert turn == {"action": info["action"], "reward": reward, "rejected": info["rejected"]}
        assert (None if turn["action"] is None else conversation.actions[turn["action"]]) == executed
    env.close()
    assert (question, conversation.ending) == (None, "max_decisions")
    refused = [turn["rejected"] is not None for turn in conversation.turns]
    assert refused == [word in (None, "nothing") for word in EXECUTED]
    assert conversation.rewards == [turn["reward"] for turn in conversation.turns if turn["action"] is not None]
    assert len(conversation.rewards) == 5


def test_an_episode_begins_anew(conversation):
    first = conversation.begin(7)
    conversation.answer("gas")
    assert conversation.begin(7) == first
    assert (conversation.turns, conversation.rewards, conversation.ending) == ([], [], None)


def test_an_episode_that_ends_by_itself(tmp_path):
    (tmp_path / "lake.yaml").write_text(LAKE)
    game = Conversation(str(tmp_path / "lake.yaml"))
    question = game.begin(1)
    while question is not None:
        question = game.answer("down")
    game.close()
    assert (game.ending, game.rewards) == ("terminated", [0, 0, 0])
