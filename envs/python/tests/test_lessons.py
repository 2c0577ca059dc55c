"""The teacher in Python says of recorded pictures what the one in TypeScript says.

The file with its words is held to the TypeScript teacher by test/expert/lessons-parity.test.ts.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from lessons_plan import write_plan

from agent_training.lessons import scene
from agent_training.lessons.games import Game
from agent_training.lessons.plan import PatchCode, Plan
from agent_training.lessons.sprites import Sprites, sprites_of
from agent_training.lessons.teacher import action_for, look

FIXTURES = Path(__file__).parents[3] / "test" / "expert" / "fixtures"
GRID = 12


@pytest.fixture(scope="module")
def sprites() -> list[Sprites]:
    data = gzip.decompress((FIXTURES / "spaceinvaders-parity.safetensors.gz").read_bytes())
    length = int.from_bytes(data[:8], "little")
    frames = json.loads(data[8 : 8 + length])["frames"]
    first, last = frames["data_offsets"]
    pictures = np.frombuffer(data[8 + length + first : 8 + length + last], np.uint8).reshape(frames["shape"])
    return [sprites_of(picture) for picture in pictures]


@pytest.fixture(scope="module")
def patches(tmp_path_factory: pytest.TempPathFactory) -> PatchCode:
    return Plan.read(write_plan(tmp_path_factory.mktemp("plan"))).patches


@pytest.fixture(scope="module")
def decisions() -> list[dict]:
    return json.loads((FIXTURES / "spaceinvaders-lessons.json").read_text())


def test_it_tells_the_recorded_numbers_and_actions(sprites: list[Sprites], decisions: list[dict]) -> None:
    for decision in decisions:
        sights, action = look([sprites[frame] for frame in decision["stack"]])
        assert {"sights": list(sights), "action": action} == decision["teacher"]
    # Not all of one kind: standing still, driving both ways, with a bomb that is near.
    assert len({decision["teacher"]["action"] for decision in decisions}) >= 5
    assert any(decision["teacher"]["sights"][2] for decision in decisions)


def test_it_tells_every_number_of_invaders_as_recorded() -> None:
    data = gzip.decompress((FIXTURES / "spaceinvaders-endgame.json.gz").read_bytes())
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    pictures = np.frombuffer(data[8 + length :], np.uint8).reshape(header["shape"])
    seen = [sprites_of(picture) for picture in pictures]
    assert {decision["invaders"] for decision in header["decisions"]} >= set(range(1, 37))
    assert {decision["ship"] for decision in header["decisions"]} == {-1, 0, 1}
    for decision in header["decisions"]:
        sights, action = look([seen[frame] for frame in decision["stack"]])
        assert (list(sights), action) == (decision["sights"], decision["action"])


def test_things_stand_in_the_recorded_patches(
    sprites: list[Sprites], decisions: list[dict], patches: PatchCode
) -> None:
    for decision in decisions:
        before, now = (sprites[frame] for frame in decision["stack"][-2:])
        code = scene.things_code(now, before, GRID, patches)
        assert code.shape == (GRID * GRID, scene.THINGS_SIZE)
        told = dict(decision["things"])
        assert set(np.flatnonzero(code)) == set(told)
        np.testing.assert_allclose([code.flat[at] for at in told], list(told.values()), atol=1e-3)


def test_places_are_waves_of_one_strength(patches: PatchCode) -> None:
    codes = scene.place_codes(GRID, patches)
    assert codes.shape == (GRID * GRID, patches.place_size)
    np.testing.assert_allclose((codes**2).sum(1), patches.strength**2 * patches.place_size / 2, rtol=1e-5)
    assert len({code.tobytes() for code in codes}) == GRID * GRID


@pytest.mark.parametrize(
    ("sights", "action"),
    [
        ((0, 0, 0), 0),  # no cannon
        ((80, 80, 0), 1),  # there: fire
        ((80, 82, 0), 4),  # nearly there
        ((80, 120, 0), 2),
        ((80, 40, 0), 3),
        ((80, 80, 76), 4),  # away from the bomb
        ((80, 80, 84), 5),
        ((80, 120, 88), 0),  # not under the bomb
        ((37, 37, 40), 4),  # under the bomb where the way ends
        ((61, 20, 60), 2),  # not back under the bomb
    ],
)
def test_the_action_follows_from_the_numbers(sights: tuple[int, int, int], action: int) -> None:
    assert action_for(sights) == action


def test_nothing_is_seen_in_an_empty_picture() -> None:
    nothing = sprites_of(np.zeros((210, 160, 3), np.uint8))
    assert nothing == Sprites(None, (), ())
    assert look([nothing] * 4) == ((0, 0, 0), 0)


class _TenPoints:
    """Ten points a step, and a picture that tells how many there were."""

    def __init__(self) -> None:
        self.steps = 0

    def reset(self, seed: int | None) -> tuple:
        self.steps = 0
        return self._picture(), {}

    def step(self, action: int) -> tuple:
        self.steps += 1
        return self._picture(), 10.0, False, False, {}

    def _picture(self) -> np.ndarray:
        return np.full((210, 160, 3), self.steps % 256, np.uint8)


def test_what_the_teacher_played_ahead_is_nobodys_score(tmp_path: Path) -> None:
    plan = Plan.read(write_plan(tmp_path))
    stub = _TenPoints()
    emulator = SimpleNamespace(make_skipping=lambda: stub)
    ahead = replace(plan.game, emulator=emulator, most_decisions=200, most_ahead=150)
    game = Game(3, 96, GRID, ahead, plan.patches)
    view = game.begin()
    assert 0 < stub.steps < 150
    assert view[4]
    assert np.isnan(view[5])
    scores = [view[5] for view in (game.step(0) for _ in range(600)) if view[4]]
    # The first game is the teacher's in part; the second is the learner's alone.
    assert np.isnan(scores[0])
    assert scores[1] == 2000.0
    assert Game(3, 96, GRID, replace(ahead, most_ahead=0), plan.patches).begin()[0].max() == 0
