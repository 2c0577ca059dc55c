"""PyTorch's files of tensors (``torch.save``) as arrays, of both layouts: the zip, and the one before PyTorch 1.6."""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np

from .unpickle import DataUnpickler, name_of

_TYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "<b1",
}


@dataclass
class Storage:
    """The elements that tensors are views of; filled after the tensors are named, in the old layout."""

    dtype: np.dtype
    count: int
    content: bytes = b""


@dataclass(frozen=True)
class View:
    """A tensor as a view of a storage, in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> np.ndarray:
        """A copy in C order.

        Raises:
            ValueError: for a view beyond its storage.
        """
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        elements = np.frombuffer(self.storage.content, self.storage.dtype)
        if any(size < 0 for size in (self.offset, *self.shape, *self.strides)):
            raise ValueError("a tensor of a negative size")
        if 0 in self.shape:
            return np.zeros(self.shape, self.storage.dtype)
        # The second: a tensor that repeats its elements could be of any size.
        if last >= len(elements) or math.prod(self.shape) > len(elements):
            raise ValueError(f"a tensor of shape {self.shape} in a storage of {len(elements)}")
        steps = [stride * elements.itemsize for stride in self.strides]
        view = np.lib.stride_tricks.as_strided(elements[self.offset :], self.shape, steps, writeable=False)
        return np.ascontiguousarray(view)


def _tensor(storage: Storage, offset: int, shape: tuple, strides: tuple, *_more: Any) -> View:
    return View(storage, offset, tuple(shape), tuple(strides))


def _parameter(data: View, *_more: Any) -> View:
    return data


_FUNCTIONS = {
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
}


def read_tensors(content: bytes, where: str) -> dict[str, np.ndarray]:
    """The state dictionary of a module by name.

    Raises:
        ValueError: names ``where`` the file stands, if it is damaged or holds something else.
    """
    try:
        views = _from_zip(content) if zipfile.is_zipfile(io.BytesIO(content)) else _from_stream(content)
        if not isinstance(views, dict):
            raise ValueError(f"expected tensors by name, got {name_of(views)}")
        return {str(name): view.array() for name, view in views.items() if isinstance(view, View)}
    except Exception as problem:  # a damaged pickle raises nearly anything
        raise ValueError(f"{where}: cannot be read as tensors: {type(problem).__name__}: {problem}") from None


def _storage_of(pid: Any) -> tuple[Storage, str]:
    _, kind, key, _, count, *_ = pid
    name = name_of(kind).rpartition(".")[2]
    if name not in _TYPES:
        raise ValueError(f"tensors of {name} are not read")
    return Storage(np.dtype(_TYPES[name]), int(count)), str(key)


def _from_zip(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [pickled] = [name for name in archive.namelist() if name.endswith("data.pkl")]
        folder = pickled.removesuffix("data.pkl")

        def storage(pid: Any) -> Storage:
            made, key = _storage_of(pid)
            made.content = archive.read(f"{folder}data/{key}")
            return made

        return DataUnpickler(io.BytesIO(archive.read(pickled)), _FUNCTIONS, storage).load()


def _from_stream(content: bytes) -> Any:
    """Four pickles (a magic number, a version, the machine's facts, the tensors), their keys, then all storages."""
    file = io.BytesIO(content)
    storages: dict[str, Storage] = {}

    def storage(pid: Any) -> Storage:
        made, key = _storage_of(pid)
        return storages.setdefault(key, made)

    for _ in range(3):
        DataUnpickler(file).load()
    views = DataUnpickler(file, _FUNCTIONS, storage).load()
    for key in DataUnpickler(file).load():
        count = int.from_bytes(file.read(8), "little")
        made = storages[str(key)]
        made.content = file.read(count * made.dtype.itemsize)
    return views
