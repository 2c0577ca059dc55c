"""Writes files that mean harm, each in a folder named after what is wrong: HDF5, Arrow and Parquet as Minari's, and
Parquet as a dataset's.

python make_hostile.py FOLDER
"""

import json
import os
import pathlib
import sys

import h5py
import numpy as np
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

SHAPE = (96, 96, 3)
STEPS = 3


def metadata(folder: pathlib.Path, **changes: object) -> pathlib.Path:
    data = folder / "data"
    data.mkdir(parents=True)
    space = {"type": "Box", "dtype": "uint8", "shape": list(SHAPE), "low": 0, "high": 255}
    action = {"type": "Discrete", "dtype": "int64", "start": 0, "n": 5}
    content = {
        "total_episodes": 1,
        "total_steps": STEPS,
        "data_format": "hdf5",
        "jpeg_encoding": False,
        "observation_space": json.dumps(space),
        "action_space": json.dumps(action),
        "env_spec": json.dumps({"id": "CarRacing-v3"}),
    }
    (data / "metadata.json").write_text(json.dumps(content | changes))
    return data / "main_data.hdf5"


def episode(file: h5py.File, without: str = "") -> h5py.Group:
    group = file.create_group("episode_0")
    columns = {
        "actions": np.zeros(STEPS, np.int64),
        "rewards": np.zeros(STEPS),
        "terminations": np.zeros(STEPS, bool),
        "truncations": np.zeros(STEPS, bool),
        "observations": np.zeros((STEPS + 1, *SHAPE), np.uint8),
    }
    for name, values in columns.items():
        if name != without:
            group[name] = values
    return group


def hdf5(root: pathlib.Path, secret: pathlib.Path) -> None:
    with h5py.File(metadata(root / "minari-soft-link"), "w") as file:
        episode(file, "rewards")["rewards"] = h5py.SoftLink("/episode_0/actions")
    with h5py.File(metadata(root / "minari-external-link"), "w") as file:
        episode(file, "observations")["observations"] = h5py.ExternalLink(str(secret), "/x")
    with h5py.File(metadata(root / "minari-external-storage"), "w") as file:
        length = (STEPS + 1) * int(np.prod(SHAPE))
        episode(file, "observations").create_dataset(
            "observations", (STEPS + 1, *SHAPE), np.uint8, external=[(str(secret), 0, length)]
        )
    with h5py.File(metadata(root / "minari-virtual"), "w") as file:
        layout = h5py.VirtualLayout((STEPS + 1, *SHAPE), np.uint8)
        layout[:] = h5py.VirtualSource(str(secret), "x", (STEPS + 1, *SHAPE))
        episode(file, "observations").create_virtual_dataset("observations", layout)
    with h5py.File(metadata(root / "minari-bomb"), "w") as file:
        group = episode(file, "observations")
        group.create_dataset("observations", (100_000_000, *SHAPE), np.uint8, chunks=(1, *SHAPE), compression="gzip")
    with h5py.File(metadata(root / "minari-endless"), "w") as file:
        group = episode(file, "rewards")
        group.create_dataset("rewards", (10**12,), np.float64, chunks=(1024,), compression="gzip")
    with h5py.File(metadata(root / "minari-another-shape"), "w") as file:
        episode(file, "observations")["observations"] = np.zeros((STEPS + 1, 4, 4, 3), np.uint8)
    with h5py.File(metadata(root / "minari-texts"), "w") as file:
        episode(file, "actions")["actions"] = ["a", "b", "c"]
    with h5py.File(metadata(root / "minari-a-group"), "w") as file:
        episode(file, "rewards").create_group("rewards")
    with h5py.File(metadata(root / "minari-short"), "w") as file:
        episode(file, "actions")["actions"] = np.zeros(STEPS - 1, np.int64)
    with h5py.File(metadata(root / "minari-not-there", total_episodes=5), "w") as file:
        episode(file)
    whole = metadata(root / "minari-cut")
    with h5py.File(whole, "w") as file:
        episode(file)
    whole.write_bytes(whole.read_bytes()[:5000])
    metadata(root / "minari-garbage").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 50)
    metadata(root / "minari-empty").write_bytes(b"")
    with h5py.File(metadata(root / "minari-no-space", observation_space="{}"), "w") as file:
        episode(file)
    with h5py.File(metadata(root / "minari-pickle", data_format="pickle"), "w") as file:
        episode(file)
    with h5py.File(metadata(root / "minari-a-million", total_episodes="a million"), "w") as file:
        episode(file)


def columns() -> dict[str, pyarrow.Array]:
    """Of an episode, as Minari's Arrow storage writes it."""
    pixels = pyarrow.array(np.zeros((STEPS + 1) * int(np.prod(SHAPE)), np.uint8))
    return {
        "observations": pyarrow.FixedSizeListArray.from_arrays(pixels, int(np.prod(SHAPE))),
        "actions": pyarrow.array(np.zeros(STEPS + 1, np.int64)),
        "rewards": pyarrow.array(np.zeros(STEPS + 1)),
        "terminations": pyarrow.array(np.zeros(STEPS + 1, bool)),
        "truncations": pyarrow.array(np.zeros(STEPS + 1, bool)),
    }


