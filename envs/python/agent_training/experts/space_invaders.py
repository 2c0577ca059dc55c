"""Space Invaders for training: of one decision's raw frames the maximum of the last two is seen.

The emulator is Gymnasium's ``ALE/SpaceInvaders-v5`` with ``frameskip=1``, reset through Gymnasium so that a seed means
the same game as anywhere else; steps go to the ALE object underneath, because only the palette indices of two of
the frames are needed. A table over pairs of palette indices gives the gray value of the pixel-wise RGB maximum, so
the result equals ``Preprocessing.frame(np.maximum(rgb_before, rgb_last))`` bit for bit (a test holds that).
"""

from __future__ import annotations

from collections import deque

import ale_py
import numpy as np
from numpy.typing import NDArray

from agent_envs.preprocessing import BoxResize, Crop, Gray, Preprocessing

from ..game_settings import Emulator
from ..lessons.sprites import Sprites, sprites_of
from ..lessons.teacher import look
from .game import NO_LABEL, GameStep

_CROP, _GRAY, _BOX = Crop(top=6, left=0, height=192, width=160), Gray(), BoxResize(rows=3, columns=2)
PREPROCESSING = Preprocessing(input_shape=(210, 160, 3), steps=(_CROP, _GRAY, _BOX), stack=4)


class SpaceInvadersGame:
    """One game; frames come preprocessed as uint8[1, h, w]."""

    preprocessing = PREPROCESSING
    seed_every_episode = False  # a seeded reset reloads the ROM: 130 ms against 7 ms

    def __init__(self, emulator: Emulator, *, taught: bool = False) -> None:
        self._seen: deque[Sprites] | None = deque(maxlen=PREPROCESSING.stack) if taught else None
        if not emulator.max_pool:
            raise ValueError(f"{emulator.env}: expected max_pool, without which shots flicker out of sight")
        self._env, self._frame_skip = emulator.make().unwrapped, emulator.frame_skip
        self._ale = self._env.ale  # type: ignore[attr-defined]
        self._action_set = self._env._action_set  # type: ignore[attr-defined]
        self._palette = _Palette(self._ale)
        self._screens = np.zeros((2, 210, 160), np.uint8)
        self._lives = 0

    def reset(self, seed: int | None) -> NDArray[np.uint8]:
        """Start a game; None goes on with the emulator's random numbers."""
        if seed is None:
            self._ale.reset_game()
        else:
            self._env.reset(seed=seed)
        self._lives = self._ale.lives()
        self._capture()
        self._screens[0] = self._screens[1]
        if self._seen is not None:
            self._seen.clear()
        self._look()
        return self._frame()

    def step(self, action: int) -> tuple[NDArray[np.uint8], GameStep]:
        """The raw frames of one action (sticky actions are the emulator's)."""
        reward, over = 0.0, False
        for raw in range(self._frame_skip):
            reward += self._ale.act(self._action_set[action], 1.0)
            over = self._ale.game_over()
            if over or raw >= self._frame_skip - 2:
                self._capture()
            if over:
                break
        lives_before, self._lives = self._lives, self._ale.lives()
        terminated = self._ale.game_over(with_truncation=False)
        self._look()
        return self._frame(), GameStep(reward, terminated, over and not terminated, self._lives < lives_before)

    def teach(self) -> int:
        return NO_LABEL if self._seen is None else look(list(self._seen))[1]

    def close(self) -> None:
        self._env.close()

    def _look(self) -> None:
        """Keep what the picture shows, for the teacher."""
        if self._seen is not None:
            self._seen.append(sprites_of(self._palette.maximum(self._screens[0], self._screens[1])))

    def _capture(self) -> None:
        self._screens[0] = self._screens[1]
        self._ale.getScreen(self._screens[1])
        self._palette.learn(self._screens[1])

    def _frame(self) -> NDArray[np.uint8]:
        before, last = _CROP.apply(self._screens[0]), _CROP.apply(self._screens[1])
        return _BOX.apply(self._palette.gray_of_maximum(before, last))[None]


class _Palette:
    """Gray of the channel-wise maximum of two palette colours, learned from the emulator as colours first appear."""

    def __init__(self, ale: ale_py.ALEInterface) -> None:
        self._ale = ale
        self._known = np.zeros(256, bool)
        self._colours = np.zeros((256, 3), np.uint8)
        self._pairs = np.zeros(128 * 128, np.uint8)

    def learn(self, screen: NDArray[np.uint8]) -> None:
        """Look up colours of the present screen that were not seen before."""
        if self._known[screen].all():
            return
        indices, first = np.unique(screen, return_index=True)
        self._colours[indices] = self._ale.getScreenRGB().reshape(-1, 3)[first]
        self._known[indices] = True
        even = self._colours[::2]
        self._pairs = _GRAY.apply(np.maximum(even[:, None], even[None, :])).reshape(-1)

    def maximum(self, before: NDArray[np.uint8], last: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8[h, w] twice (palette indices) to uint8[h, w, 3]."""
        return np.maximum(self._colours[before], self._colours[last])

    def gray_of_maximum(self, before: NDArray[np.uint8], last: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8[h, w] twice (palette indices, always even) to uint8[h, w]."""
        return self._pairs[(before.astype(np.uint16) << 6) | (last >> 1)]


def training_game(emulator: Emulator) -> SpaceInvadersGame:
    """A game with its teacher."""
    return SpaceInvadersGame(emulator, taught=True)
