"""Several environments over the wire: batches, requests in flight, and sessions of their own."""

from __future__ import annotations

import numpy as np
import pytest
from server_harness import Client, Failed


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
