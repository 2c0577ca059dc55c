"""What stands in a Stable-Baselines3 zip: the algorithm, its settings, its spaces and its tensors."""

from __future__ import annotations

import base64
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agent_envs.named_file import MAX_DATA_BYTES, require_file, sha256_of

from .torch_file import read_tensors
from .unpickle import Stand, name_of, unpickled

ALGORITHMS = "PPO, A2C, TRPO, DQN or QR-DQN"
_EXPECTED = "a zip that Stable-Baselines3 saved"

# By a word in the name of the policy's class; the first that is there.
_BY_POLICY = (
    ("recurrent", "RecurrentPPO"),
    ("maskable", "MaskablePPO"),
    ("qrdqn", "QR-DQN"),
    ("dqn", "DQN"),
    ("crossq", "CrossQ"),
    ("tqc", "TQC"),
    ("sac", "SAC"),
    ("td3", "TD3 or DDPG"),
    ("ars", "ARS"),
)
# By a setting that no other algorithm has; the first that is there.
_BY_SETTING = (
    ("n_quantiles", "QR-DQN"),
    ("exploration_fraction", "DQN"),
    ("cg_max_steps", "TRPO"),
    ("clip_range", "PPO"),
    ("target_entropy", "SAC"),
    ("policy_delay", "TD3 or DDPG"),
    ("gae_lambda", "A2C"),
)
_READ = {"PPO": "ppo", "A2C": "a2c", "TRPO": "trpo", "DQN": "dqn", "QR-DQN": "qrdqn", "MaskablePPO": "maskable-ppo"}


class Fields:
    """The settings of ``data``, a JSON object; values that JSON cannot hold are pickles in it."""

    def __init__(self, fields: dict[str, Any], where: str) -> None:
        self._fields, self._where = fields, where

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def get(self, name: str, default: Any = None) -> Any:
        """A setting; a pickled one as data.

        Raises:
            ValueError: names the setting, if its pickle cannot be read.
        """
        value = self._fields.get(name, default)
        if not isinstance(value, dict) or ":serialized:" not in value:
            return value
        return unpickled(base64.b64decode(value[":serialized:"]), f"{self._where}: {name}")


@dataclass(frozen=True)
class Archive:
    """A zip of an algorithm that can be imported."""

    path: Path
    sha256: str
    algorithm: str
    """As expert packages name it: ppo, a2c, trpo, dqn, qrdqn, maskable-ppo."""
    fields: Fields
    tensors: dict[str, np.ndarray]

    @property
    def policy_settings(self) -> dict[str, Any]:
        """``policy_kwargs``."""
        settings = self.fields.get("policy_kwargs") or {}
        if not isinstance(settings, dict):
            raise ValueError(f"{self.path}: policy_kwargs: expected settings by name, got {settings!r:.80}")
        return settings

    @property
    def observation_space(self) -> Stand:
        return self._space("observation_space")

    @property
    def action_space(self) -> Stand:
        return self._space("action_space")

    def _space(self, name: str) -> Stand:
        space = self.fields.get(name)
        if not isinstance(space, Stand):
            raise ValueError(f"{self.path}: {name}: expected a space of Gymnasium or of gym, got {space!r:.80}")
        return space


def read_archive(path: Path) -> Archive:
    """Read a zip.

    Raises:
        ValueError: if it is no zip of Stable-Baselines3, or of an algorithm that cannot be played from pictures.
    """
    try:
        archive = zipfile.ZipFile(require_file(path, MAX_DATA_BYTES, expected=_EXPECTED))
    except zipfile.BadZipFile:
        raise ValueError(f"{path}: expected {_EXPECTED}, this is no zip") from None
    with archive:
        names = set(archive.namelist())
        if "policy.pth" not in names:
            raise ValueError(f"{path}: expected {_EXPECTED}, {_other_zip(names)}")
        if "data" not in names:
            raise ValueError(f"{path}: the zip has no `data`, the settings of its algorithm: save it again")
        fields = Fields(json.loads(_entry(archive, "data", path)), str(path))
        algorithm = algorithm_of(fields, path)
        tensors = read_tensors(_entry(archive, "policy.pth", path), f"{path}: policy.pth")
    return Archive(path, sha256_of(path), algorithm, fields, tensors)


def _entry(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    size = archive.getinfo(name).file_size
    if size > MAX_DATA_BYTES:
        raise ValueError(f"{path}: {name}: {size} bytes, more than the {MAX_DATA_BYTES} that are read")
    return archive.read(name)


def _other_zip(names: set[str]) -> str:
    if "parameters" in names:
        return "this is one of Stable-Baselines 2 (TensorFlow)"
    if any(name.endswith("data.pkl") for name in names):
        return "this is a file of PyTorch alone; name the zip that it came in"
    return f"this one holds {', '.join(sorted(names)[:4]) or 'nothing'}"


def algorithm_of(fields: Fields, path: Path) -> str:
    """The algorithm as expert packages name it.

    Raises:
        ValueError: for one whose policies experts cannot be.
    """
    policy = name_of(fields.get("policy_class")).lower()
    name = next((name for word, name in _BY_POLICY if word in policy), None) or next(
        (name for setting, name in _BY_SETTING if setting in fields), "an algorithm that is not known"
    )
    if name == "RecurrentPPO":
        raise ValueError(f"{path}: expected {ALGORITHMS}, got RecurrentPPO: it has an LSTM, which experts have not")
    if name not in _READ:
        raise ValueError(f"{path}: expected {ALGORITHMS}, got {name}")
    return _READ[name]
