"""A server process and a client for tests: the protocol by hand, with none of the server's own code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import zmq

TESTS = Path(__file__).parent
MISBEHAVING = "misbehaving_envs:misbehaving/"


class Server:
    """A running server process."""

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        listen: str | None = None,
        parent: bool = True,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        paths = [str(TESTS.parent), str(TESTS / "fixtures"), os.environ.get("PYTHONPATH", "")]
        listen = listen or f"ipc://{folder}/server.sock"
        command = [sys.executable, "-m", "agent_envs.server", "--listen", listen, *arguments]
        self.process = subprocess.Popen(
            [*command, "--parent"] if parent else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=descriptors,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
        )
        self._errors: list[str] = []
        self._reader = threading.Thread(target=lambda: self._errors.extend(self.process.stderr), daemon=True)
        self._reader.start()
        self.ready_line = self.process.stdout.readline()
        self.endpoint = json.loads(self.ready_line)["endpoint"] if self.ready_line else ""

    def errors(self) -> str:
        """Standard error so far; complete once the process has ended."""
        if self.process.poll() is not None:
            self._reader.join(5)
        return "".join(self._errors)

    def says(self, text: str, seconds: float = 15) -> bool:
        """Whether standard error holds the text by then: it is read beside the test and may come late."""
        deadline = time.monotonic() + seconds
        while text not in self.errors() and time.monotonic() < deadline:
            time.sleep(0.02)
        return text in self.errors()

    def wait(self, seconds: float = 15) -> int:
        return self.process.wait(seconds)

    def resident_kilobytes(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


@contextmanager
def serving(*arguments: str, **options: Any) -> Iterator[Server]:
    """A server in a folder of its own, ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="env-") as folder:
        server = Server(*arguments, folder=Path(folder), **options)
        try:
            yield server
        finally:
            server.stop()


class Failed(Exception):
    """An error reply; ``code`` and ``error`` are its content."""

    def __init__(self, error: dict[str, str]) -> None:
        super().__init__(json.dumps(error))
        self.error = error
        self.code = error["code"]


class Client:
    """One connection; ``ask`` is one request and its reply."""

    def __init__(self, endpoint: str, *, hello: bool = True, keys: tuple[bytes, bytes, bytes] | None = None) -> None:
        self._context = zmq.Context.instance()
        self.socket = self._context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvtimeo = 20_000
        if keys:
            self.socket.curve_publickey, self.socket.curve_secretkey, self.socket.curve_serverkey = keys
        self.socket.connect(endpoint)
        self._id = 0
        if hello:
            self.greeting, _ = self.ask("hello", protocol=1, client="test 1")

    def send(self, op: str, **fields: Any) -> int:
        self._id += 1
        self.socket.send(json.dumps({"id": self._id, "op": op, **fields}).encode())
        return self._id

    def receive(self) -> tuple[dict[str, Any], list[bytes]]:
        header, *parts = self.socket.recv_multipart()
        return json.loads(header, parse_constant=_fail), parts

    def ask(self, op: str, **fields: Any) -> tuple[dict[str, Any], list[bytes]]:
        number = self.send(op, **fields)
        reply, parts = self.receive()
        assert reply.pop("id") == number
        if not reply.pop("ok"):
            assert not parts
            raise Failed(reply["error"])
        return reply, parts

    def make(self, env: str, **fields: Any) -> Env:
        reply, parts = self.ask("make", env=env, **fields)
        assert set(reply) == {"env", "spec"}
        assert not parts
        return Env(self, reply["env"], reply["spec"])

    def misbehaving(self, name: str, **fields: Any) -> Env:
        return self.make(f"{MISBEHAVING}{name}-v0", **fields)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Env:
    """One environment on the server."""

    def __init__(self, client: Client, handle: int, spec: dict[str, Any]) -> None:
        self.client = client
        self.handle = handle
        self.spec = spec
        self.frames: np.ndarray | None = None

    def reset(self, seed: int = 0, options: dict[str, Any] | None = None, frames: bool = False):
        """The observation and info; raises ``Failed``."""
        reply, parts = self.client.ask("reset", envs=[self.handle], seeds=[seed], options=[options], frames=frames)
        return self._result(reply, parts, frames)

    def step(self, action: Any = 0, frames: bool = False):
        """Observation, reward, terminated, truncated, info; raises ``Failed``."""
        reply, parts = self.client.ask("step", envs=[self.handle], actions=[action], frames=frames)
        observation, result = self._result(reply, parts, frames, whole=True)
        return observation, result["reward"], result["terminated"], result["truncated"], result["info"]

    def _result(self, reply, parts, frames, whole=False):
        assert set(reply) == {"results", "elapsed_us"}
        assert type(reply["elapsed_us"]) is int
        assert len(parts) == (2 if frames else 1)
        (result,) = reply["results"]
        if "error" in result:
            assert parts[0] == b""
            raise Failed(result["error"])
        space = self.spec["observation"]
        observation = np.frombuffer(parts[0], space["dtype"]).reshape(space["shape"])
        if frames:
            self.frames = np.frombuffer(parts[1], np.uint8).reshape(*result["frames"], 3)
        return observation, (result if whole else result["info"])


def _fail(constant: str) -> None:
    raise AssertionError(f"{constant} in a reply")
