"""Blocks on a pipe: lines of JSON, and bytes whose number both sides know. `src/datasets/exchange/python-pipe.ts`."""

import json
import struct
from typing import Any, BinaryIO

# A line says what follows it and holds no data.
MAX_LINE = 1 << 24


def write_line(stream: BinaryIO, content: dict[str, Any]) -> None:
    stream.write(json.dumps(content).encode() + b"\n")


def read_line(stream: BinaryIO) -> dict[str, Any] | None:
    """None at the end."""
    line = stream.readline(MAX_LINE)
    return json.loads(line) if line else None


def read_bytes(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise EOFError(f"{len(data)} bytes of {length}")
    return data


def write_sized(stream: BinaryIO, data: bytes) -> None:
    """Bytes after their number, 32 bits, little-endian."""
    stream.write(struct.pack("<I", len(data)))
    stream.write(data)
