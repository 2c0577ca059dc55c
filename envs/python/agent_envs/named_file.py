"""Reads files that a person names, or that lie in a folder that a person names (src/core/read-file.ts does the same).

A name may lead to anything: a pipe that nobody writes to never answers, a device such as /dev/zero never ends, and a
file full of holes is larger than any memory. Only a regular file of a bounded size is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

MAX_TEXT_BYTES = 16 * 2**20
"""Far more than any settings or key hold that a person writes."""
MAX_DATA_BYTES = 2**31
"""More than any model that is read at once."""
_CHUNK_BYTES = 2**20


class RefusedFileError(ValueError):
    """A file that is not read. Its text names it and what belongs there; ``got`` is what was there instead."""

    def __init__(self, path: Path, expected: str, got: str) -> None:
        super().__init__(f"{path}: expected {expected}, got {got}")
        self.got = got


def require_file(path: Path, max_bytes: int = MAX_TEXT_BYTES, *, expected: str = "a file") -> Path:
    """The path itself, for a library that opens it; ``expected`` says in an error what belongs there.

    Raises:
        RefusedFileError: for anything but a regular file of at most so many bytes.
        OSError: where nothing is there, or it may not be looked at.
    """
    _require(path, path.stat(), max_bytes, expected)
    return path


def read_bytes(path: Path, max_bytes: int = MAX_TEXT_BYTES, *, expected: str = "a file") -> bytes:
    """The content of a regular file of at most so many bytes.

    Raises:
        RefusedFileError: for anything else.
        OSError: where it cannot be opened or read.
    """
    # Without O_NONBLOCK opening a pipe would wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _require(path, os.fstat(descriptor), max_bytes, expected)
        chunks, total = [], 0
        # The size is not trusted: files of /proc say 0, and others grow while they are read.
        while chunk := os.read(descriptor, _CHUNK_BYTES):
            chunks.append(chunk)
            total += len(chunk)
            if total > max_bytes:
                raise RefusedFileError(path, expected, _too_many("more", max_bytes))
    finally:
        os.close(descriptor)
    return b"".join(chunks)


def read_text(path: Path, max_bytes: int = MAX_TEXT_BYTES, *, expected: str = "a file") -> str:
    """``read_bytes`` as UTF-8.

    Raises:
        RefusedFileError, OSError: as ``read_bytes``.
        UnicodeDecodeError: where it is no text.
    """
    return read_bytes(path, max_bytes, expected=expected).decode("utf-8")


def sha256_of(path: Path, max_bytes: int = MAX_DATA_BYTES) -> str:
    """The hash of a file's content, which need not fit into memory.

    Raises:
        RefusedFileError, OSError: as ``require_file``.
    """
    digest = hashlib.sha256()
    with require_file(path, max_bytes).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _require(path: Path, stats: os.stat_result, max_bytes: int, expected: str) -> None:
    if stat.S_ISDIR(stats.st_mode):
        raise RefusedFileError(path, expected, "a folder")
    if not stat.S_ISREG(stats.st_mode):
        raise RefusedFileError(path, expected, "a device or a pipe")
    if stats.st_size > max_bytes:
        raise RefusedFileError(path, expected, _too_many(f"{stats.st_size:,} bytes, more", max_bytes))


def _too_many(got: str, max_bytes: int) -> str:
    return f"{got} than the {max_bytes:,} bytes that are read"
