"""Writes episodes that come on standard input in Minari's layout: `data/main_data.hdf5` and `data/metadata.json`."""

import json
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np

from .minari_spaces import discrete_space, env_spec, image_space
from .pipe import read_bytes, read_line

# Of frames that are packed together; one frame is read without the others of a large picture.
CHUNK_BYTES = 1 << 18
MINARI_VERSION = "0.5.4"
# Columns of a row of numbers before the probabilities and the stack.
ACTION, REWARD, TERMINATED, TRUNCATED, LABEL, NOISE, VALUE = range(7)
NUMBERS = 7


def write(folder: str, stream: BinaryIO) -> None:
    """Reads what `export-minari.ts` sends. The folder is there and empty."""
    header = read_line(stream)
    if header is None:
        raise EOFError("nothing came")
    data = Path(folder) / "data"
    data.mkdir()
    totals = {"total_episodes": 0, "total_steps": 0}
    with h5py.File(data / "main_data.hdf5", "w", track_order=True) as file:
        while (episode := read_line(stream)) is not None:
            write_episode(file, episode, header, stream)
            totals["total_episodes"] += 1
            totals["total_steps"] += episode["steps"]
    size = (data / "main_data.hdf5").stat().st_size
    (data / "metadata.json").write_text(json.dumps(metadata_of(header) | totals | {"dataset_size": size / 1e6}))


def write_episode(file: h5py.File, episode: dict[str, Any], header: dict[str, Any], stream: BinaryIO) -> None:
    steps, actions, stack = episode["steps"], len(header["actions"]), header["stack"]
    group = file.create_group(f"episode_{episode['number']}")
    group.attrs.update({"id": episode["number"], "seed": episode["seed"], "total_steps": steps})
    width = NUMBERS + actions + stack
    numbers = np.frombuffer(read_bytes(stream, steps * width * 8), "<f8").reshape(steps, width)
    group["actions"] = numbers[:, ACTION].astype(np.int64)
    group["rewards"] = numbers[:, REWARD]
    group["terminations"] = numbers[:, TERMINATED].astype(bool)
    group["truncations"] = numbers[:, TRUNCATED].astype(bool)
    infos = group.create_group("infos")
    infos["label"] = behind(numbers[:, LABEL].astype(np.int64), -1)
    infos["is_noise"] = behind(numbers[:, NOISE].astype(bool), False)
    infos["value"] = behind(numbers[:, VALUE], np.nan)
    infos["probabilities"] = behind(numbers[:, NUMBERS : NUMBERS + actions].astype(np.float32), np.nan)
    infos["stack"] = behind(numbers[:, NUMBERS + actions :].astype(np.int64), -1)
    write_frames(group, steps + 1, header["shape"], stream)


def behind(values: np.ndarray, filling: Any) -> np.ndarray:
    """Values of the decisions, and one behind them: infos come with observations, one more than there are actions."""
    return np.concatenate([values, np.full_like(values[:1], filling)])


def write_frames(group: h5py.Group, count: int, shape: list[int], stream: BinaryIO) -> None:
    size = int(np.prod(shape))
    together = min(count, max(1, CHUNK_BYTES // size))
    frames = group.create_dataset(
        "observations", (count, *shape), np.uint8, chunks=(together, *shape), compression="lzf", maxshape=(None, *shape)
    )
    for start in range(0, count, together):
        here = min(together, count - start)
        block = np.frombuffer(read_bytes(stream, here * size), np.uint8)
        frames[start : start + here] = block.reshape(here, *shape)


def metadata_of(header: dict[str, Any]) -> dict[str, Any]:
    spec = env_spec(header["env"], header["kwargs"])
    return {
        "data_format": "hdf5",
        # JPEG would change the pixels.
        "jpeg_encoding": False,
        "observation_space": image_space(header["shape"]),
        "action_space": discrete_space(len(header["actions"])),
        **({} if spec is None else {"env_spec": spec}),
        "dataset_id": header["id"],
        "algorithm_name": header["player"],
        "author": [],
        "author_email": [],
        "code_permalink": "",
        "description": header["description"],
        "minari_version": MINARI_VERSION,
        "action_names": header["actions"],
    }
