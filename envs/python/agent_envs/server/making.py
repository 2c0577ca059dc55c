"""From a `make` request to an environment with its layers and its specification."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium import error, spaces
from gymnasium.envs.registration import EnvSpec

from agent_envs.frame_skip import SkipFrames
from agent_envs.server import catalog
from agent_envs.server.actions import Actions, box_actions, box_spec, discrete_actions, table_actions
from agent_envs.server.errors import RequestError, environment_failure, exception_text, invalid_field
from agent_envs.server.hosted import HostedEnvironment
from agent_envs.server.layers import RawSteps, RenderedObservation, rendered_shape
from agent_envs.server.protocol import boolean, check_fields, integer, text

MAX_FRAME_SKIP = 1000
ALE_FRAMES_PER_SECOND = 60
"""Of the console. Gymnasium's metadata says 30 whatever the frame skip."""

OBSERVATION_TYPES = frozenset(
    ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
)
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
                    "invalid_field", f"`kwargs.{name}` is the server's", where=f"kwargs.{name}", next=f"leave it out: {reason}"
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


def make(request: MakeRequest) -> HostedEnvironment:
    """Make the environment that a request describes.

    Raises:
        RequestError: ``unknown_env``, ``unsupported_env``, ``invalid_field`` or ``env_failure``.
    """
    registered = catalog.find(request.env, request.plain)
    is_ale = str(registered.entry_point).startswith("ale_py")
    kwargs = _ale_kwargs(request, registered) if is_ale else dict(request.kwargs)
    if request.gray and not is_ale:
        raise RequestError(
            "unsupported_env",
            f"`{request.env}` has no gray pictures of its own",
            where="color",
            next="ask for `rgb` and convert where the pictures are used",
        )
    if request.max_pool and request.frame_skip < 2:
        raise invalid_field("frame_skip", "at least 2 with max_pool", request.frame_skip)
    if request.render or request.rendered:
        kwargs["render_mode"] = "rgb_array"
    env = _make_registered(request, registered, kwargs)
    try:
        return _host(request, env, registered, kwargs, is_ale)
    except BaseException:
        _close_quietly(env)
        raise


def _host(
    request: MakeRequest, env: gymnasium.Env, registered: EnvSpec, kwargs: dict[str, Any], is_ale: bool
) -> HostedEnvironment:
    actions = _actions(request, env.action_space)
    picture = None
    if request.render or request.rendered:
        key = repr((registered.id, kwargs))
        picture = rendered_shape(key, lambda: _make_registered(request, registered, kwargs))
    layered = RenderedObservation(env, picture) if request.rendered else env
    space = _observation_space(request, layered.observation_space)
    if request.max_pool and (space.dtype != np.uint8 or len(space.shape) not in (2, 3)):
        raise RequestError(
            "unsupported_env",
            f"`max_pool` is for pictures, and `{request.env}` observes something else",
            expected="uint8 observations of shape [H, W] or [H, W, C]",
            got=f"{space.dtype} of shape {list(space.shape)}",
            where="max_pool",
        )
    skip = SkipFrames(layered, request.frame_skip, request.max_pool)
    raw = RawSteps(layered, space.shape, picture)
    skip.env = raw  # after the skip has looked for its source of frames, which the layer would hide
    frame_skip = request.frame_skip * _own_frame_skip(env, is_ale)
    observation = box_spec(space)
    if request.gray:
        observation["shape"].append(1)
    spec = {
        "id": request.env,
        "observation": observation,
        "action": actions.spec,
        "action_names": _action_names(env, actions),
        "frame_skip": frame_skip,
        "max_episode_steps": _max_episode_steps(env, request.frame_skip, frame_skip, kwargs, is_ale),
        "fps": _frames_per_second(env, is_ale),
        "render": {"height": picture[0], "width": picture[1]} if picture and request.render else None,
    }
    return HostedEnvironment(skip, raw, actions, spec, space)


def _make_registered(request: MakeRequest, registered: EnvSpec, kwargs: dict[str, Any]) -> gymnasium.Env:
    try:
        # The checker looks at the first step only; what matters here, `RawSteps` checks at every step.
        return gymnasium.make(registered.id, disable_env_checker=True, **kwargs)
    except (error.DependencyNotInstalled, ImportError) as problem:
        raise RequestError(
            "unsupported_env",
            f"`{request.env}` needs a package that is not installed: {exception_text(problem)}",
            where="env",
            next=_how_to_install(problem),
        ) from None
    except TypeError as problem:
        if "argument" not in str(problem):
            raise environment_failure(problem, "make") from problem
        raise RequestError(
            "invalid_field",
            f"`{request.env}` does not take these kwargs",
            got=exception_text(problem)[:600],
            where="kwargs",
            next="compare with the environment's documentation",
        ) from None
    except (Exception, SystemExit) as problem:
        raise environment_failure(problem, "make") from problem


