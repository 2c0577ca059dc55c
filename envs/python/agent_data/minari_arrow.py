"""Minari's Arrow and Parquet storages: a folder an episode, named by its number, with its table and `metadata.json`.

A table says nothing of what it unpacks to that could be trusted, so the whole process may hold one gibibyte (see
`limit_memory`). Types are held against what Minari writes before anything is unpacked.
"""

import json
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from agent_envs.named_file import read_text

from .refused import BLOCK_BYTES, MAX_METADATA, MAX_STEPS, RefusedError

MAX_MEMORY = 1 << 30
FILES_TOGETHER = 64


class ArrowEpisode:
    """An episode's columns, each by its path in the table."""

    # Every column has as many rows as there are pictures.
    ROWS_BEHIND = 1

    def __init__(self, folder: Path, ending: str) -> None:
        """`ending`: of the tables' names, `arrow` or `parquet`."""
        self.name = f"episode {folder.name}"
        self._folder = folder
        # A pipe or a device of that name would be opened, and never answer.
        self._files = sorted(file for file in folder.glob(f"*.{ending}") if file.is_file())
        if not self._files:
            raise RefusedError(f"{self.name} has no {ending} file")
        self._schemas = [schema_of(file) for file in self._files]

    def seed(self) -> int | None:
        path = self._folder / "metadata.json"
        if not path.exists():
            return None
        content = json.loads(read_text(path, MAX_METADATA))
        seed = content.get("seed") if isinstance(content, dict) else None
        return seed if isinstance(seed, int) and not isinstance(seed, bool) else None

    def has(self, *path: str) -> bool:
        return type_of(self._schemas[0], path) is not None

    def values(self, *path: str) -> np.ndarray:
        """All numbers of a column; one row a picture."""
        return np.concatenate([numbers_of(column) for column in self._columns(path, is_numbers, MAX_STEPS)])

    def files(self, path: tuple[str, ...], count: int) -> Iterator[bytes]:
        """Pictures that are stored as files, a row each."""
        columns = self._columns(path, pa.types.is_binary, FILES_TOGETHER)
        yield from self._counted((one.as_py() or b"" for column in columns for one in column), count)

    def frames(self, path: tuple[str, ...], count: int, shape: list[int]) -> Iterator[bytes]:
        """Pictures that are stored pixel by pixel."""
        size = int(np.prod(shape, dtype=np.int64))

        def is_picture(kind: pa.DataType) -> bool:
            return pa.types.is_fixed_size_list(kind) and pa.types.is_uint8(kind.value_type) and kind.list_size == size

        columns = self._columns(path, is_picture, max(1, BLOCK_BYTES // size))
        yield from self._counted((frame.tobytes() for column in columns for frame in numbers_of(column)), count)

    def _counted(self, pictures: Iterator[bytes], count: int) -> Iterator[bytes]:
        seen = 0
        for seen, picture in enumerate(pictures, 1):
            if seen > count:
                break
            yield picture
        if seen != count:
            raise RefusedError(f"{self.name} has {seen} pictures or more, {count} were expected")

    def _columns(self, path: tuple[str, ...], fits: Callable[[pa.DataType], bool], rows: int) -> Iterator[pa.Array]:
        """A column, in parts of at most so many rows."""
        for file, schema in zip(self._files, self._schemas, strict=True):
            kind = type_of(schema, path)
            if kind is None or not fits(kind):
                found = "not there" if kind is None else f"a column of {str(kind)[:80]}"
                raise RefusedError(f"{self.name}: {'/'.join(path)} is {found}")
            for batch in batches_of(file, path[0], rows):
                column = batch.column(path[0])
                column.validate(full=True)
                for name in path[1:]:
                    require_full(column)
                    column = column.field(name)
                require_full(column)
                yield column


def episodes(folder: Path, count: int, ending: str) -> Iterator[ArrowEpisode]:
    limit_memory()
    for number in range(count):
        if not (folder / str(number)).is_dir():
            raise RefusedError(f"there is no folder of episode {number}")
        yield ArrowEpisode(folder / str(number), ending)


def limit_memory() -> None:
    """What a table unpacks to beyond it is refused by the system, which comes as a `MemoryError`."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = MAX_MEMORY if most == resource.RLIM_INFINITY else min(MAX_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, most))


def schema_of(file: Path) -> pa.Schema:
    if file.suffix == ".parquet":
        return pq.read_schema(file)
    with pa.memory_map(str(file)) as source:
        return pa.ipc.open_file(source).schema


def batches_of(file: Path, column: str, rows: int) -> Iterator[pa.RecordBatch]:
    if file.suffix == ".parquet":
        with pq.ParquetFile(file) as table:
            yield from table.iter_batches(rows, columns=[column], use_threads=False)
        return
    with pa.memory_map(str(file)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def type_of(schema: pa.Schema, path: tuple[str, ...]) -> pa.DataType | None:
    """None where there is no such column."""
    fields, kind = schema, None
    for name in path:
        if fields.get_field_index(name) < 0:
            return None
        kind = fields.field(name).type
        fields = kind if pa.types.is_struct(kind) else pa.schema([])
    return kind


def is_numbers(kind: pa.DataType) -> bool:
    of = kind.value_type if pa.types.is_fixed_size_list(kind) else kind
    return pa.types.is_integer(of) or pa.types.is_floating(of) or pa.types.is_boolean(of)


def require_full(column: pa.Array) -> None:
    if column.null_count > 0:
        raise RefusedError("a column has empty rows")


def numbers_of(column: pa.Array) -> np.ndarray:
    """[rows] or [rows, size of the list]."""
    if not pa.types.is_fixed_size_list(column.type):
        return column.to_numpy(zero_copy_only=False)
    inner = column.flatten()
    require_full(inner)
    return inner.to_numpy(zero_copy_only=False).reshape(len(column), column.type.list_size)
