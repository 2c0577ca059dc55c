"""An environment's ``info`` as JSON: plain values, small arrays as lists, the rest named and left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from agent_envs.server.protocol import MAX_INTEGER, float_or_name

MAX_ARRAY_ELEMENTS = 64
MAX_TEXT_CHARACTERS = 4096
MAX_VALUES = 1000
"""Values of one ``info``, those inside lists and objects counted too."""
MAX_DEPTH = 8
MAX_OMITTED_NAMES = 100

OMITTED = "_omitted"


class _Unsayable(Exception):
    """A value that JSON cannot say, or not in reasonable length."""


def information(info: Mapping[str, Any]) -> dict[str, Any]:
    """``info`` as a JSON object; what is left out is named under ``_omitted``."""
    said: dict[str, Any] = {}
    for key, value in info.items():  # the common case: a few plain values
        kind = type(value)
        if (
            type(key) is str
            and len(said) < MAX_ARRAY_ELEMENTS
            and (
                (kind is int and -MAX_INTEGER <= value <= MAX_INTEGER)
                or kind is bool
                or (kind is float and math.isfinite(value))
            )
        ):
            said[key] = value
        else:
            return _Converter().convert(info)
    return said


def all_omitted(info: Mapping[str, Any]) -> dict[str, Any]:
    """An ``info`` with everything left out, for a reply that would be longer than a message may be."""
    return {OMITTED: [_name(key) for key in list(info)[:MAX_OMITTED_NAMES]]}


class _Converter:
    """One conversion: counts values and collects the names of what is left out."""

    def __init__(self) -> None:
        self._values = 0
        self._omitted: list[str] = []

    def convert(self, info: Mapping[str, Any]) -> dict[str, Any]:
        said = self._mapping(info, "", 0)
        if self._omitted:
            said[OMITTED] = self._omitted
        return said

    def _mapping(self, values: Mapping[Any, Any], prefix: str, depth: int) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, value in values.items():
            name = prefix + _name(key)
            try:
                if type(key) is not str or len(key) > MAX_TEXT_CHARACTERS:
                    raise _Unsayable
                said[key] = self._value(value, name, depth)
            except _Unsayable:
                if len(self._omitted) < MAX_OMITTED_NAMES:
                    self._omitted.append(name)
        return said

    def _value(self, value: Any, name: str, depth: int) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _Unsayable
        if value is None or isinstance(value, bool | np.bool_):
            return None if value is None else bool(value)
        if isinstance(value, int | np.integer):
            return _exact(int(value))
        if isinstance(value, float | np.floating):
            return float_or_name(value)
        if isinstance(value, str):
            if len(value) > MAX_TEXT_CHARACTERS:
                raise _Unsayable
            return str(value)
        if isinstance(value, np.ndarray):
            if value.size > MAX_ARRAY_ELEMENTS or value.dtype.kind not in "biufUO":
                raise _Unsayable
            value = value.tolist()
            if not isinstance(value, list):
                return self._value(value, name, depth)
        if depth >= MAX_DEPTH:
            raise _Unsayable
        if isinstance(value, Mapping):
            return self._mapping(value, f"{name}.", depth + 1)
        if isinstance(value, list | tuple):
            if len(value) > MAX_VALUES:
                raise _Unsayable
            return [self._value(element, name, depth + 1) for element in value]
        raise _Unsayable


def _exact(number: int) -> int:
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise _Unsayable
    return number


def _name(key: Any) -> str:
    return (key if type(key) is str else f"<{type(key).__name__}>")[:120]
