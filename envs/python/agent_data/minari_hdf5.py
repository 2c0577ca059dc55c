"""Minari's HDF5 storage: `main_data.hdf5`, a group an episode.

Links, external and virtual storage are refused, so that nothing outside the file is looked at, and what the file says
of its sizes is held against its length before anything is read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .refused import BLOCK_BYTES, MAX_RATIO, MAX_STEPS, SLACK, RefusedError


class Hdf5Episode:
    """An episode's columns, each by its path in the group."""

    # Rows of actions and rewards beyond the last decision.
    ROWS_BEHIND = 0

    def __init__(self, group: h5py.Group, size: int) -> None:
        """`size`: bytes of the file."""
        self._group = group
        self._size = size

    @property
    def name(self) -> str:
        return self._group.name

    def seed(self) -> int | None:
        seed = self._group.attrs.get("seed")
        return None if seed is None else int(seed)

    def has(self, *path: str) -> bool:
        """Whether there is something of this name."""
        group = self._group
        for name in path[:-1]:
            group = child(group, name, h5py.Group, optional=True)
            if group is None:
                return False
        return path[-1] in group

    def values(self, *path: str) -> np.ndarray:
        """All numbers of a column; one row a decision."""
        dataset = self._dataset(path)
        require(dataset, self._size)
        if dataset.dtype.kind not in "biuf" or len(dataset.shape) < 1 or not 1 <= dataset.shape[0] <= MAX_STEPS + 1:
            raise RefusedError(f"{dataset.name}: {dataset.dtype} {dataset.shape} is no column of numbers")
        return dataset[()]

    def files(self, path: tuple[str, ...], count: int) -> Iterator[bytes]:
        """Pictures that are stored as files, a row each."""
        dataset = self._dataset(path)
        require(dataset, self._size)
        if dataset.shape[0] != count:
            raise RefusedError(f"{dataset.name}: {dataset.shape[0]} pictures, {count} were expected")
        for index in range(count):
            yield np.asarray(dataset[index], np.uint8).tobytes()

    def frames(self, path: tuple[str, ...], count: int, shape: list[int]) -> Iterator[bytes]:
        """Pictures that are stored pixel by pixel."""
        dataset = self._dataset(path)
        require(dataset, self._size, (count, *shape), np.uint8)
        together = max(1, BLOCK_BYTES // int(np.prod(shape, dtype=np.int64)))
        for start in range(0, count, together):
            for frame in dataset[start : start + together]:
                yield frame.tobytes()

    def _dataset(self, path: tuple[str, ...]) -> h5py.Dataset:
        group = self._group
        for name in path[:-1]:
            group = child(group, name, h5py.Group)
        return child(group, path[-1], h5py.Dataset)


def episodes(folder: Path, count: int) -> Iterator[Hdf5Episode]:
    path = folder / "main_data.hdf5"
    if not path.is_file():
        raise RefusedError(f"{path.name} is missing")
    with h5py.File(path, "r") as file:
        for number in range(count):
            yield Hdf5Episode(child(file, f"episode_{number}", h5py.Group), path.stat().st_size)


def child(group: h5py.Group, name: str, kind: type, optional: bool = False) -> Any:
    """A part of a group by its name, stored in this very file."""
    link = group.get(name, getlink=True)
    if link is None:
        if optional:
            return None
        raise RefusedError(f"{group.name} has no {name}")
    if not isinstance(link, h5py.HardLink):
        raise RefusedError(f"{group.name}/{name} is a link, which may lead out of the file")
    found = group[name]
    if not isinstance(found, kind):
        raise RefusedError(f"{group.name}/{name} is another kind of thing than {kind.__name__}")
    return found


def require(dataset: h5py.Dataset, size: int, shape: tuple[int, ...] | None = None, dtype: Any = None) -> None:
    """Refuses what lies elsewhere, has another shape, or would unpack to far more than the file is long."""
    if dataset.external or dataset.is_virtual:
        raise RefusedError(f"{dataset.name} is stored in another file")
    if (shape is not None and dataset.shape != shape) or (dtype is not None and dataset.dtype != dtype):
        wanted = f"{np.dtype(dtype) if dtype else 'numbers'} {shape}"
        raise RefusedError(f"{dataset.name}: {dataset.dtype} {dataset.shape}, expected {wanted}")
    if dataset.nbytes > size * MAX_RATIO + SLACK:
        raise RefusedError(f"{dataset.name} would unpack to {dataset.nbytes} bytes, the file has {size}")
