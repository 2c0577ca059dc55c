"""A new episode of the Arcade Learning Environment without loading the cartridge again.

``AtariEnv.reset(seed=...)`` loads the ROM each time, because the emulator takes its seed nowhere else. That is 85 ms,
most of it spent on tables of colours that are never used, and as long as an episode of a random player. But what it
comes to is known: a freshly loaded emulator is always in the same state, but for its random numbers, which are those of
a Mersenne Twister seeded with the given number. So that state is kept, and put back with other random numbers in it.

Whether this holds is not taken on trust. The first reset of every environment loads as ever, and the state that comes
of it is compared, byte for byte, with the one that would have been put back. Where they differ, as they might with
another version of the emulator, every reset loads.
"""

from __future__ import annotations

import re
import struct

import numpy as np
from ale_py import ALEState
from ale_py.env import AtariEnv

_GENERATOR = re.compile(rb"\d{1,10}(?: \d{1,10}){624}")
"""A Mersenne Twister as text: its 624 words, and which of them comes next."""
_LENGTH = struct.Struct("<i")


class QuickReload:
    """Stands in the place of an environment's ``load_game``."""

    def __init__(self, env: AtariEnv) -> None:
        """Take over from ``env``, which is freshly made: loaded, and nothing played."""
        self._env = env
        self._load = env.load_game
        self._fresh = _parts(_state(env))
        self._is_proven = False
        env.load_game = self

    def __call__(self) -> None:
        """Bring the emulator where loading it with its present seed would."""
        if self._fresh is None:
            self._load()
            return
        state = _with_seed(self._fresh, self._env.ale.getInt("random_seed"))
        if self._is_proven:
            self._env.ale.restoreSystemState(ALEState(state))
            return
        self._load()
        self._is_proven = _state(self._env) == state
        if not self._is_proven:
            self._fresh = None


_Parts = tuple[bytes, bytes, bytes]
"""What stands before the string that holds the emulator, that string up to its random numbers, and what follows."""


def reload_quickly(env: object) -> None:
    """Have an environment's resets put back a state instead of loading, where it is ale-py's own."""
    if type(env) is AtariEnv and "load_game" not in env.__dict__:
        QuickReload(env)


def _state(env: AtariEnv) -> bytes:
    return env.ale.cloneSystemState().serialize()


def _parts(state: bytes) -> _Parts | None:
    """The bytes around the last generator of a state and its length; ``None`` where it looks otherwise than known.

    A state is a few numbers, then a string with its length before it, and a few numbers more. The generator that the
    seed goes to is the last thing in that string, itself a string with its length before it.
    """
    generators = list(_GENERATOR.finditer(state))
    if not generators:
        return None
    start, end = generators[-1].span()
    for at in range(0, 64, _LENGTH.size):
        if at + _LENGTH.size + _LENGTH.unpack_from(state, at)[0] == end:
            inner = at + _LENGTH.size
            return state[:at], state[inner : start - _LENGTH.size], state[end:]
    return None


def _with_seed(fresh: _Parts, seed: int) -> bytes:
    """The state that a fresh load with ``seed`` comes to."""
    before, emulator, behind = fresh
    words = np.random.RandomState(seed & 0xFFFFFFFF).get_state()[1]
    generator = " ".join(map(str, [*words.tolist(), 624])).encode()
    inner = emulator + _LENGTH.pack(len(generator)) + generator
    return before + _LENGTH.pack(len(inner)) + inner + behind
