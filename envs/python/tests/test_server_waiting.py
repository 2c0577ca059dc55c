"""How the loop waits for the next request: awake where the last pause was short, asleep otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import zmq

from agent_envs.server import loop
from agent_envs.server.loop import ServerLoop

SOMETHING = [(7, 1)]
AT_ONCE, ASLEEP = 0, 500


class Poll:
    """Stands for ``select.poll``: notes how long each call would sleep, and answers as it is told to."""

    def __init__(self, answer: Callable[[int], list[tuple[int, int]]]) -> None:
        self.answer = answer
        self.asked: list[int] = []

    def poll(self, milliseconds: int) -> list[tuple[int, int]]:
        self.asked.append(milliseconds)
        return self.answer(milliseconds)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(loop, "_cores", lambda: 2)
    monkeypatch.setattr(loop, "_AWAKE_S", 0.05)
    socket = zmq.Context.instance().socket(zmq.ROUTER)
    yield ServerLoop(socket, sessions=None, with_keys=False)
    socket.close()


def wait(server: ServerLoop, answer: Callable[[int], list[tuple[int, int]]]) -> tuple[list[tuple[int, int]], list[int]]:
    server._poll = Poll(answer)
    return server._wait(ASLEEP), server._poll.asked


def test_first_wait_sleeps(server: ServerLoop) -> None:
    assert wait(server, lambda _: SOMETHING) == (SOMETHING, [ASLEEP])


def test_after_a_short_pause_it_stays_awake(server: ServerLoop) -> None:
    wait(server, lambda _: SOMETHING)
    assert wait(server, lambda _: SOMETHING) == (SOMETHING, [AT_ONCE])


def test_it_falls_asleep_where_nothing_comes_and_then_sleeps_at_once(server: ServerLoop) -> None:
    wait(server, lambda _: SOMETHING)
    began = time.monotonic()
    came, asked = wait(server, lambda milliseconds: SOMETHING if milliseconds == ASLEEP else [])
    assert came == SOMETHING
    assert set(asked[:-1]) == {AT_ONCE}
    assert asked[-1] == ASLEEP
    assert time.monotonic() - began >= 0.05
    assert wait(server, lambda _: SOMETHING)[1] == [ASLEEP]


def test_on_one_core_it_always_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_cores", lambda: 1)
    socket = zmq.Context.instance().socket(zmq.ROUTER)
    server = ServerLoop(socket, sessions=None, with_keys=False)
    for _ in range(3):
        assert wait(server, lambda _: SOMETHING)[1] == [ASLEEP]
    socket.close()
