"""SkipFrames equals a plain loop over Gymnasium's own environments, whatever it fetches frames from."""

import ale_py
import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.wrappers import GrayscaleObservation, TimeLimit

from agent_envs.atari import AtariFrames
from agent_envs.car_racing import ENV_ID
from agent_envs.frame_skip import DrawnFrames, ReturnedFrames, SkipFrames, frame_source

gym.register_envs(ale_py)


def plain_skip(env, action, frames, max_pool):
    total, seen = 0.0, []
    for _ in range(frames):
        observation, reward, terminated, truncated, info = env.step(action)
        seen.append(np.array(observation))
        total += reward
        if terminated or truncated:
            break
    pooled = max_pool and len(seen) == frames
    return np.maximum(seen[-1], seen[-2]) if pooled else seen[-1], total, terminated, truncated, info


@pytest.mark.parametrize("game", ["ALE/SpaceInvaders-v5", "ALE/Breakout-v5"])
@pytest.mark.parametrize("obs_type", ["rgb", "grayscale"])
@pytest.mark.parametrize("max_pool", [False, True])
def test_atari_episodes_equal_plain_steps(game, obs_type, max_pool):
    """Sticky actions, lost lives, the end of the episode and the next one: all equal."""
    options = {"frameskip": 1, "repeat_action_probability": 0.25, "obs_type": obs_type}
    random = np.random.default_rng(1)
    with gym.make(game, **options) as plain, gym.make(game, **options) as inner:
        skip = SkipFrames(inner, 4, max_pool=max_pool)
        assert isinstance(skip._source, AtariFrames)
        expected, got = plain.reset(seed=11), skip.reset(seed=11)
        ended = 0
        for _ in range(450):
            np.testing.assert_array_equal(got[0], expected[0])
            assert got[1:] == expected[1:]
            if len(got) == 5 and (got[2] or got[3]):
                ended += 1
                expected, got = plain.reset(), skip.reset()
                continue
            action = int(random.integers(plain.action_space.n))
            expected, got = plain_skip(plain, action, 4, max_pool), skip.step(action)
    assert ended > 0


@pytest.mark.parametrize("game", ["ALE/Enduro-v5", "ALE/Riverraid-v5", "ALE/Atlantis-v5"])
@pytest.mark.parametrize("obs_type", ["rgb", "grayscale"])
def test_atari_pictures_that_scroll_or_flash_equal_plain_steps(game, obs_type):
    """Frames that differ in much, and colours met late."""
    options = {"frameskip": 1, "repeat_action_probability": 0.25, "obs_type": obs_type}
    random = np.random.default_rng(2)
    with gym.make(game, **options) as plain, gym.make(game, **options) as inner:
        skip = SkipFrames(inner, 4, max_pool=True)
        plain.reset(seed=3)
        skip.reset(seed=3)
        for _ in range(150):
            action = int(random.integers(plain.action_space.n))
            expected, got = plain_skip(plain, action, 4, True), skip.step(action)
            np.testing.assert_array_equal(got[0], expected[0])
            assert got[1:] == expected[1:]
            if got[2]:
                plain.reset()
                skip.reset()


