"""Writes data as others would: with `datasets`, and with Minari's own writer.

python make_foreign.py FOLDER
"""

import pathlib
import sys

import gymnasium
import minari
import numpy as np
from minari.data_collector.episode_buffer import EpisodeBuffer
from minari.dataset.minari_storage import MinariStorage

import datasets

ACTIONS = ["somersault", "steer right", "steer left", "accelerate", "brake"]
EPISODES, STEPS = 3, 4


def frame(episode: int, step: int) -> np.ndarray:
    return np.full((96, 96, 3), (40 * episode, 20 * step, 7), np.uint8)


def write_hf(folder: pathlib.Path) -> None:
    rows = [
        {"episode_index": e, "frame_index": s, "image": frame(e, s), "action": (e + s) % 5, "reward": s / 3}
        for e in range(EPISODES)
        for s in range(STEPS)
    ]
    for row in rows:
        row["done"] = row["frame_index"] == STEPS - 1
    features = datasets.Features(
        {
            "episode_index": datasets.Value("int64"),
            "frame_index": datasets.Value("int64"),
            "image": datasets.Image(),
            "action": datasets.ClassLabel(names=ACTIONS),
            "reward": datasets.Value("float64"),
            "done": datasets.Value("bool"),
        }
    )
    (folder / "hf").mkdir()
    datasets.Dataset.from_list(rows, features=features).to_parquet(folder / "hf/train.parquet")


def write_minari(
    folder: pathlib.Path, name: str, jpeg: bool, env: str | None = "CarRacing-v3", stored_as: str = "hdf5"
) -> None:
    (folder / name / "data").mkdir(parents=True)
    storage = MinariStorage.new(
        folder / name / "data",
        gymnasium.spaces.Box(0, 255, (96, 96, 3), np.uint8),
        gymnasium.spaces.Discrete(5),
        env_spec=gymnasium.spec(env) if env else None,
        data_format=stored_as,
        jpeg_encoding=jpeg,
    )
    storage.update_episodes(
        EpisodeBuffer(
            id=e,
            seed=10 + e,
            observations=[frame(e, s) for s in range(STEPS + 1)],
            actions=[(e + s) % 5 for s in range(STEPS)],
            rewards=[s / 3 for s in range(STEPS)],
            terminations=[s == STEPS - 1 for s in range(STEPS)],
            truncations=[False] * STEPS,
        )
        for e in range(EPISODES)
    )
    storage.update_metadata({"dataset_id": f"others/{name}-v0", "minari_version": minari.__version__})


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    write_hf(out)
    for stored_as, name in (("hdf5", "minari"), ("arrow", "minari-arrow"), ("parquet", "minari-parquet")):
        write_minari(out, name, False, stored_as=stored_as)
        write_minari(out, f"{name}-jpeg", True, stored_as=stored_as)
    write_minari(out, "minari-other", False, env=None)
