"""An expert package on disk: ``config.json`` and ``model.safetensors``, of arrays. Playing checks them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from agent_envs.atomic import write_atomically

_DTYPES = {"float32": "F32", "float64": "F64"}


def write_package(out: Path, config: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    """Write both files, the configuration last."""
    content = safetensors(tensors)
    write_atomically(out / "model.safetensors", lambda temporary: temporary.write_bytes(content))
    text = json.dumps(config, indent=2) + "\n"
    write_atomically(out / "config.json", lambda temporary: temporary.write_text(text, encoding="utf-8"))


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    """The file's bytes: the header's length, the header as JSON, the tensors in the order of their names."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    parts, offset = [], 0
    for name, tensor in sorted(tensors.items()):
        part = np.ascontiguousarray(tensor).tobytes()
        ends = [offset, offset + len(part)]
        header[name] = {"dtype": _DTYPES[tensor.dtype.name], "shape": list(tensor.shape), "data_offsets": ends}
        parts.append(part)
        offset += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])
