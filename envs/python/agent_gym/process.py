"""A game of the harness in a process of its own: `agent turns`, lines of JSON and frames as bytes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

# Of this repository; another one, or an installed package, is named in AGENT_COMMAND, such as `npx agent`.
AGENT = Path(__file__).parents[3] / "agent"
PROTOCOL = 1


class GameError(RuntimeError):
    """What the harness refused, in its words; `code` is its stable name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class GameProcess:
    """Starts the game and asks it. `options`: further words of `agent turns`, such as `["--play", "sights=off"]`."""

    def __init__(self, game: str, options: list[str] | None = None) -> None:
        named = os.environ.get("AGENT_COMMAND")
        command = [str(AGENT)] if named is None else named.split(" ")
        self.hello: dict[str, Any] = {"shape": [1]}
        self._child = subprocess.Popen(
            [*command, "turns", "--game", game, *(options or [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.hello, _ = self._receive()
        if self.hello.get("protocol") != PROTOCOL:
            raise GameError("protocol", f"expected protocol {PROTOCOL}, got {self.hello.get('protocol')}")

    def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray]:
        """The answer, and the frames: uint8 [frames, height, width, channels]. Raises `GameError`."""
        line = json.dumps(request).encode() + b"\n"
        try:
            self._child.stdin.write(line)
            self._child.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise self._ended() from error
        return self._receive()

    def close(self) -> None:
        if self._child.poll() is None:
            self._child.stdin.close()
            try:
                self._child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._child.stdout.close()
        self._child.stderr.close()

    def _receive(self) -> tuple[dict[str, Any], np.ndarray]:
        line = self._child.stdout.readline()
        if not line:
            raise self._ended()
        content = json.loads(line)
        data = self._child.stdout.read(content.pop("bytes"))
        if "error" in content:
            error = content["error"]
            details = "; ".join(f"{name} {error[name]}" for name in ("expected", "got", "next") if name in error)
            raise GameError(error["code"], f"{error['message']}: {details}" if details else error["message"])
        return content, np.frombuffer(data, np.uint8).reshape(-1, *self.hello["shape"])

    def _ended(self) -> GameError:
        self._child.stdin.close()
        said = self._child.stderr.read().decode(errors="replace").strip() or "it said nothing"
        return GameError("game_ended", f"the game ended: {said}")
