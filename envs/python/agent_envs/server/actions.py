"""What a client's actions become: every action space as a function from JSON to what `step` takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces

from agent_envs.server.errors import RequestError, invalid_field, shown
from agent_envs.server.protocol import float_or_name


@dataclass(frozen=True)
class Actions:
    """An action space as a client sees it."""

    spec: dict[str, Any]
    count: int | None
    """Number of discrete actions, ``None`` for a Box."""
    is_table: bool
    decode: Callable[[Any], Any]
    """From the request's value to the environment's action; raises ``illegal_action``."""


def discrete_actions(space: spaces.Discrete) -> Actions:
    count, start = int(space.n), int(space.start)
    kind = space.dtype.type

    def decode(action: Any) -> Any:
        if type(action) is not int or not 0 <= action < count:
            raise illegal(f"an integer from 0 to {count - 1}", action)
        return kind(start + action)

    return Actions({"kind": "discrete", "count": count, "start": start}, count, False, decode)


def as_box(space: spaces.Space) -> spaces.Box | None:
    """The Box that has the same actions as a space of vectors; ``None`` for a space that has other actions."""
    if isinstance(space, spaces.Box):
        return space
    if isinstance(space, spaces.MultiBinary):
        return spaces.Box(0, 1, space.shape, space.dtype.type)
    if isinstance(space, spaces.MultiDiscrete):
        return spaces.Box(space.start, space.start + space.nvec - 1, dtype=space.dtype.type)
    return None


def box_actions(space: spaces.Box) -> Actions:
    """Vectors as actions; the bounds of each element are told where they differ."""
    spec = {"kind": "box", **box_spec(space)}
    low, high = ([float_or_name(x) for x in bound.ravel().tolist()] for bound in _limits(space))
    if len(set(low)) > 1 or len(set(high)) > 1:
        spec |= {"lows": low, "highs": high}
    return Actions(spec, None, False, lambda action: _vector(space, action))


def table_actions(space: spaces.Box | spaces.Discrete, table: list[Any], names: list[str] | None = None) -> Actions:
    """The rows of a table as discrete actions: vectors of a Box, or numbers of discrete actions in lists of one.

    ``names`` are those of the discrete actions, for a number that is none.

    Raises:
        RequestError: ``invalid_field`` naming the row that is no action of the space.
    """
    rows = []
    for index, row in enumerate(table):
        try:
            rows.append(_number(space, row) if isinstance(space, spaces.Discrete) else _vector(space, row))
        except RequestError as error:
            there = ", ".join(f"{number} {name}" for number, name in enumerate(names or []))
            expected = ": ".join(filter(None, (error.details["expected"], there)))
            raise invalid_field(f"actions[{index}]", expected, row) from None
    count = len(rows)

    def decode(action: Any) -> Any:
        if type(action) is not int or not 0 <= action < count:
            raise illegal(f"an integer from 0 to {count - 1}", action)
        return rows[action].copy()  # an environment may write into what it is given

    return Actions({"kind": "discrete", "count": count, "start": 0}, count, True, decode)


def box_spec(space: spaces.Box) -> dict[str, Any]:
    """Shape, dtype and the loosest bounds of all elements."""
    lows, highs = _limits(space)
    low, high = (lows.min(), highs.max()) if lows.size else (0, 0)
    return {
        "shape": list(space.shape),
        "dtype": lows.dtype.name,
        "low": float_or_name(low),
        "high": float_or_name(high),
    }


def _limits(space: spaces.Box) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each element; those of truth values as of bytes, which the protocol has."""
    is_truth = space.dtype.kind == "b"
    return (space.low.astype(np.uint8), space.high.astype(np.uint8)) if is_truth else (space.low, space.high)


def _number(space: spaces.Discrete, row: Any) -> Any:
    if type(row) is not list or len(row) != 1:
        raise illegal("a list of one number", row)
    return discrete_actions(space).decode(row[0])


def _vector(space: spaces.Box, elements: Any) -> np.ndarray:
    size = int(np.prod(space.shape))
    if type(elements) is not list or len(elements) != size or any(type(e) not in (int, float) for e in elements):
        raise illegal(f"a list of {size} numbers", elements)
    try:
        vector = np.array(elements, np.float64).reshape(space.shape)
        cast = vector.astype(space.dtype)
    except (OverflowError, ValueError):
        raise illegal("numbers within bounds", elements) from None
    whole = space.dtype.kind not in "biu" or (vector == cast).all()
    if not whole or not (cast >= space.low).all() or not (cast <= space.high).all() or not np.isfinite(cast).all():
        raise illegal(f"{'whole ' if space.dtype.kind in 'biu' else ''}numbers within {_bounds(space)}", elements)
    return cast


def _bounds(space: spaces.Box) -> str:
    low, high = (bound.ravel().tolist() for bound in _limits(space))
    if len(set(low)) <= 1 and len(set(high)) <= 1:
        return f"[{low[0]}, {high[0]}]" if low else "[]"
    return ", ".join(f"[{a}, {b}]" for a, b in zip(low[:8], high[:8], strict=True))


def illegal(expected: str, action: Any) -> RequestError:
    return RequestError(
        "illegal_action", "the action is not one of the environment's", expected=expected, got=shown(action)
    )