class Counter(gym.Env):
    """Counts frames: observation n, reward n; terminates at ``end``. Reuses its observation's array."""

    observation_space = spaces.Box(0, 255, (2,), np.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self, end: int) -> None:
        self.end = end
        self.buffer = np.zeros(2, np.uint8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        self.buffer[:] = 0
        return self.buffer, {"count": 0}

    def step(self, action):
        self.count += 1
        self.buffer[:] = (self.count, 100 - self.count)
        return self.buffer, float(self.count), self.count == self.end, False, {"count": self.count}


def test_rewards_are_summed_and_info_is_the_last_frames():
    skip = SkipFrames(Counter(end=6), 4)
    skip.reset()
    assert skip.step(0)[1:] == (1.0 + 2 + 3 + 4, False, False, {"count": 4})
    observation, reward, terminated, truncated, info = skip.step(0)
    assert (reward, terminated, truncated, info) == (5.0 + 6, True, False, {"count": 6})
    assert observation.tolist() == [6, 94]


def test_max_pool_takes_the_last_two_frames_and_the_last_alone_at_the_end():
    skip = SkipFrames(Counter(end=7), 4, max_pool=True)
    skip.reset()
    assert skip.step(0)[0].tolist() == [4, 97]
    assert skip.step(0)[0].tolist() == [7, 93]


def test_truncation_within_a_skip_stops_it():
    skip = SkipFrames(TimeLimit(Counter(end=100), 6), 4)
    skip.reset()
    skip.step(0)
    observation, reward, terminated, truncated, _ = skip.step(0)
    assert (observation.tolist(), reward, terminated, truncated) == ([6, 94], 11.0, False, True)


@pytest.mark.parametrize("max_pool", [False, True])
def test_output_is_written_in_place(max_pool):
    batch = np.zeros((3, 2), np.uint8)
    skip = SkipFrames(Counter(end=100), 4, max_pool=max_pool)
    skip.output = batch[1]
    assert np.shares_memory(skip.reset()[0], batch)
    observation = skip.step(0)[0]
    assert np.shares_memory(observation, batch)
    assert batch.tolist() == [[0, 0], [4, 97 if max_pool else 96], [0, 0]]


def test_car_racing_output_and_drawing_state():
    with gym.make(ENV_ID, continuous=False) as env, gym.make(ENV_ID, continuous=False) as other:
        skip, into = SkipFrames(env, 4), SkipFrames(other, 4)
        into.output = np.zeros((96, 96, 3), np.uint8)
        skip.reset(seed=1)
        into.reset(seed=1)
        for _ in range(20):
            np.testing.assert_array_equal(into.step(3)[0], skip.step(3)[0])
        assert env.unwrapped.drawing is True


def test_sources_are_chosen_by_what_lies_inside():
    with gym.make(ENV_ID, continuous=False) as env:
        assert isinstance(frame_source(env), DrawnFrames)
        assert isinstance(frame_source(GrayscaleObservation(env)), ReturnedFrames)
    with gym.make("ALE/SpaceInvaders-v5", frameskip=1, obs_type="ram") as env:
        assert isinstance(frame_source(env), ReturnedFrames)
    with gym.make("ALE/SpaceInvaders-v5", frameskip=1) as env:
        assert isinstance(frame_source(env), AtariFrames)
    assert isinstance(frame_source(Counter(3)), ReturnedFrames)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        SkipFrames(Counter(3), 0)
    with pytest.raises(ValueError, match="at least 2"):
        SkipFrames(Counter(3), 1, max_pool=True)
    env = Counter(3)
    env.observation_space = spaces.Discrete(3)
    with pytest.raises(TypeError, match="Box"):
        SkipFrames(env, 4, max_pool=True)


class Watching(gym.Wrapper):
    """Counts the raw frames that pass, and hands them on."""

    seen = 0

    def step(self, action):
        self.seen += 1
        return self.env.step(action)


class Passable(Watching):
    """Says that it may be passed by."""

    hands_on_steps = True


@pytest.mark.parametrize("layer", [None, Watching, Passable, "limit"])
def test_atari_is_stepped_directly_only_past_layers_that_would_not_notice(layer):
    """Sticky coins, rewards, ends and infos are the same on both ways, for any layer between."""
    options = {"frameskip": 1, "repeat_action_probability": 0.25, "max_num_frames_per_episode": 301}
    random = np.random.default_rng(7)
    with gym.make("ALE/Breakout-v5", **options) as plain, gym.make("ALE/Breakout-v5", **options) as inner:
        around = inner if layer is None else TimeLimit(inner, 201) if layer == "limit" else layer(inner)
        plain = TimeLimit(plain, 201) if layer == "limit" else plain
        skip = SkipFrames(inner, 4, max_pool=True)
        skip.env = around
        ends = 0
        plain.reset(seed=5)
        skip.reset(seed=5)
        for _ in range(400):
            action = int(random.integers(4))
            expected, got = plain_skip(plain, action, 4, True), skip.step(action)
            np.testing.assert_array_equal(got[0], expected[0])
            assert got[1:] == expected[1:]
            if got[2] or got[3]:
                ends += 1
                assert plain.reset(seed=ends)[1] == skip.reset(seed=ends)[1]
        assert ends > 2
        if layer is Watching:
            assert around.seen > 1000
        if layer is Passable:
            assert 0 < around.seen <= 8  # until Gymnasium's checker has seen the steps that it looks at


def test_a_step_before_the_first_reset_is_refused_as_gymnasium_does():
    with gym.make("ALE/Breakout-v5", frameskip=1) as env, pytest.raises(gym.error.ResetNeeded):
        SkipFrames(env, 4).step(0)
