"""The peer of `npm run bench -- data`: the same rows and pictures, written and read by Hugging Face's `datasets`.

    python datasets_writer.py EXPORT OUT    prints seconds of writing and of reading
"""

import json
import pathlib
import sys
import time

import datasets
import pyarrow.parquet

datasets.disable_progress_bars()


def main(export: str, out: str) -> None:
    files = sorted(pathlib.Path(export).glob("data/*.parquet"))
    features = datasets.Features.from_arrow_schema(pyarrow.parquet.read_schema(files[0]))

    def rows():  # noqa: ANN202  a generator of rows, as the library takes it
        for path in files:
            for batch in pyarrow.parquet.ParquetFile(path).iter_batches(1000):
                yield from batch.to_pylist()

    began = time.monotonic()
    written = datasets.Dataset.from_generator(rows, features=features, cache_dir=f"{out}/cache")
    written.to_parquet(f"{out}/all.parquet")
    writing = time.monotonic() - began
    began = time.monotonic()
    raw = written.cast_column("image", datasets.Image(decode=False))
    count = sum(len(row["image"]["bytes"]) > 0 for row in raw)
    print(json.dumps({"writing": writing, "reading": time.monotonic() - began, "rows": count}))


if __name__ == "__main__":
    main(*sys.argv[1:])
