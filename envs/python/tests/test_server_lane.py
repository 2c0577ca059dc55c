"""The lane: the answers of ZeroMQ, observations in shared memory where the client wants them, and its faults."""

from __future__ import annotations

import json
import mmap
import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from server_harness import Client, Failed, Server, serving

SIZE = 1 << 20
NO_PART = 0xFFFFFFFF
ATARI = {"kwargs": {"frameskip": 1}, "frame_skip": 4, "max_pool": True}


class LaneClient:
    """The client's end, by hand."""

    def __init__(self, stream: socket.socket, memory: int) -> None:
        self.stream = stream
        self.stream.settimeout(20)
        self.memory = np.frombuffer(mmap.mmap(memory, SIZE), np.uint8)
        self._id = 1000

    def message(self, op: str, place: int = NO_PART, **fields: Any) -> bytes:
        self._id += 1
        header = json.dumps({"id": self._id, "op": op, **fields}).encode()
        return struct.pack("<II", len(header), place) + header

    def receive(self) -> tuple[dict[str, Any], int]:
        length, part = struct.unpack("<II", self._exactly(8))
        return json.loads(self._exactly(length)), part

    def ask(self, op: str, place: int = NO_PART, **fields: Any) -> tuple[dict[str, Any], int]:
        """The reply's fields, and the bytes of its part or ``NO_PART``."""
        self.stream.sendall(self.message(op, place, **fields))
        reply, part = self.receive()
        assert reply.pop("id") == self._id
        if not reply.pop("ok"):
            assert part == NO_PART
            raise Failed(reply["error"])
        return reply, part

    def _exactly(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            chunk = self.stream.recv(count - len(received))
            if not chunk:
                raise EOFError
            received += chunk
        return received


@contextmanager
def with_lane(*arguments: str) -> Iterator[tuple[Server, Client, LaneClient]]:
    """A server with a lane, and a client that holds it."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as memory, ours, theirs:
        memory.truncate(SIZE)
        descriptors = theirs.fileno(), memory.fileno()
        lane = ("--lane-socket", str(descriptors[0]), "--lane-memory", str(descriptors[1]))
        with serving(*lane, *arguments, descriptors=descriptors) as server, Client(server.endpoint) as client:
            theirs.close()
            yield server, client, LaneClient(ours, memory.fileno())


def test_steps_are_those_of_zeromq_and_lie_where_the_client_wants_them():
    with with_lane() as (_, client, lane):
        assert client.ask("attach") == ({"bytes": SIZE}, [])
        handles = [client.make("ALE/SpaceInvaders-v5", **ATARI).handle for _ in range(4)]
        ours, plain = handles[:2], handles[2:]
        expected, (picture,) = client.ask("reset", envs=plain, seeds=[1, 2])
        place = 4096
        got, part = lane.ask("reset", place, envs=ours, seeds=[1, 2])
        for decision in range(40):
            assert got["results"] == expected["results"]
            assert part == len(picture) == 2 * 210 * 160 * 3
            assert lane.memory[place : place + part].tobytes() == picture
            place = 64 * decision
            actions = [decision % 6, (decision * 5) % 6]
            expected, (picture,) = client.ask("step", envs=plain, actions=actions)
            got, part = lane.ask("step", place, envs=ours, actions=actions)


def test_observations_of_a_batch_with_failures_are_closed_up():
    with with_lane() as (_, client, lane):
        client.ask("attach")
        handles = [client.make("CartPole-v1").handle for _ in range(3)]
        lane.ask("reset", 0, envs=[handles[0], handles[2]], seeds=[1, 2])
        lane.memory[:] = 0xAA
        reply, part = lane.ask("step", 16, envs=handles, actions=[0, 0, 0])
        assert [result.get("error", {}).get("code") for result in reply["results"]] == [None, "episode_over", None]
        assert part == 2 * 16
        assert (lane.memory[:16] == 0xAA).all()
        assert np.isfinite(lane.memory[16:48].view(np.float32)).all()


def test_requests_may_come_in_pieces_and_several_at_once():
    with with_lane() as (_, client, lane):
        client.ask("attach")
        handle = client.make("CartPole-v1").handle
        for byte in lane.message("reset", 0, envs=[handle], seeds=[3]):
            lane.stream.sendall(bytes([byte]))
        assert lane.receive()[0]["ok"]
        lane.stream.sendall(b"".join(lane.message("step", 16 * n, envs=[handle], actions=[n % 2]) for n in range(5)))
        replies = [lane.receive()[0] for _ in range(5)]
        assert [reply["ok"] for reply in replies] == [True] * 5
        assert [reply["id"] for reply in replies] == sorted(reply["id"] for reply in replies)


def test_what_cannot_go_over_the_lane_is_refused_and_the_lane_goes_on():
    with with_lane() as (_, client, lane):
        client.ask("attach")
        env = client.make("ALE/SpaceInvaders-v5", render=True, **ATARI)
        reset = {"op": "reset", "envs": [env.handle], "seeds": [1]}
        for wrong, code in [
            ({**reset, "place": SIZE - 100}, "invalid_field"),
            ({**reset, "place": NO_PART - 1}, "invalid_field"),
            ({**reset, "place": 0, "frames": True}, "invalid_field"),
            ({"op": "fly"}, "unknown_operation"),
        ]:
            with pytest.raises(Failed) as refused:
                lane.ask(**wrong)
            assert refused.value.code == code
        lane.stream.sendall(struct.pack("<II", 3, 0) + b"{]}")
        reply, part = lane.receive()
        assert (reply["id"], reply["error"]["code"], part) == (None, "malformed", NO_PART)
        assert lane.ask("reset", 0, envs=[env.handle], seeds=[1])[1] == 210 * 160 * 3


def test_a_lane_belongs_to_one_session_and_a_stranger_gets_none():
    with with_lane() as (server, client, lane):
        with pytest.raises(Failed) as early:
            lane.ask("ping")
        assert early.value.code == "handshake_required"
        client.ask("attach")
        with Client(server.endpoint) as other, pytest.raises(Failed) as second:
            other.ask("attach")
        assert second.value.code == "no_lane"
        assert lane.ask("ping") == ({}, NO_PART)
    with serving() as server, Client(server.endpoint) as client, pytest.raises(Failed) as none:
        client.ask("attach")
    assert none.value.code == "no_lane"


def test_a_broken_lane_is_given_up_and_zeromq_goes_on():
    with with_lane() as (server, client, lane):
        client.ask("attach")
        env = client.make("CartPole-v1")
        env.reset()
        lane.stream.sendall(b"\xff" * 64)
        with pytest.raises(EOFError):
            lane.receive()
        env.step(0)
        with pytest.raises(Failed) as gone:
            client.ask("attach")
        assert gone.value.code == "no_lane"
        assert server.says("the lane ended: a header of 4294967295 bytes")


def test_random_bytes_on_the_lane_harm_nobody():
    random = np.random.default_rng(5)
    with with_lane() as (_, client, lane):
        client.ask("attach")
        env = client.make("CartPole-v1")
        env.reset()
        for _ in range(300):
            junk = random.bytes(int(random.integers(1, 60)))
            lane.stream.sendall(struct.pack("<II", len(junk), int(random.integers(1 << 32))) + junk)
            reply, part = lane.receive()
            assert (reply["ok"], part) == (False, NO_PART)
        env.step(0)


def test_descriptors_that_are_no_lane_leave_everything_to_zeromq():
    with tempfile.TemporaryFile() as file:
        descriptors = (file.fileno(),)
        lane = ("--lane-socket", str(file.fileno()), "--lane-memory", str(file.fileno()))
        with serving(*lane, descriptors=descriptors) as server, Client(server.endpoint) as client:
            with pytest.raises(Failed) as none:
                client.ask("attach")
            assert none.value.code == "no_lane"
            client.make("CartPole-v1").reset()
            assert server.says("there is no lane")


def test_the_parents_end_of_the_lane_closing_does_not_end_the_server():
    with with_lane() as (_, client, lane):
        client.ask("attach")
        lane.stream.close()
        client.make("CartPole-v1").reset()


def test_children_of_an_environment_do_not_inherit_the_lane():
    """Else the client would not see the server's death."""
    with with_lane() as (server, client, _):
        client.ask("attach")
        process = Path(f"/proc/{server.process.pid}")
        sockets = [link.name for link in (process / "fd").iterdir() if str(link.readlink()).startswith("socket:")]
        assert sockets
        for descriptor in sockets:
            facts = (process / "fdinfo" / descriptor).read_text().splitlines()
            flags = int(next(line for line in facts if line.startswith("flags")).split()[1], 8)
            assert flags & os.O_CLOEXEC
