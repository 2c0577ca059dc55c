"""Environments and requests that go wrong: each is told by its code, and the session goes on."""

from __future__ import annotations

import json

import pytest
from server_harness import MISBEHAVING, Client, Failed, serving


@pytest.fixture(scope="module")
def server():
    with serving("--max-environments", "40") as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server.endpoint) as connected:
        yield connected
        assert connected.ask("ping") == ({}, [])
        assert server.process.poll() is None


def failure(act, *arguments, **fields) -> dict[str, str]:
    with pytest.raises(Failed) as caught:
        act(*arguments, **fields)
    return caught.value.error


def test_an_exception_in_step_is_told_without_its_traceback_and_ends_the_episode(server, client):
    env = client.misbehaving("RaiseInStep")
    env.reset()
    env.step()
    env.step()
    error = failure(env.step)
    assert error["code"] == "env_failure"
    assert "RuntimeError: step 3 fails on purpose" in error["message"]
    assert "Traceback" not in json.dumps(error)
    assert "environments.py" not in json.dumps(error)
    assert failure(env.step)["code"] == "episode_over"
    env.reset()
    assert env.step()[4] == {"count": 1}
    assert server.says('raise RuntimeError(f"step {self.at} fails on purpose")')


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ExitInStep", "SystemExit: leaves on purpose"),
        ("ChangingShape", "an observation of shape [3], expected [2]"),
        ("FloatForBytes", "Cannot cast"),
        ("NoInfo", "an info of type NoneType"),
        ("OldStep", "step returned tuple of 4, expected (observation, reward, terminated, truncated, info)"),
        ("ListReward", "a reward of list, expected a number"),
    ],
)
def test_a_broken_step_is_a_failure_of_the_environment(client, name, words):
    env = client.misbehaving(name)

    def play():
        env.reset()
        for _ in range(3):
            env.step()

    error = failure(play)
    assert error["code"] == "env_failure"
    assert words in error["message"]


def test_failures_in_make_reset_render_and_close(client):
    error = failure(client.misbehaving, "RaiseInMake")
    assert (error["code"], "making fails on purpose" in error["message"]) == ("env_failure", True)
    env = client.misbehaving("RaiseInReset")
    assert "reset fails on purpose" in failure(env.reset, 10)["message"]
    assert failure(env.step)["code"] == "episode_over"
    env.reset(9)
    env = client.misbehaving("RaiseInRender", render=True)
    env.reset(frames=True)
    env.step(frames=True)
    assert "rendering fails on purpose" in failure(env.step, frames=True)["message"]
    env.reset()
    env.step()
    env.step()  # nothing renders unless frames are asked for
    env = client.misbehaving("RaiseInClose")
    client.ask("close", envs=[env.handle])


def test_an_episode_needs_a_reset_and_nothing_resets_by_itself(client):
    env = client.misbehaving("Counter", kwargs={"length": 1})
    assert failure(env.step)["message"] == "no episode has begun"
    env.reset()
    assert env.step()[2] is True
    error = failure(env.step)
    assert (error["code"], error["message"]) == ("episode_over", "the episode is over")


def test_numbers_that_are_not_finite_are_written_by_name(client):
    env = client.misbehaving("NotFinite")
    env.reset()
    said = [(result[1], result[4]["value"]) for result in (env.step() for _ in range(4))]
    assert said == [("NaN", "NaN"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), (1, 1)]


