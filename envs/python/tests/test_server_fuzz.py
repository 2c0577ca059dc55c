"""Thousands of malformed messages: each answered or ignored, while another session steps on with right results."""

from __future__ import annotations

import json
import random

import pytest
import zmq
from server_harness import Client, serving

MESSAGES = 4000
EVERY = 20
"""After so many bad messages the other session steps, and the bad client is counted."""

CODES = {
    "malformed",
    "handshake_required",
    "protocol_version",
    "unknown_operation",
    "invalid_field",
    "unknown_env",
    "unsupported_env",
    "env_failure",
    "unknown_environment",
    "limit",
}

STRANGE = [
    None, True, False, 0, -1, 1, 2**31, 2**53, 10**400, -(10**30), 0.5, -0.0, 1e308, "", "step", "x" * 5000, "\x00",
    "\ud800", "🂡", [], [[]], [None], [1, 1], [True], ["1"], [1.0], [[[[[]]]]], {}, {"": {}}, {"a": [1, {"b": None}]},
    list(range(300)), "CartPole-v1", "ALE/", ":", "os:x", "NaN", [10**30], {"protocol": 1},
]  # fmt: skip

REQUESTS = [
    {"op": "hello", "protocol": 1, "client": "fuzz"},
    {"op": "make", "env": "no/Such-v1", "kwargs": {}, "frame_skip": 2, "max_pool": True, "observation": "render",
     "color": "gray", "actions": [[0]], "render": True, "plain": True},
    {"op": "reset", "envs": [1], "seeds": [1], "options": [None], "frames": False},
    {"op": "step", "envs": [1], "actions": [0], "frames": False},
    {"op": "close", "envs": [77]},
    {"op": "ping"},
]  # fmt: skip


def bad_message(rng: random.Random) -> list[bytes]:
    """One message that is wrong somewhere, as its parts."""
    request = {"id": rng.randrange(2**53), **rng.choice(REQUESTS)}
    text = json.dumps(request).encode()
    kind = rng.randrange(10)
    if kind == 0:
        return [rng.randbytes(rng.choice([0, 1, 7, 200, 60_000]))]
    if kind == 1:  # a field of the wrong type
        request[rng.choice(list(request))] = rng.choice(STRANGE)
        return [json.dumps(request).encode("utf-8", "surrogatepass")]
    if kind == 2:
        return [text[: rng.randrange(len(text))]]
    if kind == 3:
        opening = rng.choice([b"[", b'{"a":', b'{"id":1,"op":"make","env":"x","kwargs":{"k":' + b"[" * 900])
        return [(opening * rng.choice([10, 900, 50_000]))[:500_000]]
    if kind == 4:
        number = rng.choice([b"9" * rng.choice([20, 5000, 300_000]), b"1e999", b"-1e99999", b"NaN", b"Infinity", b"01"])
        return [text[:-1] + b',"op":' + number + b"}", text[:-1] + b',"kwargs":{"n":' + number + b"}}"][
            : rng.choice([1, 2])
        ]
    if kind == 5:
        return [text] * rng.choice([2, 3, 40]) if rng.random() < 0.7 else [b"", text]
    if kind == 6:
        return [text[:-1] + b',"id":1}']
    if kind == 7:
        place = rng.randrange(len(text))
        return [text[:place] + rng.randbytes(1 + rng.randrange(3)) + text[place:]]
    if kind == 8:
        request[rng.choice(["extra", "Envs", "", "_", "actions\x00"])] = rng.choice(STRANGE[:20])
        return [json.dumps(request).encode("utf-8", "surrogatepass")]
    request.pop(rng.choice(list(request)))
    return [json.dumps(request).encode()]


@pytest.mark.parametrize("greeted", [True, False], ids=["in a session", "without a session"])
def test_garbage_neither_ends_the_server_nor_disturbs_another_session(greeted):
    rng = random.Random(f"garbage {greeted}")
    with serving("--max-environments", "5") as server, Client(server.endpoint) as good:
        env = good.misbehaving("Counter", kwargs={"length": 10**6})
        env.reset(seed=42)
        bad = Client(server.endpoint, hello=greeted)
        answers = good_steps = 0
        for number in range(MESSAGES // 2):
            message = bad_message(rng)
            bad.socket.send_multipart(message)
            reply, *parts = bad.socket.recv_multipart()  # every message is answered, even this one
            answers += 1
            header = json.loads(reply)
            if header["ok"] is False:
                assert header["error"]["code"] in CODES, (message[0][:200], header)
                assert header["error"]["message"]
                assert not parts
                assert len(reply) < 4000
            if number % EVERY == 0:
                good_steps += 1
                assert env.step()[0].tolist() == [42, good_steps]
        bad.close()
        assert answers == MESSAGES // 2
        assert good.ask("ping") == ({}, [])
        assert "internal" not in server.errors()
        assert server.process.poll() is None


def test_what_is_no_zeromq_at_all_is_dropped():
    """Raw bytes on the socket below ZeroMQ."""
    import socket

    rng = random.Random(5)
    with serving() as server, Client(server.endpoint) as good:
        env = good.misbehaving("Counter")
        env.reset(seed=1)
        for number in range(1, 61):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as raw:
                raw.connect(server.endpoint.removeprefix("ipc://"))
                raw.sendall(
                    rng.choice([b"GET / HTTP/1.1\r\n\r\n", rng.randbytes(300), b"\xff" + b"\x00" * 8 + b"\x7f"])
                )
            assert env.step()[0].tolist() == [1, number]
        assert server.process.poll() is None


def test_a_message_of_a_hundred_megabytes_costs_its_sender_the_connection_only():
    with serving() as server, Client(server.endpoint) as good:
        env = good.misbehaving("Counter")
        env.reset(seed=1)
        before = server.resident_kilobytes()
        bad = Client(server.endpoint)
        handle = bad.misbehaving("Counter").handle
        bad.socket.send(b"x" * 100_000_000)
        bad.socket.rcvtimeo = 500
        with pytest.raises(zmq.Again):
            bad.socket.recv()
        assert [env.step()[0][1] for _ in range(20)] == list(range(1, 21))
        assert server.resident_kilobytes() - before < 20_000
        bad.socket.rcvtimeo = 20_000
        bad.send("reset", envs=[handle], seeds=[1])  # ZeroMQ connected again, with no session
        assert bad.receive()[0]["error"]["code"] == "handshake_required"
        just_fitting = json.dumps({"id": 1, "op": "ping", "pad": ""}).encode()
        bad.socket.send(just_fitting[:-2] + b"x" * (2**20 - len(just_fitting)) + b'"}')
        assert bad.receive()[0]["error"]["code"] == "handshake_required"
        bad.close()
