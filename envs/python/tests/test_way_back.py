"""The way back is told where a car is lost and nowhere else, and of the very episode that was played."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from agent_training.game_settings import GameSettings
from agent_training.way_back import REFUSED, OtherEpisodeError, main, way_back

RUNS = Path(__file__).parents[3] / "runs" / "reference" / "expert-training"
CAR = GameSettings.read(RUNS / "carracing" / "game.json")
GAS, LEFT, BRAKE = (CAR.actions.index(name) for name in ("gas", "left", "brake"))
SEED = 91_000


def played(actions: list[int]) -> float:
    """What they bring."""
    env = CAR.emulator.make_skipping()
    try:
        env.reset(seed=SEED)
        return sum(float(env.step(action)[1]) for action in actions)
    finally:
        env.close()


def told(actions: list[int]) -> list[int | None]:
    return way_back(CAR.emulator, SEED, actions, played(actions))


def test_a_car_on_the_road_is_told_nothing_and_one_off_it_always() -> None:
    # The road goes straight on for some time; the car turns and leaves it for good.
    actions = [GAS] * 15 + [LEFT] * 4 + [GAS] * 20
    advice = told(actions)
    assert advice[8:14] == [None] * 6
    assert None not in advice[-8:]


def test_a_car_that_stands_is_told_to_give_gas() -> None:
    assert told([BRAKE] * 12) == [GAS] * 12


def test_another_episode_is_refused() -> None:
    with pytest.raises(OtherEpisodeError, match=r"points, not 5\.0"):
        way_back(CAR.emulator, SEED, [GAS] * 5, 5.0)
    with pytest.raises(OtherEpisodeError, match="ends before"):
        way_back(CAR.emulator, SEED, [BRAKE] * 300, 0.0)


def test_it_answers_line_by_line_and_says_in_one_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    actions = [BRAKE] * 3
    good = json.dumps({"seed": SEED, "actions": actions, "score": played(actions)})
    bad = json.dumps({"seed": SEED, "actions": actions, "score": 99})
    game, answers = json.dumps(CAR.to_json()), io.StringIO()
    assert main(io.StringIO(f"{game}\n{good}\n{good}\n"), answers) == 0
    assert [json.loads(line) for line in answers.getvalue().splitlines()] == [[GAS] * 3] * 2
    assert main(io.StringIO(f"{game}\n{bad}\n"), io.StringIO()) == REFUSED
    assert capsys.readouterr().err.count("\n") == 1
