"""The server's loop: receive, answer, send; signals, and the parent's end."""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType

import zmq

from agent_envs.server.lane import Lane, LaneBroken
from agent_envs.server.sessions import Sessions

GRACE_S = 3.0
"""How long a stopping server waits for an environment that is in the middle of a step."""
_TICK_MS = 500
"""How often a server with nothing to do looks for silent sessions."""
_AWAKE_S = 0.0003
"""The longest pause between requests that is waited out awake: to wake a sleeping core takes a third of it."""


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Stopped(BaseException):
    """Raised by the signal handler while the loop waits for a message."""


class ServerLoop:
    """Serves one ROUTER socket, and a lane if there is one, on the main thread until a signal or the parent's end."""

    def __init__(self, socket: zmq.Socket, sessions: Sessions, *, with_keys: bool, lane: Lane | None = None) -> None:
        self._socket = socket
        self._sessions = sessions
        self._with_keys = with_keys
        self._lane = lane
        self._poll = select.poll()
        self._poll.register(socket.get(zmq.FD), select.POLLIN)
        if lane is not None:
            self._poll.register(lane.fileno(), select.POLLIN)
        self._may_wait_awake = _cores() > 1
        self._last_pause_s = math.inf
        self._stopping = False
        self._waiting = False
        self._clean_up: Callable[[], None] = lambda: None

    def stop_on_signals(self, clean_up: Callable[[], None] = lambda: None) -> None:
        """SIGTERM and SIGINT end the loop after the request at hand.

        Where an environment does not come to rest the process ends all the same, after ``clean_up``.
        """
        self._clean_up = clean_up
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def stop_with_parent(self) -> None:
        """End the loop when standard input closes, from a thread, so also while an environment steps."""
        threading.Thread(target=self._watch_parent, name="parent-watch", daemon=True).start()

    def run(self) -> None:
        """Serve until stopped; all environments are closed on return."""
        try:
            self._serve()
        except _Stopped:
            pass
        finally:
            self._sessions.end_all()

    def _serve(self) -> None:
        next_look = monotonic() + 1
        self._serve_socket()
        while not self._stopping:
            ready = self._wait(_TICK_MS)
            for descriptor, _ in ready:
                if self._lane is not None and descriptor == self._lane.fileno():
                    self._serve_lane(self._lane)
                else:
                    self._serve_socket()
            if not ready or monotonic() > next_look:
                next_look = monotonic() + 1
                if not self._poll.poll(0):
                    self._sessions.expire()

    def _wait(self, milliseconds: int) -> list[tuple[int, int]]:
        """The descriptors that something happened on; a signal ends the wait and the loop."""
        self._waiting = True
        began = monotonic()
        try:
            if self._stopping:
                return []
            return self._wait_awake(began + _AWAKE_S) or self._poll.poll(milliseconds)
        finally:
            self._waiting = False
            self._last_pause_s = monotonic() - began

    def _wait_awake(self, until: float) -> list[tuple[int, int]]:
        """What happened before ``until``, without sleep. Nothing where a pause is likely to be longer, as the last was.

        A client that decides at once is answered sooner so; one whose model thinks costs nothing.
        """
        if not self._may_wait_awake or self._last_pause_s > _AWAKE_S:
            return []
        while monotonic() < until:
            if ready := self._poll.poll(0):
                return ready
        return []

    def _serve_socket(self) -> None:
        """Answer all that waits. The socket's descriptor tells only of what comes after it was seen empty."""
        socket, sessions = self._socket, self._sessions
        while not self._stopping:
            try:
                message = socket.recv_multipart(zmq.NOBLOCK, copy=not self._with_keys)
            except zmq.Again:
                return
            if self._with_keys:
                user = message[-1].get("User-Id")
                message = [part.bytes for part in message]
            else:
                user = None
            routing_id = message[0]
            self._send(routing_id, sessions.answer(routing_id, message[1:], user))

    def _serve_lane(self, lane: Lane) -> None:
        """Answer what came over the lane."""
        try:
            for header, place in lane.receive():
                if self._stopping:
                    return
                reply = self._sessions.answer_lane(header, place)
                lane.send(reply[0], reply[1] if len(reply) > 1 else None)
        except LaneBroken as error:
            print(f"agent_envs.server: the lane ended: {error}", file=sys.stderr, flush=True)
            self._poll.unregister(lane.fileno())
            self._lane = None
            self._sessions.drop_lane()
            lane.close()

    def _send(self, routing_id: bytes, reply: list) -> None:
        # Copied: handing the buffers over is slower up to 100 kB, and wins 60 µs of 2 ms on a batch of eight.
        try:
            self._socket.send_multipart([routing_id, *reply], zmq.NOBLOCK)
        except zmq.ZMQError as error:
            if error.errno not in (zmq.EAGAIN, zmq.EHOSTUNREACH):
                raise
            self._sessions.end(routing_id)
            reason = "does not read its replies" if error.errno == zmq.EAGAIN else "went away"
            print(f"agent_envs.server: a client {reason}; its session ended", file=sys.stderr, flush=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            return
        self._stopping = True
        timer = threading.Timer(GRACE_S, self._leave)
        timer.daemon = True
        timer.start()
        if self._waiting:
            raise _Stopped

    def _watch_parent(self) -> None:
        while os.read(0, 4096):
            pass
        signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)

    def _leave(self) -> None:
        """End the process although an environment still steps."""
        self._clean_up()
        with contextlib.suppress(OSError):  # a terminal that went away takes no message
            print(
                f"agent_envs.server: an environment did not come to rest in {GRACE_S:g} s", file=sys.stderr, flush=True
            )
        os._exit(1)
