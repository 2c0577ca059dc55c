"""Which environments there are: Gymnasium's registry, ALE's games, and faster equals of this package."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from typing import Any

import gymnasium
from gymnasium import error
from gymnasium.envs.registration import EnvSpec

from agent_envs.server.errors import RequestError, environment_failure, exception_text, how_to_add

FASTER_EQUALS = {"CarRacing-v3": ("agent_envs.car_racing", "agent_envs/CarRacing-v3")}
"""Gymnasium's id: module and id of an implementation with the same results."""

_PACKAGES = (
    ("minatar/", "minatar"),
    ("minigrid-", "minigrid"),
    ("babyai-", "minigrid"),
    ("miniworld-", "miniworld"),
    ("minihack-", "minihack"),
    ("vizdoom", "vizdoom"),
    ("highway-", "highway-env"),
    ("flappybird-", "flappy-bird-gymnasium"),
)
"""How ids begin, in small letters, and the package that registers them."""


def find(env_id: str, plain: bool) -> EnvSpec:
    """The registered specification behind an id, imported where the id names a module.

    Raises:
        RequestError: ``unknown_env`` with ids that come close, ``unsupported_env`` where a package is missing.
    """
    if not plain and env_id in FASTER_EQUALS:
        module, env_id = FASTER_EQUALS[env_id]
        importlib.import_module(module)
    elif ":" in env_id:
        module, _, env_id = env_id.partition(":")
        _import_named(module)
    if env_id not in gymnasium.registry:
        _register_known()
    try:
        return gymnasium.spec(env_id)
    except (error.Error, AttributeError) as problem:
        raise _unknown(env_id, problem) from None


def _import_named(module: str) -> None:
    try:
        importlib.import_module(module)
    except (ModuleNotFoundError, TypeError, ValueError) as problem:
        missing = getattr(problem, "name", None) or module
        raise RequestError(
            "unknown_env",
            f"the module `{module}` of the environment's id cannot be imported",
            got=exception_text(problem),
            where="env",
            next=f"{how_to_add(missing)}; or put the module on PYTHONPATH",
        ) from None
    except (Exception, SystemExit) as problem:
        raise environment_failure(problem, f"importing `{module}`") from problem


def _register_known() -> None:
    """Register what costs too much to import before it is asked for."""
    importlib.import_module("agent_envs.car_racing")
    importlib.import_module("agent_envs.low_contrast")
    try:
        ale_py = importlib.import_module("ale_py")
    except ImportError:
        return
    gymnasium.register_envs(ale_py)


def _unknown(env_id: str, problem: Exception) -> RequestError:
    installed = registering_ids(env_id)
    quoted = ", ".join(f"`{candidate}`" for candidate in [*installed, *close_ids(env_id)])
    meant = f"did you mean {quoted}?" if quoted else None
    missing = None if installed else missing_package(env_id)
    add = missing and f"`{env_id[:120]}` comes with a package that is not installed: {how_to_add(missing)}"
    advice = "; otherwise: ".join(filter(None, (add, meant)))
    return RequestError(
        "unknown_env",
        f"no environment is registered as `{env_id[:120]}`",
        expected="an id registered with Gymnasium, or MODULE:ID",
        got=exception_text(problem)[:300],
        where="env",
        next=advice or f"if a package brings it: {how_to_add('PACKAGE')}",
    )


def registering_ids(env_id: str) -> list[str]:
    """The id with a module that is installed, is called as the id begins, and may register it when it is imported."""
    name = re.split(r"[/-]", env_id, maxsplit=1)[0].lower()
    if not name.isidentifier() or name in sys.modules or importlib.util.find_spec(name) is None:
        return []
    return [f"{name}:{env_id}"]


def missing_package(env_id: str) -> str | None:
    """The package that brings an id and is not installed; ``PACKAGE`` for a namespace that only a package can bring."""
    known = next((package for beginning, package in _PACKAGES if env_id.lower().startswith(beginning)), None)
    if known is not None:
        return known if importlib.util.find_spec(known.replace("-", "_")) is None else None
    namespace, slash, _ = env_id.partition("/")
    if not slash:
        return None
    there = {spec.namespace.lower() for spec in gymnasium.registry.values() if spec.namespace}
    # One that differs by a letter or two is a slip: the id that was meant comes first then.
    return None if difflib.get_close_matches(namespace.lower(), there, cutoff=0.6) else "PACKAGE"


def close_ids(env_id: str, count: int = 3) -> list[str]:
    """Registered ids that a person may have meant, the closest first."""
    whole = {known.lower(): known for known in sorted(gymnasium.registry)}
    bare: dict[str, Any] = {}
    for known in sorted(gymnasium.registry, key=_rank):
        bare.setdefault(_bare(known), known)
    found = difflib.get_close_matches(env_id.lower(), whole, n=count, cutoff=0.75)
    by_name = difflib.get_close_matches(_bare(env_id), bare, n=count, cutoff=0.7)
    return list(dict.fromkeys([*(bare[name] for name in by_name), *(whole[name] for name in found)]))[:count]


def _bare(env_id: str) -> str:
    """The name without namespace and version: how people remember an id."""
    name = env_id.rpartition("/")[2].lower()
    stem, _, version = name.rpartition("-v")
    return (stem if version.isdigit() and stem else name).replace("_", "").replace("-", "")


def _rank(env_id: str) -> tuple[bool, bool, int]:
    """Of ids with one bare name: ALE's current ones first, then the highest version."""
    version = env_id.rpartition("-v")[2]
    own = env_id.startswith("agent_envs/")
    return (own, not env_id.startswith("ALE/"), -int(version) if version.isdigit() else 0)
