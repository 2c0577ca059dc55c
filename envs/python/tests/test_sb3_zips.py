"""Zips of Stable-Baselines3 are read as data: nothing in them runs, and what is damaged is named."""

from __future__ import annotations

import base64
import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from gymnasium.spaces import Box

from agent_envs.sb3.__main__ import main
from agent_envs.sb3.archive import read_archive
from agent_envs.sb3.package import safetensors
from agent_envs.sb3.torch_file import Storage, View, read_tensors
from agent_envs.sb3.unpickle import Stand, name_of, unpickled

FIXTURES = Path(__file__).parents[3] / "test" / "expert" / "fixtures" / "sb3"


class Trap:
    """A pickle that writes a file when it is loaded the usual way."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return (exec, (f"open({str(self.path)!r}, 'w').close()",))


def test_nothing_that_a_pickle_names_is_run(tmp_path: Path) -> None:
    content = pickle.dumps({"trap": Trap(tmp_path / "sprung"), "array": np.arange(6.0).reshape(2, 3)})
    read = unpickled(content, "here")
    assert not (tmp_path / "sprung").exists()
    assert isinstance(read["trap"], Stand)
    assert name_of(read["trap"]) == "builtins.exec"
    np.testing.assert_array_equal(read["array"], np.arange(6.0).reshape(2, 3))
    pickle.loads(content)  # what it would have done
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize("entry", ["policy_kwargs", "observation_space", "_last_obs", "policy.pth"])
def test_a_trap_in_any_part_of_a_zip_does_not_spring(tmp_path: Path, entry: str) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    with zipfile.ZipFile(FIXTURES / "ppo.zip") as sound, zipfile.ZipFile(tmp_path / "a.zip", "w") as written:
        for name in sound.namelist():
            content = sound.read(name)
            if name == "data":
                fields: dict[str, Any] = json.loads(content)
                fields[entry] = {":type:": "", ":serialized:": base64.b64encode(trap).decode()}
                content = json.dumps(fields).encode()
            written.writestr(name, trap if name == entry else content)
    usual = ["--preprocessing", str(preprocessing(tmp_path)), "--game", "my-game", "--env", "Mine-v0"]
    main([str(tmp_path / "a.zip"), *usual, "--actions", '["a","b","c","d"]', "--out", str(tmp_path / "out")])
    assert not (tmp_path / "sprung").exists()


def preprocessing(folder: Path) -> Path:
    path = folder / "preprocessing.json"
    path.write_text(json.dumps(json.loads((FIXTURES / "golden.json").read_text())["preprocessing"]))
    return path


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda names: names - {"policy.pth"}, "expected a zip that Stable-Baselines3 saved, this one holds"),
        (lambda names: names - {"data"}, "has no `data`"),
        (lambda _: {"data", "parameters", "parameter_list"}, "one of Stable-Baselines 2"),
        (lambda _: {"archive/data.pkl", "archive/version"}, "a file of PyTorch alone"),
    ],
)
def test_other_zips_are_named_for_what_they_are(tmp_path: Path, change: Any, reason: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as written:
        for name in sorted(change({"data", "policy.pth", "_stable_baselines3_version"})):
            written.writestr(name, b"{}")
    with pytest.raises(ValueError, match=reason):
        read_archive(tmp_path / "a.zip")


def _own_class() -> type:
    """A class that cloudpickle saves with its code, because no module holds it."""

    class Own:
        def forward(self, seen: Any) -> Any:
            return 2 * seen

    return Own


def _saved(value: Any) -> dict[str, str]:
    return {":serialized:": base64.b64encode(cloudpickle.dumps(value)).decode()}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("observation_space", None, "observation_space: expected a space of Gymnasium or of gym, got None"),
        ("action_space", {"n": 4}, "action_space: expected a space of Gymnasium or of gym"),
        ("policy_kwargs", {":serialized:": "gARLAS4="}, "policy_kwargs: expected settings by name"),
        ("policy_kwargs", {":serialized:": "AAAA"}, "policy_kwargs: cannot be read as data"),
        ("policy_class", "CnnPolicy", "got an algorithm that is not known"),
        ("policy_class", {":serialized:": "Y215bGliCkRvdWJsZWQKLg=="}, "got mylib.Doubled, which is code of its own"),
        ("policy_kwargs", _saved({"features_extractor_class": _own_class()}), "Own, which is code of its own"),
        ("observation_space", _saved(Box(0, 1, (6, 12, 12), np.uint8)), "got uint8 from 0 to 1"),
        ("observation_space", _saved(Box(0, 200, (6, 12, 12), np.uint8)), "got uint8 from 0 to 200"),
        ("observation_space", _saved(Box(0, 1, (6, 12, 12), np.int32)), "got int32 from 0 to 1"),
    ],
)
def test_settings_that_are_missing_or_damaged_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], field: str, value: Any, reason: str
) -> None:
    with zipfile.ZipFile(FIXTURES / "ppo.zip") as sound, zipfile.ZipFile(tmp_path / "a.zip", "w") as written:
        for name in sound.namelist():
            content = sound.read(name)
            if name == "data":
                fields = json.loads(content) | {field: value}
                unknown = ("clip_range", "gae_lambda") if value == "CnnPolicy" else ()
                content = json.dumps({key: fields[key] for key in fields if key not in unknown}).encode()
            written.writestr(name, content)
    usual = ["--preprocessing", str(preprocessing(tmp_path)), "--game", "my-game", "--env", "Mine-v0"]
    assert main([str(tmp_path / "a.zip"), *usual, "--actions", '["a","b","c","d"]', "--out", str(tmp_path / "o")]) == 1
    assert reason in capsys.readouterr().err


def test_damaged_tensors_are_named() -> None:
    with zipfile.ZipFile(FIXTURES / "ppo.zip") as archive:
        content = archive.read("policy.pth")
    with pytest.raises(ValueError, match=r"^here: cannot be read as tensors"):
        read_tensors(content[:-200], "here")
    with pytest.raises(ValueError, match=r"^here: cannot be read as tensors"):
        read_tensors(pickle.dumps({"a": 1})[:-1], "here")


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [((5,), (1,), 0), ((2, 2), (3, 1), 0), ((1,), (1,), 4), ((10**9,), (0,), 0), ((2,), (-1,), 2)],
)
def test_a_tensor_stays_within_its_storage(shape: tuple, strides: tuple, offset: int) -> None:
    storage = Storage(np.dtype("<f4"), 4, bytes(16))
    with pytest.raises(ValueError, match="tensor"):
        View(storage, offset, shape, strides).array()


def test_an_old_zip_says_what_a_new_one_does() -> None:
    old, new = read_archive(FIXTURES / "old-gym.zip"), read_archive(FIXTURES / "ppo.zip")
    assert name_of(old.observation_space) == "gym.spaces.box.Box"
    assert old.observation_space.get("shape") == new.observation_space.get("_shape") == (6, 12, 12)
    assert int(old.action_space.get("n")) == int(new.action_space.get("n")) == 4
    assert list(old.tensors)[:4] == list(new.tensors)[:4]


def test_what_is_written_can_be_read_back() -> None:
    content = safetensors({"b": np.float64([[1.5, 2.5]]), "a": np.float32([3])})
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    assert header["b"] == {"dtype": "F64", "shape": [1, 2], "data_offsets": [4, 20]}
    assert io.BytesIO(content[8 + length :]).read(4) == np.float32([3]).tobytes()
