"""The socket's loop: receive, answer, send; signals, and the parent's end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from time import monotonic
from types import FrameType

import zmq

from agent_envs.server.sessions import Sessions

GRACE_S = 3.0
"""How long a stopping server waits for an environment that is in the middle of a step."""
_TICK_MS = 500
"""How often a server with nothing to do looks for silent sessions."""


class _Stopped(BaseException):
    """Raised by the signal handler while the loop waits for a message."""


class ServerLoop:
    """Serves one ROUTER socket on the main thread until a signal or the parent's end."""

    def __init__(self, socket: zmq.Socket, sessions: Sessions, *, with_keys: bool) -> None:
        self._socket = socket
        self._sessions = sessions
        self._with_keys = with_keys
        self._stopping = False
        self._waiting = False
        socket.rcvtimeo = _TICK_MS

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT end the loop after the request at hand."""
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
        socket, sessions = self._socket, self._sessions
        next_look = monotonic() + 1
        while not self._stopping:
            try:
                self._waiting = True
                try:
                    if self._stopping:
                        return
                    message = socket.recv_multipart(copy=not self._with_keys)
                finally:
                    self._waiting = False
            except zmq.Again:
                sessions.expire()
                continue
            if self._with_keys:
                user = message[-1].get("User-Id")
                message = [part.bytes for part in message]
            else:
                user = None
            routing_id = message[0]
            self._send(routing_id, sessions.answer(routing_id, message[1:], user))
            if monotonic() > next_look:
                next_look = monotonic() + 1
                if not socket.get(zmq.EVENTS) & zmq.POLLIN:
                    sessions.expire()

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
        timer = threading.Timer(GRACE_S, _leave)
        timer.daemon = True
        timer.start()
        if self._waiting:
            raise _Stopped

    def _watch_parent(self) -> None:
        while os.read(0, 4096):
            pass
        signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)


def _leave() -> None:
    """End the process although an environment still steps."""
    print(f"agent_envs.server: an environment did not come to rest in {GRACE_S:g} s", file=sys.stderr, flush=True)
    os._exit(1)
