"""The handshake: protocol, versions and limits."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent_envs.server.errors import RequestError
from agent_envs.server.protocol import MAX_INTEGER, MAX_MESSAGE_BYTES, PROTOCOL_VERSION, check_fields, integer, text

_VERSIONED = ("gymnasium", "ale-py", "numpy", "pyzmq", "Box2D", "pygame-ce")
_HELLO = frozenset(("protocol", "client"))


@dataclass(frozen=True)
class Limits:
    """What one server bears; told to every client."""

    max_environments: int = 256
    session_timeout_s: float = 60.0
    max_message_bytes: int = MAX_MESSAGE_BYTES


def hello(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The reply to `hello`.

    Raises:
        RequestError: ``protocol_version``, before anything else is looked at, or ``invalid_field``.
    """
    version = request.get("protocol")
    if type(version) is int and version != PROTOCOL_VERSION:
        raise RequestError(
            "protocol_version",
            f"the client speaks protocol {str(version)[:20]}, this server {PROTOCOL_VERSION}",
            expected=str(PROTOCOL_VERSION),
            got=str(version)[:20],
            where="protocol",
            next="use a client and a server of the same release",
        )
    check_fields(request, _HELLO)
    integer(version, "protocol", 0, MAX_INTEGER)
    text(request["client"], "client")
    return {
        "protocol": PROTOCOL_VERSION,
        "server": f"agent-envs {_version('agent-envs') or 'unpackaged'}",
        "pid": os.getpid(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _VERSIONED}},
        "limits": {
            "max_message_bytes": limits.max_message_bytes,
            "max_environments": limits.max_environments,
            "session_timeout_s": limits.session_timeout_s,
        },
    }


@cache
def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
