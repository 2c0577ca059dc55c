"""What comes over the wire is what Gymnasium gives in process: games, frame skip, limits, rendered pictures."""

from __future__ import annotations

import ale_py
import gymnasium
import numpy as np
import pytest
from server_harness import Failed

gymnasium.register_envs(ale_py)


def skipped(env, action, frames, pool=False):
    """Frame skip as the protocol words it, in the plainest way."""
    total, pictures, rendered = 0.0, [], []
    for _ in range(frames):
        observation, reward, terminated, truncated, info = env.step(action)
        pictures.append(observation)
        if env.render_mode:
            rendered.append(env.render())
        total += float(reward)
        if terminated or truncated:
            break
    if pool and len(pictures) == frames:
        observation = np.maximum(pictures[-1], pictures[-2])
    return observation, total, terminated, truncated, info, rendered


@pytest.mark.parametrize("plain", [True, False])
def test_car_racing_is_gymnasiums(client, plain):
    remote = client.make("CarRacing-v3", kwargs={"continuous": False}, frame_skip=4, render=True, plain=plain)
    assert remote.spec == {
        "id": "CarRacing-v3",
        "observation": {"shape": [96, 96, 3], "dtype": "uint8", "low": 0, "high": 255},
        "action": {"kind": "discrete", "count": 5, "start": 0},
        "action_names": None,
        "frame_skip": 4,
        "max_episode_steps": 250,
        "fps": 50,
        "render": {"height": 400, "width": 600},
    }
    local = gymnasium.make("CarRacing-v3", continuous=False, render_mode="rgb_array")
    observation, info = remote.reset(seed=3, frames=True)
    expected, expected_info = local.reset(seed=3)
    assert np.array_equal(observation, expected)
    assert info == expected_info
    assert np.array_equal(remote.frames, local.render()[None])
    for step, action in enumerate([3, 3, 1, 0, 2, 3, 4]):
        frames = step % 3 == 0
        observation, reward, terminated, truncated, info = remote.step(action, frames=frames)
        expected, total, *flags, expected_info, rendered = skipped(local, action, 4)
        assert np.array_equal(observation, expected)
        assert (reward, terminated, truncated, info) == (total, *flags, expected_info)
        if frames:
            assert np.array_equal(remote.frames, np.stack(rendered))
    local.close()


