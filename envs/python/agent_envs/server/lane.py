"""The lane: a stream socket and a piece of shared memory that a parent hands to its server (docs/protocol.md).

Requests and replies are the same headers as over ZeroMQ. What ZeroMQ would carry as a reply's binary part is
written into the shared memory instead, at the place that the request names: the client owns the memory, and
names no place twice before it has read what is there, so nobody waits for the other and no frame is torn.
"""

from __future__ import annotations

import mmap
import os
import socket
import struct
from dataclasses import dataclass

import numpy as np

from agent_envs.server.protocol import MAX_MESSAGE_BYTES

_PREFIX = struct.Struct("<II")
"""Before each header: its length; and the place (in a request) or the length (in a reply) of the binary part."""
NO_PART = 0xFFFFFFFF
_CHUNK = 4096
"""Bytes asked for at a time: more than a request mostly has, and little to allocate for each."""


class LaneUnavailable(Exception):
    """What was handed over is no lane."""


class LaneBroken(Exception):
    """Bytes that cannot be told apart into messages any more, or a client that is gone."""


@dataclass(frozen=True)
class Place:
    """Where in the shared memory a reply's binary part goes: from ``start`` on."""

    memory: np.ndarray
    start: int

    def take(self, size: int) -> np.ndarray | None:
        """``size`` bytes of the memory, or ``None`` where it ends before."""
        piece = self.memory[self.start : self.start + size]
        return piece if len(piece) == size else None


class Lane:
    """The server's end. Only one session at a time holds it."""

    def __init__(self, socket_descriptor: int, memory_descriptor: int) -> None:
        """Take over two inherited descriptors.

        Raises:
            LaneUnavailable: they are no stream socket, or no file that can be mapped and has room.
        """
        try:
            self._socket = socket.socket(fileno=socket_descriptor)
            if self._socket.type != socket.SOCK_STREAM:
                raise OSError("not a stream socket")
            self._socket.setblocking(False)
            size = os.fstat(memory_descriptor).st_size
            os.posix_fallocate(memory_descriptor, 0, size)  # what is missing is missed now, not in some step
            self._memory = np.frombuffer(mmap.mmap(memory_descriptor, size), np.uint8)
            os.close(memory_descriptor)
            os.set_inheritable(socket_descriptor, False)
        except (AttributeError, OSError, ValueError) as error:
            raise LaneUnavailable(str(error)) from None
        self._received = bytearray()

    @property
    def size(self) -> int:
        """Bytes of shared memory."""
        return len(self._memory)

    def fileno(self) -> int:
        """The socket's descriptor, to be polled."""
        return self._socket.fileno()

    def receive(self) -> list[tuple[bytes, Place | None]]:
        """Headers of the requests that are there completely, in order, with the places they name.

        Raises:
            LaneBroken: the client closed its end, or sent what is no message.
        """
        try:
            chunk = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return []
        except OSError as error:
            raise LaneBroken(str(error)) from None
        if not chunk:
            raise LaneBroken("the client closed it")
        received = self._received
        received += chunk
        requests = []
        start = 0
        while len(received) - start >= _PREFIX.size:
            length, place = _PREFIX.unpack_from(received, start)
            if length > MAX_MESSAGE_BYTES:
                raise LaneBroken(f"a header of {length} bytes, expected at most {MAX_MESSAGE_BYTES}")
            end = start + _PREFIX.size + length
            if end > len(received):
                break
            header = bytes(received[start + _PREFIX.size : end])
            requests.append((header, None if place == NO_PART else Place(self._memory, place)))
            start = end
        del received[:start]
        return requests

    def send(self, header: bytes, part: np.ndarray | None) -> None:
        """Send a reply; its part lies in the shared memory already.

        Raises:
            LaneBroken: the client is gone.
        """
        message = _PREFIX.pack(len(header), NO_PART if part is None else part.nbytes) + header
        try:
            sent = self._send_at_once(message)
            if sent < len(message):  # the client is busy; there is nothing better to do than to wait for it
                self._socket.setblocking(True)
                self._socket.sendall(message[sent:])
                self._socket.setblocking(False)
        except OSError as error:
            raise LaneBroken(str(error)) from None

    def _send_at_once(self, message: bytes) -> int:
        try:
            return self._socket.send(message)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        """Let go of the socket; the memory goes with the process."""
        self._socket.close()
