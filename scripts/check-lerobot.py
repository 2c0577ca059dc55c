"""Opens exports for LeRobot with the real library, pictures and videos alike, and compares all of them.

For developers; the tests read the documented layout with pyarrow, because lerobot brings PyTorch along:

    python -m venv VENV && VENV/bin/pip install lerobot
    ./agent datasets export DATASET --format lerobot --out EXPORT
    ./agent datasets export DATASET --format lerobot --video --out VIDEOS
    VENV/bin/python scripts/check-lerobot.py EXPORT VIDEOS
"""

import sys

import av
import torch
from lerobot.configs.types import FeatureType
from lerobot.datasets.lerobot_dataset import LeRobotDataset, LeRobotDatasetMetadata
from lerobot.datasets.utils import dataset_to_policy_features

IMAGE = "observation.image"


def video_pictures(folder: str) -> dict[tuple[int, int], torch.Tensor]:
    """By episode and frame. Decoded with PyAV: lerobot's own decoder needs FFmpeg's shared libraries."""
    meta = LeRobotDatasetMetadata("local/videos", root=folder)
    pictures = {}
    for episode in meta.episodes:
        number, first = episode["episode_index"], round(episode[f"videos/{IMAGE}/from_timestamp"] * meta.fps)
        with av.open(str(meta.root / meta.get_video_file_path(number, IMAGE))) as container:
            for place, frame in enumerate(container.decode(video=0)):
                assert abs(frame.time - place / meta.fps) < 1e-4, (frame.time, place)
                if first <= place < first + episode["length"]:
                    pixels = torch.from_numpy(frame.to_ndarray(format="rgb24"))
                    pictures[number, place - first] = pixels.permute(2, 0, 1)
    return pictures


def main(pictures: str, videos: str) -> None:
    dataset = LeRobotDataset("local/pictures", root=pictures)
    features = dataset_to_policy_features(dataset.meta.features)
    assert sorted(features) == ["action", IMAGE], features
    filmed = video_pictures(videos)
    assert len(filmed) == len(dataset) > 0
    for row in dataset:
        assert row["action"].shape == features["action"].shape and row["action"].dtype == torch.float32
        assert int(row["action"].argmax()) == int(row["label"])
        place = int(row["episode_index"]), int(row["frame_index"])
        assert torch.equal((row[IMAGE] * 255).round().to(torch.uint8), filmed[place]), place
    loader = torch.utils.data.DataLoader(dataset, batch_size=8)
    assert next(iter(loader))["action"].shape[1:] == features["action"].shape
    print(f"{len(dataset)} rows, {dataset.num_episodes} episodes, pictures and videos alike")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