@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("pool", [True, False])
def test_space_invaders_is_ales_with_sticky_actions(client, color, pool):
    remote = client.make("ALE/SpaceInvaders-v5", frame_skip=4, max_pool=pool, color=color)
    channels = 1 if color == "gray" else 3
    assert remote.spec["observation"] == {"shape": [210, 160, channels], "dtype": "uint8", "low": 0, "high": 255}
    assert remote.spec["action_names"] == ["NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"]
    assert (remote.spec["frame_skip"], remote.spec["fps"], remote.spec["max_episode_steps"]) == (4, 60, 27_000)
    kind = "grayscale" if color == "gray" else "rgb"
    local = gymnasium.make("ALE/SpaceInvaders-v5", frameskip=1, obs_type=kind)
    shape = remote.spec["observation"]["shape"]
    observation, info = remote.reset(seed=11)
    expected, expected_info = local.reset(seed=11)
    assert np.array_equal(observation, expected.reshape(shape))
    assert info == {**expected_info, "seeds": [int(part) for part in expected_info["seeds"]]}
    for step in range(120):
        action = (step // 5) % 6
        observation, *result = remote.step(action)
        expected, *expected_result, _ = skipped(local, action, 4, pool)
        assert np.array_equal(observation, expected.reshape(shape))
        assert result == expected_result
        if result[1]:
            break
    local.close()


def test_ales_own_frame_skip_stays_where_none_is_asked_for(client):
    remote = client.make("ALE/Breakout-v5")
    assert remote.spec["frame_skip"] == 4
    local = gymnasium.make("ALE/Breakout-v5")
    remote.reset(seed=1)
    local.reset(seed=1)
    for action in (1, 2, 3):
        assert np.array_equal(remote.step(action)[0], local.step(action)[0])
    local.close()


def test_frames_are_never_skipped_twice(client):
    remote = client.make("ALE/Breakout-v5", frame_skip=4)
    remote.reset(seed=1)
    assert remote.step(0)[4]["episode_frame_number"] == 4
    for kwargs in ({"frameskip": 4}, {"frameskip": [2, 5]}):
        with pytest.raises(Failed, match="skipped twice") as caught:
            client.make("ALE/Breakout-v5", frame_skip=2, kwargs=kwargs)
        assert (caught.value.code, caught.value.error["where"]) == ("invalid_field", "kwargs.frameskip")
    assert client.make("ALE/Breakout-v5", frame_skip=4, kwargs={"frameskip": 1}).spec["frame_skip"] == 4
    assert client.make("ALE/Breakout-v5", kwargs={"frameskip": [2, 5]}).spec["frame_skip"] == 1


def test_the_emulators_limit_truncates_within_a_skip_with_its_last_frame(client):
    kwargs = {"max_num_frames_per_episode": 402}
    remote = client.make("ALE/Pong-v5", frame_skip=4, max_pool=True, kwargs=kwargs)
    assert remote.spec["max_episode_steps"] == 101
    local = gymnasium.make("ALE/Pong-v5", frameskip=1, **kwargs)
    remote.reset(seed=5)
    local.reset(seed=5)
    for step in range(101):
        observation, *result = remote.step(2)
        expected, *expected_result, _ = skipped(local, 2, 4, pool=True)
        assert np.array_equal(observation, expected)
        assert result == expected_result
        assert result[2] is (step == 100)
    local.close()


def test_a_time_limit_counts_decisions_and_truncates_within_a_skip(client):
    remote = client.misbehaving("Limited", frame_skip=4, render=True)
    assert remote.spec["max_episode_steps"] == 3
    remote.reset(seed=8)
    assert remote.step()[0].tolist() == [8, 4]
    remote.step()
    observation, reward, terminated, truncated, info = remote.step(frames=True)
    assert observation.tolist() == [8, 10]
    assert (reward, terminated, truncated, info) == (2, False, True, {"count": 10})
    assert remote.frames[:, 0, 0, 0].tolist() == [9, 10]
    with pytest.raises(Failed) as caught:
        remote.step()
    assert caught.value.code == "episode_over"
    assert client.misbehaving("Counter", frame_skip=3, kwargs={"max_episode_steps": 9}).spec["max_episode_steps"] == 3


def test_max_pool_takes_the_last_two_frames_and_only_pictures(client):
    remote = client.misbehaving("Picture", frame_skip=4, max_pool=True)
    remote.reset()
    assert remote.step()[0].max() == 200
    assert client.misbehaving("Picture", frame_skip=4).reset()[0].max() == 0
    with pytest.raises(Failed, match="max_pool") as caught:
        client.misbehaving("Counter", frame_skip=4, max_pool=True)
    assert caught.value.code == "unsupported_env"
    with pytest.raises(Failed, match="at least 2") as caught:
        client.misbehaving("Picture", frame_skip=1, max_pool=True)
    assert caught.value.code == "invalid_field"


def test_an_episode_ending_within_a_pooled_skip_shows_its_last_frame_alone(client):
    remote = client.misbehaving("Picture", frame_skip=4, max_pool=True, kwargs={"length": 2})
    remote.reset()
    observation, reward, terminated, *_ = remote.step()
    assert (observation.max(), reward, terminated) == (2, 2, True)


def test_the_rendered_picture_as_observation(client):
    remote = client.misbehaving("DictObservation", observation="render", frame_skip=3, render=True)
    assert remote.spec["observation"]["shape"] == [8, 6, 3]
    assert remote.reset(options={"start": 40})[0].tolist() == np.full((8, 6, 3), 40).tolist()
    assert remote.step(frames=True)[0].max() == 43
    assert remote.frames[:, 0, 0, 0].tolist() == [41, 42, 43]
    pooled = client.make("CartPole-v1", observation="render", frame_skip=2, max_pool=True)
    local = gymnasium.make("CartPole-v1", render_mode="rgb_array")
    pooled.reset(seed=1)
    local.reset(seed=1)
    first, second = (local.step(1) and local.render() for _ in range(2))
    assert np.array_equal(pooled.step(1)[0], np.maximum(first, second))


def test_rewards_are_summed_in_float64(client):
    remote = client.misbehaving("Float32Reward", frame_skip=50)
    remote.reset()
    assert remote.step()[1] == pytest.approx(50 * float(np.float32(0.1)), abs=1e-12)
