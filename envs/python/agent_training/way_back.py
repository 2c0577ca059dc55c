"""What a driver that reads the track would do wherever a recorded car of CarRacing is lost.

`python -m agent_training.way_back` reads JSON, a line at a time: first the game (``GameSettings``), then an episode a
line, ``{"seed", "actions", "score"}``. It plays each again, which comes out the same, and answers with a line: the
driver's action at every decision before which the car is lost, ``null`` at the others. What is wrong comes as one line
on standard error, with exit code 3.
"""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from .experts.car_racing_teacher import CarRacingTeacher
from .game_settings import Emulator, GameSettings

REFUSED = 3
_TOLERANCE = 1e-6
"""Between two sums of the same rewards."""


class OtherEpisodeError(ValueError):
    """Playing an episode again gave another one."""


def way_back(emulator: Emulator, seed: int, actions: list[int], score: float) -> list[int | None]:
    """The driver's actions, one for each of ``actions``. ``OtherEpisodeError`` where these do not bring ``score``."""
    env = emulator.make_skipping()
    try:
        env.reset(seed=seed)
        driver = CarRacingTeacher(env.unwrapped)
        driver.reset()
        told, earned, ended = [], 0.0, False
        for action in actions:
            if ended:
                raise OtherEpisodeError(f"seed {seed}: the game ends before its {len(actions)} decisions do")
            act = driver.act()
            told.append(act if driver.is_lost() else None)
            _, reward, terminated, truncated, _ = env.step(action)
            earned, ended = earned + float(reward), terminated or truncated
        if abs(earned - score) > _TOLERANCE:
            raise OtherEpisodeError(f"seed {seed}: played again it has {earned:.1f} points, not {score:.1f}")
        return told
    finally:
        env.close()


def main(asked: TextIO = sys.stdin, answers: TextIO = sys.stdout) -> int:
    given: dict[str, Any] = json.loads(asked.readline())
    game = GameSettings(given["name"], tuple(given["actions"]), Emulator.from_json(given["emulator"]))
    try:
        for line in asked:
            print(json.dumps(way_back(game.emulator, **json.loads(line))), file=answers, flush=True)
    except OtherEpisodeError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