def test_info_is_cut_to_what_json_can_say_and_a_message_can_hold(client):
    env = client.misbehaving("RichInfo")
    env.reset()
    info = env.step()[4]
    assert info["text"] == "é\ud800"
    assert info["array"] == [[0, 1, 2], [3, 4, 5]]
    assert {"big", "long_array", "nested.object", "object", "bytes", "<int>"} < set(info["_omitted"])
    env = client.misbehaving("HugeInfo")
    env.reset()
    info = env.step()[4]
    assert list(info) == ["_omitted"]
    assert "text0" in info["_omitted"]


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        ({"env": "CarRacng-v3"}, "unknown_env", "`CarRacing-v3`"),
        ({"env": "SpaceInvaders-v5"}, "unknown_env", "`ALE/SpaceInvaders-v5`"),
        ({"env": "no_such_module:Thing-v0"}, "unknown_env", "no_such_module"),
        ({"env": ".relative:Thing-v0"}, "unknown_env", ".relative"),
        ({"env": MISBEHAVING + "Countr-v0"}, "unknown_env", "misbehaving/Counter-v0"),
        ({"env": "a b"}, "unknown_env", "a b"),
        ({"env": "é\ud800-v0"}, "unknown_env", "registered"),
        ({"env": MISBEHAVING + "MissingPackage-v0"}, "unsupported_env", "a_package_that_does_not_exist"),
        ({"env": MISBEHAVING + "DictObservation-v0"}, "unsupported_env", "--observation render"),
        ({"env": MISBEHAVING + "TupleAction-v0"}, "unsupported_env", "wrap it in Python"),
        ({"env": MISBEHAVING + "DictAction-v0"}, "unsupported_env", "Dict('fire': Discrete(2)"),
        ({"env": MISBEHAVING + "TextAction-v0"}, "unsupported_env", "Text(1, 20"),
        ({"env": "no_such_module:Thing-v0"}, "unknown_env", "agent setup --with 'no_such_module'"),
        ({"env": MISBEHAVING + "NoRender-v0", "render": True}, "unsupported_env", "does not render"),
        ({"env": "CartPole-v1", "color": "gray"}, "unsupported_env", "gray"),
        ({"env": "ALE/Pong-v5", "color": "gray", "observation": "render"}, "invalid_field", "rendered"),
        ({"env": "ALE/Pong-v5", "color": "gray", "kwargs": {"obs_type": "rgb"}}, "invalid_field", "grayscale"),
        ({"env": "ALE/Pong-v5", "kwargs": {"obs_type": "nonsense"}}, "env_failure", "Invalid observation type"),
        ({"env": "ALE/Pong-v5", "kwargs": {"sound_obs": True}}, "unsupported_env", "Dict"),
        ({"env": "CartPole-v1", "kwargs": {"length": 3}}, "invalid_field", "unexpected keyword argument 'length'"),
        ({"env": "CartPole-v1", "kwargs": {"render_mode": "human"}}, "invalid_field", "render: true"),
        ({"env": "CartPole-v1", "kwargs": {"max_episode_steps": "many"}}, "env_failure", "max_episode_steps"),
        ({"env": "FrozenLake-v1"}, "unsupported_env", "Discrete(16)"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_refused_with_the_reason(client, make, code, words):
    error = failure(client.ask, "make", **make)
    assert error["code"] == code
    assert words in json.dumps(error, ensure_ascii=False)


MAKE = {"env": "CartPole-v1"}


@pytest.mark.parametrize(
    ("op", "fields", "where"),
    [
        ("make", {}, "env"),
        ("make", {"env": 1}, "env"),
        ("make", {"env": ""}, "env"),
        ("make", {"env": "x" * 501}, "env"),
        ("make", MAKE | {"kwargs": []}, "kwargs"),
        ("make", MAKE | {"kwargs": None}, "kwargs"),
        ("make", MAKE | {"frame_skip": 0}, "frame_skip"),
        ("make", MAKE | {"frame_skip": 1.0}, "frame_skip"),
        ("make", MAKE | {"frame_skip": True}, "frame_skip"),
        ("make", MAKE | {"frame_skip": 10**30}, "frame_skip"),
        ("make", MAKE | {"max_pool": 1}, "max_pool"),
        ("make", MAKE | {"observation": "picture"}, "observation"),
        ("make", MAKE | {"color": None}, "color"),
        ("make", MAKE | {"actions": []}, "actions"),
        ("make", MAKE | {"actions": {}}, "actions"),
        ("make", MAKE | {"render": "yes"}, "render"),
        ("make", MAKE | {"plain": 0}, "plain"),
        ("make", MAKE | {"seed": 1}, "seed"),
        ("reset", {"envs": [1]}, "seeds"),
        ("reset", {"seeds": [1]}, "envs"),
        ("reset", {"envs": [], "seeds": []}, "envs"),
        ("reset", {"envs": 1, "seeds": [1]}, "envs"),
        ("reset", {"envs": [1, 1], "seeds": [1, 1]}, "envs"),
        ("reset", {"envs": [1.0], "seeds": [1]}, "envs[0]"),
        ("reset", {"envs": [True], "seeds": [1]}, "envs[0]"),
        ("reset", {"envs": [[1]], "seeds": [1]}, "envs[0]"),
        ("reset", {"envs": list(range(5000)), "seeds": list(range(5000))}, "envs"),
        ("reset", {"envs": [1], "seeds": [1, 2]}, "seeds"),
        ("reset", {"envs": [1], "seeds": [-1]}, "seeds[0]"),
        ("reset", {"envs": [1], "seeds": [None]}, "seeds[0]"),
        ("reset", {"envs": [1], "seeds": [2**53]}, "seeds[0]"),
        ("reset", {"envs": [1], "seeds": [1], "options": [1]}, "options[0]"),
        ("reset", {"envs": [1], "seeds": [1], "options": None}, "options"),
        ("step", {"envs": [1], "actions": []}, "actions"),
        ("step", {"envs": [1], "actions": ["left"]}, "actions[0]"),
        ("step", {"envs": [1], "actions": [1.5]}, "actions[0]"),
        ("step", {"envs": [1], "actions": [True]}, "actions[0]"),
        ("step", {"envs": [1], "actions": [None]}, "actions[0]"),
        ("step", {"envs": [1], "actions": [0], "frames": 1}, "frames"),
        ("step", {"envs": [1], "actions": [0], "render": True}, "render"),
        ("close", {}, "envs"),
        ("close", {"envs": {}}, "envs"),
        ("ping", {"now": 1}, "now"),
        ("hello", {"protocol": 1}, "client"),
        ("hello", {"client": "x"}, "protocol"),
        ("hello", {"protocol": "1", "client": "x"}, "protocol"),
        ("hello", {"protocol": True, "client": "x"}, "protocol"),
        ("hello", {"protocol": 1, "client": 5}, "client"),
        (7, {}, "op"),
        (None, {}, "op"),
        (["step"], {}, "op"),
    ],
    ids=str,
)
def test_a_field_of_the_wrong_kind_is_named(client, op, fields, where):
    error = failure(client.ask, op, **fields)
    assert (error["code"], error["where"]) == ("invalid_field", where)
    assert error["expected"]
    assert error["got"]


def test_unknown_operations_versions_and_handles(client):
    error = failure(client.ask, "stepp")
    assert error["code"] == "unknown_operation"
    assert "step" in error["expected"]
    error = failure(client.ask, "hello", protocol=2, client="new", more=True)
    assert (error["code"], error["expected"], error["got"]) == ("protocol_version", "1", "2")
    assert failure(client.ask, "close", envs=[10**20])["code"] == "unknown_environment"


def test_without_hello_nothing_is_done(server):
    with Client(server.endpoint, hello=False) as stranger:
        for op, fields in (("ping", {}), ("make", {"env": "CartPole-v1"}), ("step", {"envs": [1], "actions": [0]})):
            assert failure(stranger.ask, op, **fields)["code"] == "handshake_required"
        greeting, _ = stranger.ask("hello", protocol=1, client="late 1")
        assert greeting["pid"] == server.process.pid
        assert set(greeting) == {"protocol", "server", "pid", "versions", "limits"}
        assert greeting["versions"]["gymnasium"] == "1.4.0"
        assert greeting["limits"] == {"max_message_bytes": 2**20, "max_environments": 40, "session_timeout_s": 60}


def test_a_second_hello_changes_nothing(client):
    env = client.misbehaving("Counter")
    env.reset()
    client.ask("hello", protocol=1, client="again")
    assert env.step()[4] == {"count": 1}


def test_there_is_a_limit_of_environments_and_closing_makes_room(server, client):
    handles: list[int] = []

    def make_too_many():
        while len(handles) <= 40:
            handles.append(client.misbehaving("Counter").handle)

    assert failure(make_too_many)["code"] == "limit"
    client.ask("close", envs=handles)
    again = client.misbehaving("Counter").handle
    assert again > max(handles)
    client.ask("close", envs=[again])


def test_what_libraries_print_stays_out_of_standard_output(server, client):
    env = client.misbehaving("Loud")
    env.reset()
    env.step()
    assert server.says("loud from below")
    assert server.says("loud from Python")
