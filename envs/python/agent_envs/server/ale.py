"""What is special about the Arcade Learning Environment: frames that it skips by itself, gray pictures, its clock."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec

from agent_envs.server.errors import RequestError, invalid_field, shown
from agent_envs.server.make_request import MakeRequest

FRAMES_PER_SECOND = 60
"""Of the console. Gymnasium's metadata says 30 whatever the frame skip."""


def is_ale(registered: EnvSpec) -> bool:
    """Whether ALE runs the environment."""
    return str(registered.entry_point).startswith("ale_py")


def ale_kwargs(request: MakeRequest, registered: EnvSpec) -> dict[str, Any]:
    """The request's kwargs, completed so that frames are skipped once and pictures have the colour asked for.

    Raises:
        RequestError: ``invalid_field`` where the kwargs say the opposite.
    """
    kwargs = dict(request.kwargs)
    if request.gray and kwargs.setdefault("obs_type", "grayscale") != "grayscale":
        raise invalid_field("kwargs.obs_type", "`grayscale`, or left out, with color `gray`", kwargs["obs_type"])
    skips = request.frame_skip > 1 or request.max_pool
    if skips and kwargs.setdefault("frameskip", 1) != 1:
        raise RequestError(
            "invalid_field",
            "the frames would be skipped twice",
            expected="`kwargs.frameskip` 1 or left out where `frame_skip` is above 1",
            got=shown(kwargs["frameskip"]),
            where="kwargs.frameskip",
        )
    own = kwargs.get("frameskip", registered.kwargs.get("frameskip"))
    if type(own) is list:  # JSON has no tuples, and ALE takes nothing else
        kwargs["frameskip"] = tuple(own)
    return kwargs


def own_frame_skip(env: gymnasium.Env) -> int:
    """Frames that ALE itself runs a step; 1 where that is drawn by lot."""
    own = env.unwrapped._frameskip
    return own if isinstance(own, int) else 1


def max_decisions(env: gymnasium.Env, frame_skip: int) -> int | None:
    """Decisions of ``frame_skip`` frames after which ALE truncates an episode."""
    frames = env.unwrapped.spec.kwargs.get("max_num_frames_per_episode")
    return math.ceil(frames / frame_skip) if frames else None
