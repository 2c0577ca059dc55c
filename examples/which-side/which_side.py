"""A game that nobody wins without looking: a disc is left or right of the middle, and saying which side gives 1.

Each decision shows another picture, drawn from the episode's seed, whatever was answered before. A player that does
not look is right in half of them.
"""

import gymnasium
import numpy as np

SIDE = 96
RADIUS = (6, 14)  # pixels
LENGTH = 16  # decisions


class WhichSide(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8)
    action_space = gymnasium.spaces.Discrete(2)  # left, right

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self._shown = 0
        return self._draw(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        reward = float(action == self._right)
        self._shown += 1
        return self._draw(), reward, False, self._shown >= LENGTH, {}

    def _draw(self) -> np.ndarray:
        """A disc of any colour, wholly in one half of a plain picture of another colour."""
        random = self.np_random
        self._right = int(random.integers(2))
        radius = random.integers(*RADIUS)
        x = random.integers(radius, SIDE // 2 - radius) + self._right * SIDE // 2
        y = random.integers(radius, SIDE - radius)
        ground, colour = random.integers(0, 256, (2, 3))
        while np.abs(ground - colour).max() < 64:
            colour = random.integers(0, 256, 3)
        rows, columns = np.ogrid[:SIDE, :SIDE]
        picture = np.broadcast_to(ground, (SIDE, SIDE, 3)).astype(np.uint8)
        picture[(rows - y) ** 2 + (columns - x) ** 2 <= radius**2] = colour
        return picture


gymnasium.register("WhichSide-v0", entry_point="which_side:WhichSide", disable_env_checker=True)
