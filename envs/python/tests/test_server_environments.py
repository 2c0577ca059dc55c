"""What comes over the wire is what Gymnasium gives in process: games, frame skip, spaces, pictures."""

from __future__ import annotations

import ale_py
import gymnasium
import numpy as np
import pytest
from server_harness import Client, Failed, serving

gymnasium.register_envs(ale_py)


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server.endpoint) as connected:
        yield connected


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


def test_actions_count_from_zero_whatever_the_start(client):
    remote = client.misbehaving("StartOffset")
    assert remote.spec["action"] == {"kind": "discrete", "count": 3, "start": 5}
    remote.reset()
    assert [remote.step(action)[0][1] for action in (0, 1, 2)] == [5, 6, 7]
    for action in (-1, 3, 5, [0], 2**60):
        with pytest.raises(Failed) as caught:
            remote.step(action)
        assert caught.value.code == "illegal_action"
    assert remote.step(0)[4] == {"count": 4}  # an illegal action leaves the episode as it was


def test_box_actions(client):
    remote = client.misbehaving("BoxAction")
    action = {"kind": "box", "shape": [2], "dtype": "float32", "low": -1, "high": 5, "lows": [-1, 0], "highs": [1, 5]}
    assert remote.spec["action"] == action
    remote.reset()
    assert remote.step([0.5, 3])[0].tolist() == [0.5, 3]
    for action in (1, [], [0.5], [0, 0, 0], [1.5, 0], [0, -0.1], ["0", 0], [True, 0], [None, 0], [[0], 0], [1e300, 0]):
        with pytest.raises(Failed) as caught:
            remote.step(action)
        assert caught.value.code == "illegal_action"
    assert remote.step([0, 0])[4] == {"count": 2}
    whole = client.misbehaving("WholeBoxAction")
    assert whole.spec["action"] == {"kind": "box", "shape": [2], "dtype": "int32", "low": 0, "high": 3}
    whole.reset()
    assert whole.step([3, 1])[0].tolist() == [3, 1]
    for action in ([0.5, 1], [4, 0], [10**30, 0]):
        with pytest.raises(Failed) as caught:
            whole.step(action)
        assert caught.value.code == "illegal_action"


def test_box_actions_of_truth_values(client):
    truth = client.misbehaving("TruthBoxAction")
    assert truth.spec["action"] == {"kind": "box", "shape": [2], "dtype": "uint8", "low": 0, "high": 1}
    truth.reset()
    assert [truth.step(action)[1] for action in ([1, 0], [0, 1], [1, 1])] == [1, 10, 11]
    for action in ([2, 0], [0.5, 0], [-1, 0], [True, 0]):
        with pytest.raises(Failed) as caught:
            truth.step(action)
        assert caught.value.code == "illegal_action"


def test_a_table_makes_a_box_discrete(client):
    remote = client.misbehaving("BoxAction", actions=[[0, 0], [-1, 5], [0.25, 2]])
    assert remote.spec["action"] == {"kind": "discrete", "count": 3, "start": 0}
    remote.reset()
    for action, row in ((1, [-1, 5]), (2, [0.25, 2]), (1, [-1, 5]), (0, [0, 0])):
        assert remote.step(action)[0].tolist() == row
    with pytest.raises(Failed) as caught:
        client.misbehaving("BoxAction", actions=[[0, 0], [2, 0]])
    assert (caught.value.code, caught.value.error["where"]) == ("invalid_field", "actions[1]")


def test_spaces_of_several_choices_are_vectors_of_whole_numbers(client):
    several = client.misbehaving("MultiDiscreteAction")
    bounds = {"low": 0, "high": 3, "lows": [0, 1], "highs": [1, 3]}
    assert several.spec["action"] == {"kind": "box", "shape": [2], "dtype": "int64", **bounds}
    several.reset()
    assert several.step([1, 3])[0].tolist() == [1, 3]
    for action in ([2, 1], [1, 0], [0.5, 1], 1):
        with pytest.raises(Failed) as caught:
            several.step(action)
        assert caught.value.code == "illegal_action"
    binary = client.misbehaving("MultiBinaryAction", actions=[[0, 0, 1], [1, 1, 0]])
    assert binary.spec["action"] == {"kind": "discrete", "count": 2, "start": 0}
    binary.reset()
    assert [binary.step(action)[0].tolist() for action in (1, 0)] == [[1, 1], [0, 0]]


def test_actions_of_no_or_several_dimensions_are_flat_lists(client):
    table = client.misbehaving("TableAction")
    assert table.spec["action"]["shape"] == [2, 2]
    assert table.spec["action"]["highs"] == [1, 2, 3, 4]
    table.reset()
    assert table.step([1, 2, 3, 4])[1] == 1
    with pytest.raises(Failed):
        table.step([2, 2, 3, 4])
    scalar = client.misbehaving("ScalarAction")
    assert scalar.spec["action"]["shape"] == []
    scalar.reset()
    assert scalar.step([0.5])[1] == 1


