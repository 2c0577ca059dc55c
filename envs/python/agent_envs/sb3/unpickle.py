"""Pickles read as data: arrays, names and plain containers. Nothing that a pickle names is imported or called."""

from __future__ import annotations

import io
import pickle
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np


class Stand:
    """What stands for an instance of a class, or for the result of a call, that is not made.

    ``arguments`` are what the call was given, ``state`` is what was set afterwards, ``items`` what was put in.
    """

    qualified = ""
    """Module and name of the class or function, such as ``gym.spaces.box.Box``."""

    def __init__(self, *arguments: Any, **_named: Any) -> None:
        self.arguments = arguments
        self.state: Any = {}
        self.items: list[Any] = []

    def __new__(cls, *_arguments: Any, **_named: Any) -> Stand:
        stand = super().__new__(cls)
        Stand.__init__(stand, *_arguments)
        return stand

    def __call__(self, *arguments: Any, **_named: Any) -> Stand:
        """What the call of a call's result would give: cloudpickle makes functions so, that a class is saved with."""
        return type(self)(*arguments)

    def __setstate__(self, state: Any) -> None:
        # A state in two parts is that of a class with slots: the first part is the dictionary.
        self.state = state[0] if isinstance(state, tuple) and len(state) == 2 else state

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items.append((key, value))

    def append(self, value: Any) -> None:
        self.items.append(value)

    def extend(self, values: Any) -> None:
        self.items.extend(values)

    def get(self, name: str, default: Any = None) -> Any:
        """A field of the state."""
        return self.state.get(name, default) if isinstance(self.state, dict) else default


def name_of(value: Any) -> str:
    """Module and name of a class that a pickle names, or of the class of one of its instances."""
    if isinstance(value, Stand) and value.qualified.endswith("._make_skeleton_class"):
        return f"__main__.{value.arguments[1]}"  # a class that cloudpickle saved with its code
    kind = value if isinstance(value, type) else type(value)
    return kind.qualified if issubclass(kind, Stand) else f"{kind.__module__}.{kind.__qualname__}"


_DTYPE = re.compile(r"[<>=|]?[biuf]\d{1,2}")


def _dtype(spec: Any, *_flags: Any) -> np.dtype:
    if not isinstance(spec, str) or not _DTYPE.fullmatch(spec):
        raise pickle.UnpicklingError(f"arrays of {spec!r} are not read")
    return np.dtype(spec, copy=True)


def _reconstruct(*_marks: Any) -> np.ndarray:
    return np.ndarray(0, np.uint8)  # what follows in the pickle gives it shape, type and content


def _from_buffer(
    buffer: Any, dtype: np.dtype, shape: tuple[int, ...], order: str, axes: tuple[int, ...] | None = None
) -> np.ndarray:
    flat = np.frombuffer(buffer, dtype)
    # NumPy 2.3 and later keep any order of axes, and say which.
    return flat.reshape(shape, order=order) if axes is None else flat.reshape(shape).transpose(axes)


def _scalar(dtype: np.dtype, content: bytes) -> Any:
    return np.frombuffer(content, dtype)[0].item()


def _array_functions() -> dict[tuple[str, str], Any]:
    functions: dict[tuple[str, str], Any] = {("numpy", "dtype"): _dtype}
    for module in ("numpy.core", "numpy._core"):
        functions |= {
            (f"{module}.multiarray", "_reconstruct"): _reconstruct,
            (f"{module}.multiarray", "scalar"): _scalar,
            (f"{module}.numeric", "_frombuffer"): _from_buffer,
        }
    return functions


_KNOWN = _array_functions() | {("collections", "OrderedDict"): OrderedDict}


class DataUnpickler(pickle.Unpickler):
    """``functions`` are what further names stand for; ``storage`` answers a persistent id."""

    def __init__(
        self,
        file: BinaryIO,
        functions: dict[tuple[str, str], Any] | None = None,
        storage: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(file, encoding="latin1")
        self._functions = _KNOWN | (functions or {})
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        known = self._functions.get((module, name))
        return known if known is not None else type(name, (Stand,), {"qualified": f"{module}.{name}"})

    def persistent_load(self, pid: Any) -> Any:
        if self._storage is None:
            raise pickle.UnpicklingError("a persistent id where none is expected")
        return self._storage(pid)


def unpickled(content: bytes, where: str) -> Any:
    """The data of a pickle.

    Raises:
        ValueError: names ``where`` the pickle stands, if it is damaged or more than data.
    """
    try:
        return DataUnpickler(io.BytesIO(content)).load()
    except Exception as problem:  # a damaged pickle raises nearly anything
        raise ValueError(f"{where}: cannot be read as data: {type(problem).__name__}: {problem}") from None
