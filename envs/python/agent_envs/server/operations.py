"""What each operation of the protocol does within a session."""

from __future__ import annotations

import gc
from itertools import count
from typing import Any

from agent_envs.server.batch import Batch, Outcome
from agent_envs.server.errors import RequestError, invalid_field, unknown_environment
from agent_envs.server.greeting import Limits, hello
from agent_envs.server.hosted import HostedEnvironment
from agent_envs.server.lane import Place
from agent_envs.server.make_request import MakeRequest
from agent_envs.server.making import make
from agent_envs.server.protocol import MAX_INTEGER, boolean, check_fields, integer

_MAX_BATCHES_KEPT = 64
_RESET = (frozenset(("envs", "seeds")), frozenset(("options", "frames")))
_STEP = (frozenset(("envs", "actions")), frozenset(("frames",)))
_STEP_NAMES = frozenset(("id", "op", "envs", "actions", "frames"))
_CLOSE = frozenset(("envs",))


class Host:
    """All environments of one server: hands out handles and keeps the total within limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.environments = 0
        self._handles = count(1)

    def next_handle(self) -> int:
        return next(self._handles)


class Operations:
    """One session's environments and what can be done with them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._environments: dict[int, HostedEnvironment] = {}
        self._batches: dict[tuple[tuple[int, ...], int | None], Batch] = {}
        self._by_place = {"step": self._step, "reset": self._reset}
        self._by_name = {
            "ping": self._ping,
            "make": self._make,
            "close": self._close,
            "hello": lambda request: (hello(request, self._host.limits), []),
        }

    def run(self, request: dict[str, Any], place: Place | None = None) -> Outcome:
        """Carry out a request; ``place`` is where observations go, by default into a part of the reply.

        Raises:
            RequestError: what is wrong with the request as a whole.
        """
        op = request.get("op")
        if type(op) is not str:
            raise unknown_operation(request)
        if by_place := self._by_place.get(op):
            return by_place(request, place)
        operation = self._by_name.get(op)
        if operation is None:
            raise unknown_operation(request)
        return operation(request)

    def end(self) -> None:
        """Close every environment of the session."""
        self._close_all(list(self._environments))

    def _make(self, request: dict[str, Any]) -> Outcome:
        checked = MakeRequest.of(request)
        limit = self._host.limits.max_environments
        if self._host.environments >= limit:
            raise RequestError(
                "limit",
                "the server hosts as many environments as it may",
                expected=f"at most {limit} in all sessions",
                next="close some, or start another server",
            )
        environment = make(checked)
        handle = self._host.next_handle()
        self._environments[handle] = environment
        self._host.environments += 1
        return {"env": handle, "spec": environment.spec}, []

    def _reset(self, request: dict[str, Any], place: Place | None) -> Outcome:
        check_fields(request, *_RESET)
        batch = self._batch(request["envs"], place)
        size = len(batch.environments)
        seeds = _aligned(request["seeds"], "seeds", size)
        for index, seed in enumerate(seeds):
            integer(seed, f"seeds[{index}]", 0, MAX_INTEGER)
        options = _aligned(request.get("options", [None] * size), "options", size)
        for index, option in enumerate(options):
            if option is not None and type(option) is not dict:
                raise invalid_field(f"options[{index}]", "an object or null", option)
        return batch.reset(seeds, options, _record(request, batch, place))

    def _step(self, request: dict[str, Any], place: Place | None) -> Outcome:
        if not request.keys() <= _STEP_NAMES or "envs" not in request or "actions" not in request:
            check_fields(request, *_STEP)
        batch = self._batch(request["envs"], place)
        actions = _aligned(request["actions"], "actions", len(batch.environments))
        for index, action in enumerate(actions):
            if type(action) not in (int, list):
                raise invalid_field(f"actions[{index}]", "an integer or a list of numbers", action)
        return batch.step(actions, _record(request, batch, place) if "frames" in request else False)

    def _close(self, request: dict[str, Any]) -> Outcome:
        check_fields(request, _CLOSE)
        handles = _handles(request["envs"])
        if unknown := [handle for handle in handles if handle not in self._environments]:
            raise unknown_environment(unknown[0])
        self._close_all(handles)
        return {}, []

    def _close_all(self, handles: list[int]) -> None:
        self._batches.clear()
        for handle in handles:
            self._host.environments -= 1
            self._environments.pop(handle).close()
        if handles:
            gc.collect()  # emulators sit in reference cycles, each with megabytes that are not Python's

    def _ping(self, request: dict[str, Any]) -> Outcome:
        check_fields(request, frozenset())
        return {}, []

    def _batch(self, envs: Any, place: Place | None) -> Batch:
        handles = tuple(_handles(envs))
        key = handles, None if place is None else place.start
        batch = self._batches.get(key)
        if batch is None:
            batch = Batch([self._environments.get(handle) for handle in handles], place)
            if None not in batch.environments:
                if len(self._batches) >= _MAX_BATCHES_KEPT:
                    self._batches.clear()
                self._batches[key] = batch
        return batch


def unknown_operation(request: dict[str, Any]) -> RequestError:
    names = "hello, make, reset, step, close, ping, attach"
    if "op" not in request:
        return RequestError(
            "invalid_field", "field `op` is missing", expected=f"one of {names}", got="none", where="op"
        )
    if type(request["op"]) is not str:
        return invalid_field("op", f"one of {names}", request["op"])
    error = invalid_field("op", f"one of {names}", request["op"])
    return RequestError("unknown_operation", "there is no such operation", **error.details)


def _handles(envs: Any) -> list[int]:
    if type(envs) is not list or not envs or len(envs) > 4096:
        raise invalid_field("envs", "a list of 1 to 4096 handles", envs)
    for index, handle in enumerate(envs):
        if type(handle) is not int:
            raise invalid_field(f"envs[{index}]", "a handle, an integer", handle)
    if len(set(envs)) != len(envs):
        raise invalid_field("envs", "each handle once", envs)
    return envs


def _aligned(values: Any, where: str, size: int) -> list[Any]:
    if type(values) is not list or len(values) != size:
        raise invalid_field(where, f"a list as long as `envs` ({size})", values)
    return values


def _record(request: dict[str, Any], batch: Batch, place: Place | None) -> bool:
    if not boolean(request, "frames"):
        return False
    if place is not None:
        raise RequestError(
            "invalid_field", "the lane carries no pictures", where="frames", next="ask for them over ZeroMQ"
        )
    for index, environment in enumerate(batch.environments):
        if environment is not None and not environment.renders:
            raise RequestError(
                "invalid_field",
                f"`envs[{index}]` was made without `render`, so there are no frames to send",
                expected="environments made with `render: true`",
                where="frames",
            )
    return True
