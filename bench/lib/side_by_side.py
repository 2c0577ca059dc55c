"""Emulators against plain Gymnasium, side by side, for ``npm run bench -- emulators``.

Alone it prints tables: ``PYTHONPATH=envs/python python bench/lib/side_by_side.py``, with ``--json`` one line of JSON.

Ours and the peer play the same actions in one process, alternating in blocks, so that a busy machine
slows both; a row's ratio is the median over the blocks. Also printed: what the time of one of our
CarRacing decisions is spent on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import gymnasium as gym
import numpy as np
import pygame

from agent_envs.car_racing import ENV_ID
from agent_envs.car_racing import scenery as scenery_module
from agent_envs.car_racing.camera import Camera
from agent_envs.car_racing.car import FastCar
from agent_envs.car_racing.driver import ScriptedDriver
from agent_envs.car_racing.environment import FastCarRacing
from agent_envs.car_racing.status import StatusStrip
from agent_envs.car_racing.verify import plain_skip
from agent_envs.frame_skip import SkipFrames

SEED = 7
Step = Callable[[Any], Any]


@dataclass
class Row:
    """One comparison, in the form of the project's benchmark tables."""

    measure: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None
    goal: float | None


def alternate(ours: Step, peer: Step, actions: list[Any], block: int) -> tuple[float, float, float]:
    """Calls per second of both, and the ratio: medians over alternating blocks of the same actions."""
    speeds = []
    for start in range(0, len(actions) - block + 1, block):
        part = actions[start : start + block]
        speeds.append((_calls_per_second(ours, part), _calls_per_second(peer, part)))
    return (
        median(speed[0] for speed in speeds),
        median(speed[1] for speed in speeds),
        median(speed[0] / speed[1] for speed in speeds),
    )


def _calls_per_second(step: Step, actions: Iterable[Any]) -> float:
    started = time.perf_counter()
    count = 0
    for action in actions:
        step(action)
        count += 1
    return count / (time.perf_counter() - started)


def driven_actions(decisions: int, frames: int) -> list[int]:
    """Discrete actions of the scripted driver on a lap of ``SEED``."""
    with gym.make(ENV_ID, continuous=False) as env:
        skip = SkipFrames(env, frames)
        skip.reset(seed=SEED)
        driver = ScriptedDriver(skip.unwrapped, SEED, "proper")
        actions = []
        for _ in range(decisions):
            action = driver.act()
            actions.append(action)
            _, _, terminated, truncated, _ = skip.step(action)
            if terminated or truncated:
                break
    return actions


def car_racing_row(frames: int, decisions: int, goal: float) -> Row:
    """CarRacing against ``gymnasium.make`` and a plain loop, both with Gymnasium's default wrappers."""
    actions = driven_actions(decisions, frames)
    with gym.make(ENV_ID, continuous=False) as fast, gym.make("CarRacing-v3", continuous=False) as plain:
        skip = SkipFrames(fast, frames)
        skip.reset(seed=SEED)
        plain.reset(seed=SEED)
        ours, peer, ratio = alternate(skip.step, lambda action: plain_skip(plain, action, frames), actions, block=20)
    return Row(f"CarRacing, frame skip {frames}, one environment", ours, peer, "decisions/s", ratio, goal)


def physics_row(frames: int) -> Row:
    """CarRacing with nothing drawn at all: what no way of drawing can go below."""
    actions = driven_actions(frames, 1)
    with gym.make(ENV_ID, continuous=False) as env:
        env.reset(seed=SEED)
        game = env.unwrapped
        game.drawing = False
        block = len(actions) // 5
        speeds = [_calls_per_second(game.step, actions[start : start + block]) for start in range(0, 5 * block, block)]
    return Row("CarRacing, physics alone, nothing drawn", median(speeds), None, "frames/s", None, None)


