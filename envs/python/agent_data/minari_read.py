"""Reads a folder in Minari's layout, whoever filled it, and writes its episodes to standard output.

Nothing outside the two files is looked at: links, external and virtual storage are refused, and what a file says of its
sizes is held against its length before anything is read.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from .minari_spaces import env_of, space_of
from .pipe import write_line, write_sized

MAX_METADATA = 1 << 28
MAX_EPISODES = 10_000_000
MAX_STEPS = 1_000_000
# Of what is unpacked to what is packed; gzip comes to 1,032 with nothing but zeros.
MAX_RATIO = 1000
SLACK = 1 << 26
BLOCK_BYTES = 1 << 22
OWN = ("label", "is_noise", "value", "probabilities", "stack")


class RefusedError(Exception):
    """What is wrong with the data, in words for whoever named the folder."""


def read(data: str, stream: BinaryIO, key: str | None) -> None:
    """`data`: the folder with both files. `key`: the picture's name in observations of several parts."""
    folder = Path(data)
    metadata = read_metadata(folder / "metadata.json")
    path = folder / "main_data.hdf5"
    with h5py.File(path, "r") as file:
        count = whole(metadata.get("total_episodes"), "total_episodes", MAX_EPISODES)
        header = header_of(metadata, key)
        write_line(stream, {**header, "episodes": count})
        for number in range(count):
            group = child(file, f"episode_{number}", h5py.Group)
            write_episode(group, header, number, path.stat().st_size, stream)


def read_metadata(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_METADATA:
        raise RefusedError("metadata.json is larger than 256 MiB")
    metadata = json.loads(path.read_text())
    if not isinstance(metadata, dict):
        raise RefusedError("metadata.json holds no object")
    if metadata.get("data_format", "hdf5") != "hdf5":
        raise RefusedError(f"the data is stored as {metadata['data_format']!r}; hdf5 is read")
    return metadata


def header_of(metadata: dict[str, Any], key: str | None) -> dict[str, Any]:
    space, parts = space_of(metadata, "observation_space"), []
    while space["type"] == "Dict":
        names = list(space["subspaces"])
        images = [name for name in names if is_image(space["subspaces"][name])]
        chosen = key if key in names else images[0] if len(images) == 1 and key is None else None
        if chosen is None:
            raise RefusedError(f"which observation is the picture? There are {', '.join(names)}; name one with --image")
        parts.append(chosen)
        space = space["subspaces"][chosen]
    if not is_image(space):
        shape = space.get("shape")
        raise RefusedError(f"observations are no pictures of uint8: {space['type']} {space.get('dtype', '')} {shape}")
    action = space_of(metadata, "action_space")
    if action["type"] not in ("Discrete", "Box"):
        raise RefusedError(f"actions of {action['type']}; Discrete and Box are read")
    shape = list(space["shape"])
    names = metadata.get("action_names")
    is_large = shape[0] >= 32 and shape[1] >= 32
    return {
        "shape": shape if len(shape) == 3 else [*shape, 1],
        "stored": shape,
        "encoded": bool(metadata.get("jpeg_encoding", False)) and is_large,
        "parts": parts,
        "env": env_of(metadata),
        "names": [str(name) for name in names] if isinstance(names, list) else None,
        "start": int(action.get("start", 0)) if action["type"] == "Discrete" else None,
        "count": int(action["n"]) if action["type"] == "Discrete" else None,
        "size": 1 if action["type"] == "Discrete" else int(np.prod(action["shape"], dtype=np.int64)),
        "id": str(metadata.get("dataset_id", "")),
        "player": str(metadata.get("algorithm_name") or "unknown"),
    }


def is_image(space: dict[str, Any]) -> bool:
    shape = space.get("shape") or []
    is_picture = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3))
    return space["type"] == "Box" and space.get("dtype") == "uint8" and is_picture and min(shape) > 0


def write_episode(group: h5py.Group, header: dict[str, Any], number: int, size: int, stream: BinaryIO) -> None:
    rewards = values(group, "rewards", None, size)
    steps = len(rewards)
    flags = [values(group, name, (steps,), size) for name in ("terminations", "truncations")]
    actions = values(group, "actions", None, size).reshape(steps, -1)
    if actions.shape[1] != header["size"]:
        raise RefusedError(f"{group.name}: actions of {actions.shape[1]} numbers, {header['size']} were announced")
    columns = [actions - (header["start"] or 0), rewards, *flags]
    infos = child(group, "infos", h5py.Group, optional=True)
    own = infos is not None and all(name in infos for name in OWN)
    if own:
        columns += [values(infos, name, None, size)[:steps] for name in OWN]
    matrix = np.concatenate([np.asarray(one, np.float64).reshape(steps, -1) for one in columns], axis=1)
    seed = group.attrs.get("seed")
    seed = int(seed) if seed is not None and int(seed) >= 0 else None
    write_line(stream, {"number": number, "seed": seed, "steps": steps, "width": matrix.shape[1], "own": own})
    stream.write(matrix.astype("<f8").tobytes())
    *folders, last = ["observations", *header["parts"]]
    for name in folders:
        group = child(group, name, h5py.Group)
    frames = child(group, last, h5py.Dataset)
    for frame in frames_of(frames, steps + 1, header, size):
        write_sized(stream, frame)


def frames_of(dataset: h5py.Dataset, count: int, header: dict[str, Any], size: int) -> Iterator[bytes]:
    if header["encoded"]:
        require(dataset, size)
        if dataset.shape[0] != count:
            raise RefusedError(f"{dataset.name}: {dataset.shape[0]} pictures, {count} were expected")
        for index in range(count):
            yield np.asarray(dataset[index], np.uint8).tobytes()
        return
    require(dataset, size, (count, *header["stored"]), np.uint8)
    together = max(1, BLOCK_BYTES // int(np.prod(header["stored"], dtype=np.int64)))
    for start in range(0, count, together):
        for frame in dataset[start : start + together]:
            yield frame.tobytes()


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


def values(group: h5py.Group, name: str, shape: tuple[int, ...] | None, size: int) -> np.ndarray:
    """All numbers of a column; one row a decision."""
    dataset = child(group, name, h5py.Dataset)
    require(dataset, size, shape)
    if dataset.dtype.kind not in "biuf" or len(dataset.shape) < 1 or not 1 <= dataset.shape[0] <= MAX_STEPS + 1:
        raise RefusedError(f"{dataset.name}: {dataset.dtype} {dataset.shape} is no column of numbers")
    return dataset[()]


def require(dataset: h5py.Dataset, size: int, shape: tuple[int, ...] | None = None, dtype: Any = None) -> None:
    """Refuses what lies elsewhere, has another shape, or would unpack to far more than the file is long."""
    if dataset.external or dataset.is_virtual:
        raise RefusedError(f"{dataset.name} is stored in another file")
    if (shape is not None and dataset.shape != shape) or (dtype is not None and dataset.dtype != dtype):
        wanted = f"{np.dtype(dtype) if dtype else 'numbers'} {shape}"
        raise RefusedError(f"{dataset.name}: {dataset.dtype} {dataset.shape}, expected {wanted}")
    if dataset.nbytes > size * MAX_RATIO + SLACK:
        raise RefusedError(f"{dataset.name} would unpack to {dataset.nbytes} bytes, the file has {size}")


def whole(value: Any, name: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise RefusedError(f"metadata.json: {name} is {value!r}, expected 1 to {most}")
    return value
