"""Reads one dataset in its native form and in every export with the libraries that own the layouts, and compares all.

python read_exports.py NATIVE HF LEROBOT MINARI OUTPUT.json
"""

import io
import json
import pathlib
import sys
import tempfile

import duckdb
import minari
import numpy as np
import pandas
import PIL.Image
import pyarrow.parquet

import datasets

datasets.disable_progress_bars()


def native_rows(folder: pathlib.Path) -> tuple[pandas.DataFrame, list[bytes]]:
    """The step table by DuckDB and by pandas, which must agree, and each row's PNG out of the pack."""
    tables = sorted((folder / "shards").glob("*.parquet"))
    by_duckdb = duckdb.sql(f"select * from read_parquet({[str(path) for path in tables]!r})").df()
    by_pandas = pandas.concat([pandas.read_parquet(path) for path in tables], ignore_index=True)
    assert list(by_duckdb.columns) == list(by_pandas.columns)
    for name in ("episode", "seed", "step", "action", "label", "reward", "terminated", "frame_offset"):
        assert (by_duckdb[name].to_numpy() == by_pandas[name].to_numpy()).all(), name
    pictures = []
    for path in tables:
        pack = path.with_suffix(".frames").read_bytes()
        own = pandas.read_parquet(path)
        pictures += [pack[at : at + size] for at, size in zip(own["frame_offset"], own["frame_bytes"], strict=True)]
    return by_pandas, pictures


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(png)))


def check_hf(folder: str, rows: pandas.DataFrame, pictures: list[bytes], cache: str) -> int:
    parts = datasets.load_dataset(folder, cache_dir=cache)
    seen = 0
    at = {(row.episode, row.step): index for index, row in enumerate(rows.itertuples())}
    for split, part in parts.items():
        assert isinstance(part.features["image"], datasets.Image), part.features
        raw = part.cast_column("image", datasets.Image(decode=False))
        for row, shown in zip(raw, part, strict=True):
            index = at[row["episode"], row["step"]]
            own = rows.iloc[index]
            assert row["image"]["bytes"] == pictures[index]
            assert (np.asarray(shown["image"]) == pixels(pictures[index])).all()
            assert row["split"] == own["split"] == split
            for name in ("seed", "action", "label", "is_noise", "reward", "terminated", "truncated"):
                assert row[name] == own[name], name
            assert (row["probabilities"] is None) == (own["probabilities"] is None)
            if row["probabilities"] is not None:
                assert (np.asarray(row["probabilities"], np.float32) == own["probabilities"]).all()
            seen += 1
    episodes = datasets.load_dataset(folder, "episodes", cache_dir=cache)["train"]
    assert sum(episodes["steps"]) == seen
    return seen


def check_lerobot(folder: str, rows: pandas.DataFrame, pictures: list[bytes], cache: str) -> int:
    """By the documented layout: `meta/info.json` names features and files, `meta/episodes` the ranges of rows."""
    root = pathlib.Path(folder)
    info = json.loads((root / "meta/info.json").read_text())
    features = {}
    for name, feature in info["features"].items():
        value = datasets.Image() if feature["dtype"] == "image" else datasets.Value(feature["dtype"])
        is_list = feature["dtype"] != "image" and feature["shape"] != [1]
        features[name] = datasets.Sequence(value, length=feature["shape"][0]) if is_list else value
    files = sorted(str(path) for path in root.glob("data/*/*.parquet"))
    loaded = datasets.Dataset.from_parquet(files, features=datasets.Features(features), cache_dir=cache)
    assert len(loaded) == info["total_frames"]
    table = pyarrow.parquet.read_table(files).to_pylist()
    episodes = pyarrow.parquet.read_table(root / "meta/episodes").to_pylist()
    assert len(episodes) == info["total_episodes"]
    at = {(row.episode, row.step): index for index, row in enumerate(rows.itertuples())}
    for episode in episodes:
        for place in range(episode["dataset_from_index"], episode["dataset_to_index"]):
            row = table[place]
            index = at[row["source_episode"], row["frame_index"]]
            own = rows.iloc[index]
            assert row["episode_index"] == episode["episode_index"]
            assert row["observation.image"]["bytes"] == pictures[index]
            assert int(np.argmax(row["action"])) == row["label"] == own["label"]
            assert (row["executed_action"], row["reward"]) == (own["action"], own["reward"])
    return len(table)


def check_minari(folder: str, rows: pandas.DataFrame, pictures: list[bytes]) -> int:
    dataset = minari.MinariDataset(str(pathlib.Path(folder) / "data"))
    seen = 0
    for episode in dataset.iterate_episodes():
        own = rows[rows["episode"] == episode.id]
        assert len(episode.actions) == len(own)
        assert len(episode.observations) == len(own) + 1
        assert dataset.action_space.contains(episode.actions[0])
        assert dataset.observation_space.contains(episode.observations[0])
        assert (episode.actions == own["action"]).all()
        assert (episode.rewards == own["reward"]).all()
        assert (episode.terminations == own["terminated"]).all()
        assert (episode.infos["label"][:-1] == own["label"]).all()
        for place, index in enumerate(own.index):
            seen_picture = episode.observations[place]
            assert (seen_picture == pixels(pictures[index]).reshape(seen_picture.shape)).all()
            seen += 1
    assert seen == dataset.total_steps
    return seen


def main(native: str, hf: str, lerobot: str, minari_folder: str, output: str) -> None:
    rows, pictures = native_rows(pathlib.Path(native))
    with tempfile.TemporaryDirectory() as cache:
        counts = {
            "native": len(rows),
            "hf": check_hf(hf, rows, pictures, cache),
            "lerobot": check_lerobot(lerobot, rows, pictures, cache),
            "minari": check_minari(minari_folder, rows, pictures),
        }
    pathlib.Path(output).write_text(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
