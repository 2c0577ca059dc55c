"""Who is connected: from a message with its sender to a reply, and the end of silent sessions."""

from __future__ import annotations

import sys
import traceback
from time import monotonic
from typing import Any

from agent_envs.server.batch import Outcome
from agent_envs.server.errors import RequestError
from agent_envs.server.greeting import Limits, hello
from agent_envs.server.information import all_omitted
from agent_envs.server.lane import Lane, Place
from agent_envs.server.operations import Host, Operations, unknown_operation
from agent_envs.server.protocol import (
    MAX_MESSAGE_BYTES,
    check_fields,
    decode_request,
    encode_header,
    malformed,
    request_id,
)

OPERATIONS = frozenset(("hello", "make", "reset", "step", "close", "ping", "attach"))


class Session:
    """A client that said hello."""

    __slots__ = ("last_heard", "operations", "user")

    def __init__(self, operations: Operations, user: str | None) -> None:
        self.operations = operations
        self.user = user
        self.last_heard = monotonic()


class Sessions:
    """All sessions of a server, by the routing id of their connection."""

    def __init__(self, limits: Limits, lane: Lane | None = None) -> None:
        self._host = Host(limits)
        self._lane = lane
        self._lane_holder: bytes | None = None
        self._timeout = limits.session_timeout_s
        self._by_routing_id: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._by_routing_id)

    def answer_lane(self, header: bytes, place: Place | None) -> list[Any]:
        """As ``answer``, to a message over the lane; it counts as one of the session that holds the lane."""
        session = self._by_routing_id.get(self._lane_holder)
        return self.answer(self._lane_holder, [header], None if session is None else session.user, place)

    def answer(
        self, routing_id: bytes | None, parts: list[bytes], user: str | None = None, place: Place | None = None
    ) -> list[Any]:
        """The reply's parts, header first, to a message of one client. Never raises for what a message says.

        ``user`` is the client's public key where connections have keys; ``place`` where observations go.
        """
        number: int | None = None
        try:
            session = self._by_routing_id.get(routing_id)
            if session is not None:
                session.last_heard = monotonic()
            if len(parts) != 1:
                raise malformed(f"{len(parts)} parts")
            request = decode_request(parts[0])
            number = request_id(request)
            fields, binary = self._carry_out(routing_id, session, request, user, place)
            return [_header(number, fields), *binary]
        except RequestError as error:
            return [encode_header({"id": number, "ok": False, "error": error.envelope()})]
        except Exception:
            traceback.print_exc(file=sys.stderr)
            error = RequestError("internal", "the server failed at this request; its standard error says how")
            return [encode_header({"id": number, "ok": False, "error": error.envelope()})]

    def _carry_out(
        self,
        routing_id: bytes | None,
        session: Session | None,
        request: dict[str, Any],
        user: str | None,
        place: Place | None,
    ) -> Outcome:
        if session is not None and session.user == user:
            if request.get("op") == "attach":
                return self._attach(routing_id, request)
            return session.operations.run(request, place)
        if request.get("op") == "hello" and routing_id is not None:
            greeting = hello(request, self._host.limits)
            self.end(routing_id)
            self._by_routing_id[routing_id] = Session(Operations(self._host), user)
            return greeting, []
        if type(request.get("op")) is not str or request["op"] not in OPERATIONS:
            raise unknown_operation(request)
        raise RequestError(
            "handshake_required",
            "there is no session on this connection",
            expected="`hello` first",
            got=request["op"],
            next="say hello; a session ends after a time of silence",
        )

    def _attach(self, routing_id: bytes, request: dict[str, Any]) -> Outcome:
        check_fields(request, frozenset())
        if self._lane is None or self._lane_holder not in (None, routing_id):
            raise RequestError(
                "no_lane",
                "this server has no lane" if self._lane is None else "another session holds the lane",
                next="go on over ZeroMQ",
            )
        self._lane_holder = routing_id
        return {"bytes": self._lane.size}, []

    def drop_lane(self) -> None:
        """The lane broke: it is not offered any more. Its session goes on."""
        self._lane = self._lane_holder = None

    def expire(self) -> None:
        """End the sessions that were silent for too long. To be called with no message waiting."""
        deadline = monotonic() - self._timeout
        for routing_id, session in list(self._by_routing_id.items()):
            if session.last_heard < deadline:
                self.end(routing_id)
                print(
                    f"agent_envs.server: a session was silent for {self._timeout:g} s and ended",
                    file=sys.stderr,
                    flush=True,
                )

    def end(self, routing_id: bytes) -> None:
        """End a session, if there is one, and close its environments."""
        session = self._by_routing_id.pop(routing_id, None)
        if routing_id == self._lane_holder:
            self._lane_holder = None
        if session is not None:
            session.operations.end()

    def end_all(self) -> None:
        """End every session."""
        for routing_id in list(self._by_routing_id):
            self.end(routing_id)


def _header(number: int, fields: dict[str, Any]) -> bytes:
    header = encode_header({"id": number, "ok": True, **fields})
    if len(header) > MAX_MESSAGE_BYTES:
        for result in fields.get("results", ()):
            if "info" in result:
                result["info"] = all_omitted(result["info"])
        header = encode_header({"id": number, "ok": True, **fields})
    return header
