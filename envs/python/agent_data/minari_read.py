"""Reads a folder in Minari's layout, whoever filled it, and writes its episodes to standard output.

Nothing outside the folder's own files is looked at. What they hold is unpacked within limits (see `refused`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from agent_envs.named_file import read_text

from .minari_spaces import env_of, space_of
from .pipe import write_line, write_sized
from .refused import MAX_EPISODES, MAX_METADATA, MAX_STEPS, RefusedError, whole

OWN = ("label", "is_noise", "value", "probabilities", "stack")


def read(data: str, stream: BinaryIO, key: str | None) -> None:
    """`data`: the folder with metadata.json. `key`: the picture's name in observations of several parts."""
    folder = Path(data)
    metadata = read_metadata(folder / "metadata.json")
    count = whole(metadata.get("total_episodes"), "total_episodes", MAX_EPISODES)
    header = header_of(metadata, key)
    stored = episodes_of(folder, metadata.get("data_format", "hdf5"), count)
    write_line(stream, {**header, "episodes": count})
    for number, episode in enumerate(stored):
        write_episode(episode, header, number, stream)


def read_metadata(path: Path) -> dict[str, Any]:
    metadata = json.loads(read_text(path, MAX_METADATA))
    if not isinstance(metadata, dict):
        raise RefusedError("metadata.json holds no object")
    return metadata


def episodes_of(folder: Path, stored_as: Any, count: int) -> Iterator[Any]:
    """`Hdf5Episode` or `ArrowEpisode`. Only the library of the storage is needed."""
    if stored_as == "hdf5":
        from .minari_hdf5 import episodes

        return episodes(folder, count)
    if stored_as in ("arrow", "parquet"):
        from .minari_arrow import episodes as in_tables

        return in_tables(folder, count, stored_as)
    raise RefusedError(f"the data is stored as {stored_as!r}; hdf5, arrow and parquet are read")


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


def write_episode(episode: Any, header: dict[str, Any], number: int, stream: BinaryIO) -> None:
    rewards, *flags = (column_of(episode, name) for name in ("rewards", "terminations", "truncations"))
    actions = episode.values("actions")
    actions = actions.reshape(len(actions), -1)
    steps = len(rewards) - episode.ROWS_BEHIND
    if not 1 <= steps <= MAX_STEPS:
        raise RefusedError(f"{episode.name}: {steps} decisions, expected 1 to {MAX_STEPS}")
    if any(len(column) != len(rewards) for column in (actions, *flags)):
        raise RefusedError(f"{episode.name}: columns of {[len(one) for one in (actions, rewards, *flags)]} rows")
    if actions.shape[1] != header["size"]:
        raise RefusedError(f"{episode.name}: actions of {actions.shape[1]} numbers, {header['size']} were announced")
    columns = [actions - (header["start"] or 0), rewards, *flags]
    own = all(episode.has("infos", name) for name in OWN)
    if own:
        columns += [episode.values("infos", name) for name in OWN]
    matrix = np.concatenate([np.asarray(one[:steps], np.float64).reshape(steps, -1) for one in columns], axis=1)
    seed = episode.seed()
    seed = seed if seed is not None and seed >= 0 else None
    write_line(stream, {"number": number, "seed": seed, "steps": steps, "width": matrix.shape[1], "own": own})
    stream.write(matrix.astype("<f8").tobytes())
    path = ("observations", *header["parts"])
    stored = episode.files(path, steps + 1) if header["encoded"] else episode.frames(path, steps + 1, header["stored"])
    for frame in stored:
        write_sized(stream, frame)


def column_of(episode: Any, name: str) -> np.ndarray:
    """One number a row."""
    values = episode.values(name)
    if values.size != len(values):
        raise RefusedError(f"{episode.name}: {name} of shape {values.shape}, expected one number a row")
    return values.reshape(-1)
