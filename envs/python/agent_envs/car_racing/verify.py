"""Prove that ``FastCarRacing`` equals Gymnasium's CarRacing: ``python -m agent_envs.car_racing.verify``.

Both are driven with the same actions by the scripted driver; every observation, frame, reward, flag
and info is compared. Prints a table on standard output and exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np

from agent_envs.car_racing import ENV_ID
from agent_envs.car_racing.driver import Manner, ScriptedDriver
from agent_envs.frame_skip import SkipFrames

PLAIN_ID = "CarRacing-v3"
MANNERS: tuple[Manner, ...] = ("wild", "proper", "leaving", "proper")
"""How the driver of seed 0, 1, 2, ... behaves, in turn."""


@dataclass
class Case:
    """One row of the check: how the environments are made, and how far they are driven."""

    name: str
    seeds: int
    decisions: int
    frames: int
    options: dict[str, Any]
    first_seed: int = 0


@dataclass
class Outcome:
    """What a case compared and what differed; the later counts say what the driving covered."""

    case: str
    seeds: int = 0
    decisions: int = 0
    differing_bytes: int = 0
    differing_rewards: int = 0
    differing_flags: int = 0
    differing_infos: int = 0
    rendered: int = 0
    tiles_visited: int = 0
    off_road: int = 0
    spinning: int = 0
    laps_finished: int = 0
    left_field: int = 0
    truncated: int = 0

    @property
    def identical(self) -> bool:
        return not (self.differing_bytes or self.differing_rewards or self.differing_flags or self.differing_infos)

    def add(self, other: Outcome) -> None:
        """Take the counts of another part of the same case into this one."""
        for name, count in asdict(other).items():
            if name != "case":
                setattr(self, name, getattr(self, name) + count)


def cases(seeds: int, decisions: int) -> list[Case]:
    """The full check: at frame skip 4 over all seeds, at 1 over a fifth of them."""
    few = max(1, seeds // 5)
    drawn = {"render_mode": "rgb_array", "domain_randomize": True}
    return [
        Case("skip 4", seeds, decisions, 4, {"continuous": False}),
        Case("skip 4, randomized, rgb_array", seeds, decisions, 4, {"continuous": False, **drawn}),
        Case("skip 4, continuous, rgb_array", seeds, decisions, 4, {"render_mode": "rgb_array"}),
        Case("skip 1", few, decisions, 1, {"continuous": False}),
        Case("skip 1, continuous, randomized", few, decisions, 1, {"domain_randomize": True}),
    ]


def plain_skip(env: gym.Env, action: Any, frames: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    """Frame skip by nothing but repeated steps: what ``SkipFrames`` must equal."""
    total = 0.0
    for _ in range(frames):
        observation, reward, terminated, truncated, info = env.step(action)
        total += reward
        if terminated or truncated:
            break
    return observation, total, terminated, truncated, info


def run_case(case: Case) -> Outcome:
    """Drive both environments through a case and compare everything they return."""
    outcome = Outcome(case.name)
    for seed in range(case.first_seed, case.first_seed + case.seeds):
        outcome.seeds += 1
        with gym.make(PLAIN_ID, **case.options) as plain, gym.make(ENV_ID, **case.options) as fast:
            _drive(case, seed, plain, SkipFrames(fast, case.frames), outcome)
    return outcome


def _drive(case: Case, seed: int, plain: gym.Env, fast: SkipFrames, outcome: Outcome) -> None:
    driver = None
    episode = 0
    for _ in range(case.decisions):
        if driver is None:
            expected, got = plain.reset(seed=seed + 1000 * episode), fast.reset(seed=seed + 1000 * episode)
            _compare_frames(expected[0], got[0], outcome)
            outcome.differing_infos += expected[1] != got[1]
            driver = ScriptedDriver(plain.unwrapped, seed, MANNERS[seed % len(MANNERS)])
            episode += 1
        action = driver.act()
        expected, got = plain_skip(plain, action, case.frames), fast.step(action)
        outcome.decisions += 1
        _compare_frames(expected[0], got[0], outcome)
        outcome.differing_rewards += expected[1] != got[1]
        outcome.differing_flags += expected[2:4] != got[2:4]
        outcome.differing_infos += expected[4] != got[4]
        if plain.render_mode == "rgb_array":
            _compare_frames(plain.render(), fast.render(), outcome)
            outcome.rendered += 1
        _note_coverage(plain.unwrapped, expected, outcome)
        if expected[2] or expected[3] or got[2] or got[3]:
            outcome.tiles_visited += plain.unwrapped.tile_visited_count
            driver = None
    if driver is not None:
        outcome.tiles_visited += plain.unwrapped.tile_visited_count


def _compare_frames(expected: np.ndarray, got: np.ndarray, outcome: Outcome) -> None:
    if expected.shape != got.shape or expected.dtype != got.dtype:
        outcome.differing_bytes += expected.size
    else:
        outcome.differing_bytes += int(np.count_nonzero(expected != got))


def _note_coverage(env: Any, step: tuple, outcome: Outcome) -> None:
    outcome.off_road += not any(wheel.tiles for wheel in env.car.wheels)
    outcome.spinning += abs(env.car.hull.angularVelocity) > 2
    outcome.laps_finished += step[4].get("lap_finished") is True
    outcome.left_field += step[4].get("lap_finished") is False
    outcome.truncated += step[3]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes to run in")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    started = time.perf_counter()
    outcomes = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        parts = [
            (case.name, [pool.submit(run_case, replace(case, seeds=1, first_seed=seed)) for seed in range(case.seeds)])
            for case in cases(arguments.seeds, arguments.decisions)
        ]
        for name, seeds in parts:
            outcomes.append(Outcome(name))
            for part in seeds:
                outcomes[-1].add(part.result())
            verdict = "identical" if outcomes[-1].identical else "DIFFERENT"
            print(f"{name}: {verdict}, after {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    if arguments.json:
        print(json.dumps({"rows": [asdict(outcome) for outcome in outcomes]}))
    else:
        print_table(outcomes)
    return 0 if all(outcome.identical for outcome in outcomes) else 1


def print_table(outcomes: list[Outcome]) -> None:
    """One line per case, counts under the names of ``Outcome``'s fields."""
    rows = [[name.replace("_", " ") for name in asdict(outcomes[0])]]
    rows += [[str(value) for value in asdict(outcome).values()] for outcome in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]))


if __name__ == "__main__":
    sys.exit(main())
