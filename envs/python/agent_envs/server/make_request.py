"""A `make` request, checked field by field; what an environment makes of it comes later (``making``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent_envs.server.errors import RequestError, invalid_field
from agent_envs.server.protocol import boolean, check_fields, integer, text

MAX_FRAME_SKIP = 1000
_FIELDS = frozenset(("kwargs", "frame_skip", "max_pool", "observation", "color", "actions", "render", "plain"))
_TAKEN_KWARGS = {
    "render_mode": "`render: true` asks for frames",
    "id": "the id stands in `env`",
    "disable_env_checker": "the server checks observations itself",
}


@dataclass(frozen=True)
class MakeRequest:
    """A checked `make` request."""

    env: str
    kwargs: dict[str, Any]
    frame_skip: int
    max_pool: bool
    rendered: bool
    gray: bool
    actions: list[Any] | None
    render: bool
    plain: bool

    @staticmethod
    def of(request: dict[str, Any]) -> MakeRequest:
        """Check every field's type; what an environment makes of them comes later."""
        check_fields(request, frozenset(("env",)), _FIELDS)
        kwargs = request.get("kwargs", {})
        if type(kwargs) is not dict:
            raise invalid_field("kwargs", "an object", kwargs)
        for name, reason in _TAKEN_KWARGS.items():
            if name in kwargs:
                raise RequestError(
                    "invalid_field",
                    f"`kwargs.{name}` is the server's",
                    where=f"kwargs.{name}",
                    next=f"leave it out: {reason}",
                )
        actions = request.get("actions")
        if actions is not None and (type(actions) is not list or not actions):
            raise invalid_field("actions", "null or a list of at least one vector", actions)
        return MakeRequest(
            env=text(request["env"], "env"),
            kwargs=kwargs,
            frame_skip=integer(request.get("frame_skip", 1), "frame_skip", 1, MAX_FRAME_SKIP),
            max_pool=boolean(request, "max_pool"),
            rendered=_one_of(request, "observation", "native", "render"),
            gray=_one_of(request, "color", "rgb", "gray"),
            actions=actions,
            render=boolean(request, "render"),
            plain=boolean(request, "plain"),
        )


def _one_of(request: dict[str, Any], name: str, default: str, other: str) -> bool:
    """Whether a field has its other value rather than its default."""
    value = request.get(name, default)
    if value not in (default, other) or type(value) is not str:
        raise invalid_field(name, f"`{default}` or `{other}`", value)
    return value == other
