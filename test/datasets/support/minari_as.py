"""Writes a Minari dataset anew in another of its storages, with Minari itself. What lies beside its data is copied.

python minari_as.py FROM STORAGE TO
"""

import pathlib
import shutil
import sys

import minari
from minari.data_collector.episode_buffer import EpisodeBuffer
from minari.dataset.minari_storage import MinariStorage


def main(source: pathlib.Path, stored_as: str, out: pathlib.Path) -> None:
    dataset = minari.MinariDataset(source / "data")
    (out / "data").mkdir(parents=True)
    spaces = (dataset.observation_space, dataset.action_space)
    storage = MinariStorage.new(out / "data", *spaces, data_format=stored_as, jpeg_encoding=False)
    storage.update_episodes(
        EpisodeBuffer(
            id=int(episode.id),
            seed=int(metadata["seed"]),
            observations=episode.observations,
            actions=episode.actions,
            rewards=episode.rewards.tolist(),
            terminations=episode.terminations.tolist(),
            truncations=episode.truncations.tolist(),
            infos=episode.infos,
        )
        for episode, metadata in zip(
            dataset.iterate_episodes(), dataset.storage.get_episode_metadata(range(len(dataset))), strict=True
        )
    )
    for path in source.iterdir():
        if path.is_file():
            shutil.copy(path, out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]))
