"""The peer of `npm run bench -- data` for Minari's layout: the same episodes, read and written by Minari itself.

    python minari_writer.py EXPORT OUT    prints seconds of writing and of reading
"""

import json
import pathlib
import sys
import time

import minari
from minari.data_collector.episode_buffer import EpisodeBuffer
from minari.dataset.minari_storage import MinariStorage


def main(export: str, out: str) -> None:
    given = minari.MinariDataset(pathlib.Path(export) / "data")
    folder = pathlib.Path(out) / "data"
    folder.mkdir(parents=True)
    spaces = (given.observation_space, given.action_space)
    storage = MinariStorage.new(folder, *spaces, data_format="hdf5", jpeg_encoding=False)
    writing, rows = 0.0, 0
    for episode in given.iterate_episodes():
        parts = (episode.rewards, episode.terminations, episode.truncations)
        rewards, terminations, truncations = (part.tolist() for part in parts)
        buffer = EpisodeBuffer(
            id=int(episode.id),
            observations=episode.observations,
            actions=episode.actions,
            rewards=rewards,
            terminations=terminations,
            truncations=truncations,
            infos=episode.infos,
        )
        began = time.monotonic()
        storage.update_episodes([buffer])
        writing += time.monotonic() - began
    storage.update_metadata({"dataset_id": "bench/again-v0", "minari_version": minari.__version__})
    began = time.monotonic()
    for episode in minari.MinariDataset(folder).iterate_episodes():
        rows += len(episode.rewards)
    print(json.dumps({"writing": writing, "reading": time.monotonic() - began, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
