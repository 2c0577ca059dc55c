"""Files that a person names are read only where they are files of a bounded size: nothing waits, nothing fills up."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zmq.auth
from test_server_lifecycle import TESTS

from agent_envs.named_file import RefusedFileError, read_bytes, read_text, require_file, sha256_of

ZIPS = TESTS.parents[2] / "test" / "expert" / "fixtures" / "sb3"
MEMORY = 4_000_000_000
"""A reader that goes on for ever is ended by it before the machine is."""
HUGE = 2**40


def pipe(path: Path) -> str:
    os.mkfifo(path)
    return "a device or a pipe"


def endless(path: Path) -> str:
    path.symlink_to("/dev/zero")
    return "a device or a pipe"


def sparse(path: Path) -> str:
    path.touch()
    os.truncate(path, HUGE)
    return "1,099,511,627,776 bytes, more than the"


KINDS = [pipe, endless, sparse]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        env={**os.environ, "PYTHONPATH": str(TESTS.parent), "OPENBLAS_NUM_THREADS": "1"},
    )


def imported(path: Path, *options: str) -> list[str]:
    game = ["--game", "g", "--env", "CarRacing-v3", "--actions", "[]", "--out", str(path.parent / "out")]
    return ["-m", "agent_envs.sb3", str(path), *game, *options]


def as_zip(path: Path) -> list[str]:
    return imported(path)


def as_statistics(path: Path) -> list[str]:
    described = path.parent / "preprocessing.json"
    golden = "import json,sys; json.dump(json.load(open(sys.argv[1]))['preprocessing'], open(sys.argv[2], 'w'))"
    run("-c", golden, str(ZIPS / "golden.json"), str(described))
    game = ["--game", "g", "--env", "Mine-v0", "--actions", '["a","b","c","d"]', "--out", str(path.parent / "out")]
    options = ["--preprocessing", str(described), "--statistics", str(path)]
    return ["-m", "agent_envs.sb3", str(ZIPS / "ppo.zip"), *game, *options]


def as_preprocessing(path: Path) -> list[str]:
    return imported(ZIPS / "continuous.zip", "--preprocessing", str(path))


def as_server_key(path: Path) -> list[str]:
    keys = ["--server-key", str(path), "--client-keys", str(path.parent)]
    return ["-m", "agent_envs.server", "--listen", "tcp://127.0.0.1:*", *keys]


def as_client_key(path: Path) -> list[str]:
    _, secret = zmq.auth.create_certificates(path.parent, "server")
    Path(secret).chmod(0o600)
    (path.parent / "clients").mkdir()
    path.rename(path.parent / "clients" / "a.key")
    keys = ["--server-key", secret, "--client-keys", str(path.parent / "clients")]
    return ["-m", "agent_envs.server", "--listen", "tcp://127.0.0.1:*", *keys]


def as_metadata(path: Path) -> list[str]:
    (path.parent / "data").mkdir()
    path.rename(path.parent / "data" / "metadata.json")
    return ["-m", "agent_data", "read", str(path.parent / "data")]


def as_seed(path: Path) -> list[str]:
    """The metadata of one episode in a table."""
    (path.parent / "0").mkdir()
    path.rename(path.parent / "0" / "metadata.json")
    script = (
        "import sys, pathlib, pyarrow as pa, agent_data.minari_arrow as tables\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with pa.ipc.new_file(str(folder / '0' / 'a.arrow'), pa.schema([])): pass\n"
        "tables.ArrowEpisode(folder / '0', 'arrow').seed()\n"
    )
    return ["-c", script, str(path.parent)]


def as_game(path: Path) -> list[str]:
    script = "import sys, pathlib, agent_training.game_settings as s; s.GameSettings.read(pathlib.Path(sys.argv[1]))"
    return ["-c", script, str(path)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "named",
    [as_zip, as_statistics, as_preprocessing, as_server_key, as_client_key, as_metadata, as_seed, as_game],
)
def test_every_command_refuses_what_it_could_not_finish(
    tmp_path: Path, kind: Callable[[Path], str], named: Callable[[Path], list[str]]
) -> None:
    there = kind(tmp_path / "named")
    ended = run(*named(tmp_path / "named"))
    assert ended.returncode not in (0, -9)
    assert there in ended.stderr.splitlines()[-1]


def test_a_table_that_is_no_file_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    os.mkfifo(tmp_path / "0" / "a.parquet")
    script = (
        "import sys, pathlib, agent_data.minari_arrow as tables\n"
        "tables.ArrowEpisode(pathlib.Path(sys.argv[1]) / '0', 'parquet')\n"
    )
    assert "episode 0 has no parquet file" in run("-c", script, str(tmp_path)).stderr


def test_a_key_that_is_no_file_lets_nobody_in(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.key")
    script = (
        "import sys, pathlib, agent_envs.server.security as security\n"
        "print(security.ClientKeys(pathlib.Path(sys.argv[1])).callback('*', b''))\n"
    )
    assert run("-c", script, str(tmp_path)).stdout == "False\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", [require_file, read_bytes, read_text, sha256_of])
def test_what_is_there_instead_is_named(tmp_path: Path, kind: Callable[[Path], str], read: Callable) -> None:
    there = kind(tmp_path / "a")
    with pytest.raises(RefusedFileError, match="expected a file, got ") as refused:
        read(tmp_path / "a")
    assert refused.value.got.startswith(there)


def test_files_of_a_bounded_size_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("Grüße")
    (tmp_path / "link").symlink_to("a")
    assert read_text(tmp_path / "link") == "Grüße"
    assert read_bytes(path, 7) == require_file(path, 7).read_bytes()
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(RefusedFileError, match="7 bytes, more than the 6 bytes that are read"):
        read_bytes(path, 6)
    with pytest.raises(RefusedFileError, match="expected a script, got a folder"):
        read_bytes(tmp_path, expected="a script")


def test_a_size_that_is_not_true_is_not_believed() -> None:
    path = Path("/proc/self/maps")
    assert path.stat().st_size == 0
    assert len(read_bytes(path)) > 1000
    with pytest.raises(RefusedFileError, match="more than the 1,000 bytes"):
        read_bytes(path, 1000)
