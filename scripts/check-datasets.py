"""Opens a collected dataset and its export for LeRobot with Hugging Face's `datasets`, and compares them.

For developers; not part of the tests, which check what is written without it:

    python -m venv VENV && VENV/bin/pip install datasets pillow
    ./agent collect --game carracing --policy expert --episodes 2 --max-decisions 100 --out DATASET
    ./agent datasets export DATASET --format lerobot --out EXPORT
    VENV/bin/python scripts/check-datasets.py DATASET EXPORT
"""

import json
import pathlib
import sys
import tempfile

import datasets
import PIL.Image


def compare_as_lerobot(export: str) -> None:
    """Reads the rows with the features that LeRobot makes of meta/info.json (`get_hf_features_from_features`)."""
    info = json.loads((pathlib.Path(export) / "meta/info.json").read_text())
    files = sorted(str(path) for path in (pathlib.Path(export) / "data").glob("*/*.parquet"))
    features = {}
    for name, feature in info["features"].items():
        if feature["dtype"] == "image":
            features[name] = datasets.Image()
        elif feature["shape"] == [1]:
            features[name] = datasets.Value(feature["dtype"])
        else:
            value = datasets.Value(feature["dtype"])
            features[name] = datasets.Sequence(value, length=feature["shape"][0])
    with tempfile.TemporaryDirectory() as cache:
        rows = datasets.Dataset.from_parquet(files, features=datasets.Features(features), cache_dir=cache)
        assert len(rows) == info["total_frames"]
        assert len(rows[0]["action"]) == len(info["features"]["action"]["names"])
        assert rows[0]["observation.image"].size == tuple(info["features"]["observation.image"]["shape"][1::-1])


def main(native: str, export: str) -> None:
    with tempfile.TemporaryDirectory() as cache:
        rows = datasets.load_dataset(native, split="train", cache_dir=cache)
        exported = datasets.load_dataset(export, split="train", cache_dir=cache)
        assert len(rows) == len(exported) > 0, (len(rows), len(exported))
        assert isinstance(exported.features["observation.image"], datasets.Image), exported.features
        assert exported.features["action"].feature.dtype == "float32", exported.features
        compare_as_lerobot(export)
        labels = {(row["seed"], row["step"]): row["label"] for row in rows}
        for row in exported:
            assert isinstance(row["observation.image"], PIL.Image.Image)
            assert sum(row["action"]) == 1 and row["action"][row["label"]] == 1, row["action"]
            assert labels[row["seed"], row["frame_index"]] == row["label"]
        print(f"datasets {datasets.__version__}: {len(rows)} rows, pictures of {exported[0]['observation.image'].size}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