def arrow(root: pathlib.Path, secret: pathlib.Path) -> None:
    def write(name: str, codec: str | None = None, **changes: pyarrow.Array | None) -> pathlib.Path:
        folder = metadata(root / f"arrow-{name}", data_format="arrow").parent / "0"
        folder.mkdir()
        content = pyarrow.table({key: value for key, value in (columns() | changes).items() if value is not None})
        options = pyarrow.ipc.IpcWriteOptions(compression=codec)
        with pyarrow.ipc.new_file(folder / "part-0.arrow", content.schema, options=options) as writer:
            writer.write_table(content)
        return folder / "part-0.arrow"

    whole = write("cut")
    whole.write_bytes(whole.read_bytes()[:5000])
    write("garbage").write_bytes(b"ARROW1\0\0" + bytes(range(256)) * 50 + b"ARROW1")
    write("empty").write_bytes(b"")
    write("no-rewards", rewards=None)
    write("texts", actions=pyarrow.array(["a", "b", "c", "d"]))
    write("empty-rows", rewards=pyarrow.array([0.0, None, 0.0, 0.0]))
    write("another-shape", observations=pyarrow.array([b"xyz"] * (STEPS + 1)))
    write("two-rewards", rewards=pyarrow.array([[0.0, 1.0]] * (STEPS + 1), pyarrow.list_(pyarrow.float64(), 2)))
    write("no-folder").parent.rename(root / "arrow-no-folder/data/1")
    write("no-table").unlink()
    path = write("link")
    path.unlink()
    path.symlink_to(secret)
    path = write("pipe")
    path.unlink()
    os.mkfifo(path)  # whoever opens it waits for ever
    (write("episode").parent / "metadata.json").write_text("[[[")
    zeros = {
        name: pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(np.zeros(4 * width, np.uint8)), width)
        for name, width in (("observations", 27_648), ("actions", (1 << 29) - 1))
    }
    for codec in ("zstd", "lz4"):
        write(f"{codec}-bomb", codec, **zeros)
    # Offsets of a column of files that lie far outside of it.
    path = write("offsets", observations=pyarrow.array([b"x" * 97] * (STEPS + 1)))
    content = json.loads((path.parents[1] / "metadata.json").read_text()) | {"jpeg_encoding": True}
    (path.parents[1] / "metadata.json").write_text(json.dumps(content))
    offsets = np.arange(0, 97 * (STEPS + 2), 97, np.int32).tobytes()
    assert path.read_bytes().count(offsets) == 1
    path.write_bytes(path.read_bytes().replace(offsets, np.array([0, 2**30, -5, 2**31 - 1, 97], np.int32).tobytes()))


def table(rows: int, image: bytes) -> pyarrow.Table:
    return pyarrow.table(
        {
            "episode": np.zeros(rows, np.int64),
            "action": np.zeros(rows, np.int64),
            "image": pyarrow.array([{"bytes": image, "path": "x.png"}] * rows),
        }
    )


def parquet(root: pathlib.Path) -> None:
    def write(name: str, content: pyarrow.Table, **options: object) -> pathlib.Path:
        (root / name).mkdir()
        path = root / name / "train.parquet"
        pyarrow.parquet.write_table(content, path, **options)
        return path

    write("hf-no-picture", table(2, b"no picture"))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"></svg>'
    write("hf-huge-picture", table(2, svg))
    bomb = table(1, bytes(300_000_000))
    write("hf-page-bomb", bomb, compression="gzip", use_dictionary=False)
    many = pyarrow.table({"episode": np.zeros(50_000_000, np.int8), "action": np.zeros(50_000_000, np.int8)})
    write("hf-row-bomb", many, row_group_size=50_000_000)
    write("hf-other-columns", pyarrow.table({"text": ["a", "b"]}))
    write("hf-texts", pyarrow.table({"episode": ["a"], "action": ["b"], "image": table(1, b"")["image"]}))
    for codec in ("zstd", "lz4"):
        write(f"hf-{codec}", table(3, b"x" * 1000), compression=codec)
    whole = write("hf-cut", table(3, b"x" * 1000)).read_bytes()
    (root / "hf-cut/train.parquet").write_bytes(whole[: len(whole) // 2])
    garbage = b"PAR1" + bytes(range(256)) * 8 + b"\xff\xff\xff\x7fPAR1"
    for name, content in {"hf-garbage": garbage, "hf-empty": b""}.items():
        (root / name).mkdir()
        (root / name / "train.parquet").write_bytes(content)
    path = write("hf-two-tables", table(1, b""))
    pyarrow.parquet.write_table(pyarrow.table({"episode": [1]}), path.with_name("other.parquet"))


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    parquet(out)
    hdf5(out, pathlib.Path(sys.argv[2]))
    arrow(out, pathlib.Path(sys.argv[2]))
