"""What is wrong with data, in words for whoever named the folder, and the limits that it is held to."""

from typing import Any

MAX_METADATA = 1 << 28
MAX_EPISODES = 10_000_000
MAX_STEPS = 1_000_000
# Of what is unpacked to what is packed; gzip comes to 1,032 with nothing but zeros.
MAX_RATIO = 1000
SLACK = 1 << 26
# Of pictures that are unpacked together.
BLOCK_BYTES = 1 << 22


class RefusedError(Exception):
    """Data that is not read. Its text is one sentence."""


def whole(value: Any, name: str, most: int) -> int:
    """A count that metadata names. Raises `RefusedError` where it is none, or beyond `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise RefusedError(f"metadata.json: {name} is {value!r}, expected 1 to {most}")
    return value