def test_a_table_picks_some_of_the_discrete_actions(client):
    remote = client.misbehaving("StartOffset", actions=[[2], [0]])
    assert remote.spec["action"] == {"kind": "discrete", "count": 2, "start": 0}
    remote.reset()
    assert [remote.step(action)[0][1] for action in (0, 1)] == [7, 5]
    for table in ([[3]], [[0, 1]], [0], [["0"]]):
        with pytest.raises(Failed) as caught:
            client.misbehaving("StartOffset", actions=table)
        assert (caught.value.code, caught.value.error["where"]) == ("invalid_field", "actions[0]")


@pytest.mark.parametrize(
    ("shape", "dtype", "seen"),
    [
        ([12, 10], "uint8", [12, 10, 1]),
        ([3, 12, 10], "uint8", [12, 10, 3]),
        ([1, 12, 10], "uint8", [12, 10, 1]),
        ([12, 10], "bool", [12, 10, 1]),
        ([10, 10, 4], "bool", [10, 10, 4]),
        ([5], "bool", [5]),
        ([4, 4], "uint8", [4, 4]),
        ([4, 12, 10], "uint8", [4, 12, 10]),
        ([12, 10, 3], "uint8", [12, 10, 3]),
    ],
)
def test_pictures_in_another_form_are_seen_as_pictures(client, shape, dtype, seen):
    remote = client.misbehaving("Shown", kwargs={"shape": shape, "dtype": dtype})
    assert remote.spec["observation"] == {"shape": seen, "dtype": "uint8", "low": 0, "high": 255}
    count = np.arange(np.prod(shape)).reshape(shape)
    expected = count.astype(np.uint8) if dtype == "uint8" else (count % 2 * 255).astype(np.uint8)
    if seen != shape:
        expected = expected[:, :, None] if expected.ndim == 2 else expected.transpose(1, 2, 0)
    remote.reset()
    assert np.array_equal(remote.step()[0], expected)


def test_a_batch_steps_together_and_errors_stand_in_their_place(client):
    envs = [
        client.misbehaving("Counter"),
        client.misbehaving("Picture"),
        client.misbehaving("Counter", frame_skip=2),
        client.misbehaving("RaiseInReset"),
    ]
    handles = [env.handle for env in envs]
    reply, parts = client.ask("reset", envs=handles, seeds=[1, 2, 3, 99])
    assert [list(result) for result in reply["results"]] == [["info"], ["info"], ["info"], ["error"]]
    assert len(parts) == 1
    assert len(parts[0]) == 8 + 144 + 8
    unknown = max(handles) + 1
    reply, parts = client.ask("step", envs=[handles[2], unknown, *handles[:2], handles[3]], actions=[0, 0, 7, 1, 0])
    codes = [result.get("error", {}).get("code") for result in reply["results"]]
    assert codes == [None, "unknown_environment", "illegal_action", None, "episode_over"]
    assert np.frombuffer(parts[0][:8], np.float32).tolist() == [3, 2]
    assert parts[0][8:] == bytes([200]) * 144
    reply, parts = client.ask("step", envs=handles[:2], actions=[0, 0])
    assert np.frombuffer(parts[0][:8], np.float32).tolist() == [1, 1]
    client.ask("close", envs=handles[:1])
    reply, parts = client.ask("step", envs=handles[:2], actions=[0, 0])
    assert reply["results"][0]["error"]["code"] == "unknown_environment"


def test_frames_of_a_batch(client):
    envs = [client.misbehaving("Counter", frame_skip=2, render=True, kwargs={"length": length}) for length in (9, 1)]
    handles = [env.handle for env in envs]
    _, parts = client.ask("reset", envs=handles, seeds=[0, 0], frames=True)
    assert len(parts[1]) == 2 * 144
    reply, parts = client.ask("step", envs=handles, actions=[0, 0], frames=True)
    assert [result["frames"] for result in reply["results"]] == [[2, 8, 6], [1, 8, 6]]
    assert np.frombuffer(parts[1], np.uint8)[::144].tolist() == [1, 2, 1]
    bare = client.misbehaving("Counter").handle
    with pytest.raises(Failed, match="without `render`"):
        client.ask("step", envs=[handles[0], bare], actions=[0, 0], frames=True)
    reply, _ = client.ask("step", envs=handles[:1], actions=[0])
    assert reply["results"][0]["info"] == {"count": 4}  # the refused request did nothing


def test_replies_come_in_order_with_many_requests_in_flight(client):
    remote = client.misbehaving("Counter")
    remote.reset()
    numbers = [client.send("step", envs=[remote.handle], actions=[0]) for _ in range(90)]
    replies = [client.receive()[0] for _ in numbers]
    assert [reply["id"] for reply in replies] == numbers
    assert [reply["results"][0]["info"]["count"] for reply in replies] == list(range(1, 91))


def test_environments_belong_to_their_session(server, client):
    handle = client.misbehaving("Counter").handle
    with Client(server.endpoint) as other:
        reply, _ = other.ask("reset", envs=[handle], seeds=[0])
        assert reply["results"][0]["error"]["code"] == "unknown_environment"
        with pytest.raises(Failed) as caught:
            other.ask("close", envs=[handle])
        assert caught.value.code == "unknown_environment"
    client.ask("reset", envs=[handle], seeds=[0])