def _how_to_install(problem: BaseException) -> str:
    _, found, command = str(problem).partition("`pip install ")
    package = command.partition("`")[0].strip("\"'") if found else getattr(problem, "name", None)
    return f"pip install '{package or 'the package'}' into the server's Python"


def _ale_kwargs(request: MakeRequest, registered: EnvSpec) -> dict[str, Any]:
    kwargs = dict(request.kwargs)
    if request.gray:
        if kwargs.setdefault("obs_type", "grayscale") != "grayscale":
            raise invalid_field("kwargs.obs_type", "`grayscale`, or left out, with color `gray`", kwargs["obs_type"])
    if request.frame_skip > 1 or request.max_pool:
        if kwargs.setdefault("frameskip", 1) != 1:
            raise RequestError(
                "invalid_field",
                "the frames would be skipped twice",
                expected="`kwargs.frameskip` 1 or left out where `frame_skip` is above 1",
                got=repr(kwargs["frameskip"])[:100],
                where="kwargs.frameskip",
            )
    own = kwargs.get("frameskip", registered.kwargs.get("frameskip"))
    if type(own) is list:  # JSON has no tuples, and ALE takes nothing else
        kwargs["frameskip"] = tuple(own)
    return kwargs


def _own_frame_skip(env: gymnasium.Env, is_ale: bool) -> int:
    own = getattr(env.unwrapped, "_frameskip", 1) if is_ale else 1
    return own if isinstance(own, int) else 1


def _max_episode_steps(
    env: gymnasium.Env, decisions: int, frame_skip: int, kwargs: dict[str, Any], is_ale: bool
) -> int | None:
    limits = []
    if env.spec is not None and env.spec.max_episode_steps is not None:
        limits.append(math.ceil(env.spec.max_episode_steps / decisions))
    if is_ale:
        frames = env.unwrapped.spec.kwargs.get("max_num_frames_per_episode")
        if frames:
            limits.append(math.ceil(frames / frame_skip))
    return min(limits, default=None)


def _frames_per_second(env: gymnasium.Env, is_ale: bool) -> int | float | None:
    if is_ale:
        return ALE_FRAMES_PER_SECOND
    fps = env.metadata.get("render_fps")
    return fps if isinstance(fps, int | float) and math.isfinite(fps) and fps > 0 else None


def _actions(request: MakeRequest, space: spaces.Space) -> Actions:
    if isinstance(space, spaces.Box):
        return box_actions(space) if request.actions is None else table_actions(space, request.actions)
    if not isinstance(space, spaces.Discrete):
        raise RequestError(
            "unsupported_env",
            f"`{request.env}` has an action space that cannot be played here",
            expected="Discrete or Box",
            got=str(space)[:200],
            where="env",
        )
    if request.actions is not None:
        raise RequestError(
            "invalid_field",
            "`actions` names the actions of a Box, and this environment's are discrete",
            got=str(space)[:200],
            where="actions",
            next="leave `actions` out",
        )
    return discrete_actions(space)


def _observation_space(request: MakeRequest, space: spaces.Space) -> spaces.Box:
    if isinstance(space, spaces.Box) and space.dtype.name in OBSERVATION_TYPES:
        return space
    raise RequestError(
        "unsupported_env",
        f"`{request.env}` has observations that cannot be sent",
        expected="a Box of whole numbers or of float32 or float64",
        got=str(space)[:200],
        where="env",
        next="ask for `observation: render` to observe its rendered picture",
    )


def _action_names(env: gymnasium.Env, actions: Actions) -> list[str] | None:
    """The emulator's own names, where it has one for each action (ALE and its like do)."""
    meanings = getattr(env.unwrapped, "get_action_meanings", None)
    if actions.count is None or actions.is_table or not callable(meanings):
        return None
    try:
        names = [str(name) for name in meanings()]
    except Exception:
        return None
    return names if len(names) == actions.count else None


def _one_of(request: dict[str, Any], name: str, default: str, other: str) -> bool:
    """Whether a field has its other value rather than its default."""
    value = request.get(name, default)
    if value not in (default, other) or type(value) is not str:
        raise invalid_field(name, f"`{default}` or `{other}`", value)
    return value == other


def _close_quietly(env: gymnasium.Env) -> None:
    try:
        env.close()
    except (Exception, SystemExit) as problem:
        environment_failure(problem, "close")
