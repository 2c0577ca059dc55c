"""From a `make` request to an environment with its layers and its specification."""

from __future__ import annotations

import enum
import math
from typing import Any

import gymnasium
import numpy as np
from gymnasium import error, spaces
from gymnasium.envs.registration import EnvSpec

from agent_envs.frame_skip import SkipFrames
from agent_envs.server import ale, catalog
from agent_envs.server.actions import Actions, as_box, box_actions, box_spec, discrete_actions, table_actions
from agent_envs.server.errors import RequestError, environment_failure, exception_text, how_to_add, invalid_field
from agent_envs.server.hosted import HostedEnvironment
from agent_envs.server.layers import Picture, RawSteps, RenderedObservation, rendered_shape
from agent_envs.server.make_request import MakeRequest
from agent_envs.server.pictures import with_pictures

OBSERVATION_TYPES = frozenset(
    ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
)


def make(request: MakeRequest) -> HostedEnvironment:
    """Make the environment that a request describes.

    Raises:
        RequestError: ``unknown_env``, ``unsupported_env``, ``invalid_field`` or ``env_failure``.
    """
    registered = catalog.find(request.env, request.plain)
    kwargs = ale.ale_kwargs(request, registered) if ale.is_ale(registered) else dict(request.kwargs)
    _check_pictures(request, registered)
    if request.render or request.rendered:
        kwargs["render_mode"] = "rgb_array"
    env = _make_registered(request, registered, kwargs)
    try:
        actions = _actions(request, env)
        picture = None
        if request.render or request.rendered:
            key = repr((registered.id, kwargs))
            picture = rendered_shape(key, lambda: _make_registered(request, registered, kwargs))
        return _host(request, env, actions, picture, is_ale=ale.is_ale(registered))
    except BaseException:
        _close_quietly(env)
        raise


def _host(
    request: MakeRequest, env: gymnasium.Env, actions: Actions, picture: Picture | None, *, is_ale: bool
) -> HostedEnvironment:
    """Put the layers around an environment and describe the result."""
    if type(env.unwrapped).__module__.startswith("ale_py"):
        # Only where there is an Atari: ale_py takes a while to load.
        from agent_envs.atari_reload import reload_quickly

        reload_quickly(env.unwrapped)
    layered = RenderedObservation(env, picture) if request.rendered else env if request.gray else with_pictures(env)
    space = _observation_space(request, layered.observation_space)
    skip = SkipFrames(layered, request.frame_skip, request.max_pool)
    raw = RawSteps(layered, space.shape, picture)
    skip.env = raw  # after the skip has looked for its source of frames, which this layer would hide
    frame_skip = request.frame_skip * (ale.own_frame_skip(env) if is_ale else 1)
    observation = box_spec(space)
    if request.gray:
        observation["shape"].append(1)
    spec = {
        "id": request.env,
        "observation": observation,
        "action": actions.spec,
        "action_names": _action_names(env, actions),
        "frame_skip": frame_skip,
        "max_episode_steps": _max_episode_steps(
            env, request.frame_skip, ale.max_decisions(env, frame_skip) if is_ale else None
        ),
        "fps": ale.FRAMES_PER_SECOND if is_ale else _frames_per_second(env),
        "render": {"height": picture[0], "width": picture[1]} if picture and request.render else None,
    }
    return HostedEnvironment(skip, raw, actions, spec, space)


def _check_pictures(request: MakeRequest, registered: EnvSpec) -> None:
    """Refuse what is asked of pictures and cannot be had."""
    if request.max_pool and request.frame_skip < 2:
        raise invalid_field("frame_skip", "at least 2 with max_pool", request.frame_skip)
    if not request.gray:
        return
    if request.rendered:
        raise invalid_field("color", "`rgb` where the rendered picture is observed", "gray")
    if not ale.is_ale(registered):
        raise RequestError(
            "unsupported_env",
            f"`{request.env}` has no gray pictures of its own",
            where="color",
            next="ask for `rgb` and convert where the pictures are used",
        )


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
    return how_to_add(package or "PACKAGE")


def _max_episode_steps(env: gymnasium.Env, frame_skip: int, own: int | None) -> int | None:
    """Decisions until truncation: the time limit's, or the emulator's ``own`` where that comes first."""
    limits = [] if own is None else [own]
    if env.spec is not None and env.spec.max_episode_steps is not None:
        limits.append(math.ceil(env.spec.max_episode_steps / frame_skip))
    return min(limits, default=None)


def _frames_per_second(env: gymnasium.Env) -> int | float | None:
    fps = env.metadata.get("render_fps")
    return fps if isinstance(fps, int | float) and math.isfinite(fps) and fps > 0 else None


def _actions(request: MakeRequest, env: gymnasium.Env) -> Actions:
    space = env.action_space
    if isinstance(space, spaces.Discrete):
        own = discrete_actions(space)
        return own if request.actions is None else table_actions(space, request.actions, _action_names(env, own))
    box = as_box(space)
    if box is not None:
        return box_actions(box) if request.actions is None else table_actions(box, request.actions)
    raise RequestError(
        "unsupported_env",
        f"`{request.env}` has an action space that cannot be played here",
        expected="Discrete, Box, MultiDiscrete or MultiBinary",
        got=str(space)[:200],
        where="env",
        next="wrap it in Python so that its actions are numbers or vectors, register that, and play MODULE:ID",
    )


def _observation_space(request: MakeRequest, space: spaces.Space) -> spaces.Box:
    if not isinstance(space, spaces.Box) or space.dtype.name not in OBSERVATION_TYPES:
        raise RequestError(
            "unsupported_env",
            f"`{request.env}` has observations that cannot be sent",
            expected="a Box of whole numbers, of truth values, or of float32 or float64",
            got=str(space)[:200],
            where="env",
            next="observe its rendered picture: --observation render, or `observation: render` under a game's emulator",
        )
    if request.max_pool and (space.dtype != np.uint8 or len(space.shape) not in (2, 3)):
        raise RequestError(
            "unsupported_env",
            f"`max_pool` is for pictures, and `{request.env}` observes something else",
            expected="uint8 observations of shape [H, W] or [H, W, C]",
            got=f"{space.dtype} of shape {list(space.shape)}",
            where="max_pool",
        )
    return space


def _action_names(env: gymnasium.Env, actions: Actions) -> list[str] | None:
    """The emulator's own names, where it has one for each action (ALE and its like do)."""
    if actions.count is None or actions.is_table:
        return None
    meanings = getattr(env.unwrapped, "get_action_meanings", None)
    kinds = getattr(env.unwrapped, "actions", None)
    try:
        if callable(meanings):
            names = [str(name) for name in meanings()]
        elif isinstance(kinds, type) and issubclass(kinds, enum.IntEnum):  # as MiniGrid has it
            names = [kinds(number).name for number in range(actions.count)]
        else:
            return None
    except Exception:
        return None
    return names if len(names) == actions.count else None


def _close_quietly(env: gymnasium.Env) -> None:
    try:
        env.close()
    except (Exception, SystemExit) as problem:
        environment_failure(problem, "close")