def space_invaders_row(decisions: int) -> Row:
    """Space Invaders, skip 4 with max-pool in RGB, against a plain loop that pools what ``step`` returns."""
    import ale_py

    gym.register_envs(ale_py)
    options = {"frameskip": 1, "repeat_action_probability": 0.25}
    with gym.make("ALE/SpaceInvaders-v5", **options) as inner, gym.make("ALE/SpaceInvaders-v5", **options) as plain:
        skip = SkipFrames(inner, 4, max_pool=True)
        actions = np.random.default_rng(SEED).integers(6, size=decisions).tolist()

        def restarting(step: Step, env: gym.Env) -> Step:
            env.reset(seed=SEED)

            def run(action: Any) -> None:
                _, _, terminated, truncated, _ = step(action)
                if terminated or truncated:
                    env.reset()

            return run

        ours, peer, ratio = alternate(
            restarting(skip.step, skip), restarting(lambda action: pooled_skip(plain, action), plain), actions, block=50
        )
    return Row("Space Invaders, frame skip 4, max-pool, one environment", ours, peer, "decisions/s", ratio, None)


def pooled_skip(env: gym.Env, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    """Four plain steps and the maximum of the last two frames, as ``AtariPreprocessing`` pools them."""
    total, frames = 0.0, []
    for _ in range(4):
        observation, reward, terminated, truncated, info = env.step(action)
        total += reward
        frames.append(observation)
        if terminated or truncated:
            break
    pooled = np.maximum(frames[-1], frames[-2]) if len(frames) == 4 else frames[-1]
    return pooled, total, terminated, truncated, info


def breakdown(frames: int, decisions: int) -> dict[str, float]:
    """Microseconds per decision by what they are spent on; nested parts are taken out of their parents."""
    actions = driven_actions(decisions, frames)
    with gym.make(ENV_ID, continuous=False) as env:
        skip = SkipFrames(env, frames)
        skip.reset(seed=SEED)
        clock = _Clock()
        with clock.watching(
            (FastCarRacing, "_advance", "physics"),
            (Camera, "to_window", "transform and cull"),
            (scenery_module.Scenery, "_near", "transform and cull"),
            (scenery_module, "aapolygon", "draw: outlines"),
            (scenery_module, "filled_polygon", "draw: fills"),
            (FastCar, "draw_body", "draw: car"),
            (StatusStrip, "paint", "draw: status strip"),
            (pygame.transform, "smoothscale", "shrink"),
        ):
            started = time.perf_counter()
            for action in actions:
                skip.step(action)
            total = time.perf_counter() - started
    spent = {name: seconds / len(actions) * 1e6 for name, seconds in clock.seconds.items()}
    spent["copies, wrappers and the rest"] = total / len(actions) * 1e6 - sum(spent.values())
    return spent


class _Clock:
    """Adds up the time inside named functions, each without the watched functions it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner = [0.0]

    @contextmanager
    def watching(self, *functions: tuple[Any, str, str]) -> Iterator[None]:
        """Replace ``owner.name`` by a timed one, under a label, for the length of a ``with`` block."""
        originals = [(owner, name, getattr(owner, name)) for owner, name, _ in functions]
        for (owner, name, label), (_, _, function) in zip(functions, originals, strict=True):
            setattr(owner, name, self._timed(function, label))
        try:
            yield
        finally:
            for owner, name, function in originals:
                setattr(owner, name, function)

    def _timed(self, function: Callable[..., Any], label: str) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            started = time.perf_counter()
            result = function(*arguments, **options)
            elapsed = time.perf_counter() - started
            own = elapsed - self._inner.pop()
            self.seconds[label] = self.seconds.get(label, 0.0) + own
            self._inner[-1] += elapsed
            return result

        return timed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--decisions", type=int, default=200, help="decisions per CarRacing row")
    arguments = parser.parse_args()
    rows = [
        car_racing_row(4, arguments.decisions, goal=8),
        car_racing_row(1, 4 * arguments.decisions, goal=4),
        physics_row(4 * arguments.decisions),
        space_invaders_row(4 * arguments.decisions),
    ]
    spent = {f"frame skip {frames}": breakdown(frames, arguments.decisions) for frames in (4, 1)}
    if arguments.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "microseconds_per_decision": spent}))
        return 0
    for row in rows:
        peer = "" if row.peer is None else f" against {row.peer:6.0f}"
        ratio = "" if row.ratio is None else f"  ratio {row.ratio:5.2f}"
        goal = "" if row.goal is None else f"  goal {row.goal:g}"
        print(f"{row.measure:58} {row.ours:8.0f}{peer} {row.unit}{ratio}{goal}")
    for name, parts in spent.items():
        print(f"\nCarRacing, {name}: {sum(parts.values()):.0f} us a decision")
        for part, value in sorted(parts.items(), key=lambda item: -item[1]):
            print(f"  {part:32} {value:7.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
